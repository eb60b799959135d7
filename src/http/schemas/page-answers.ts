import type { AnswerDescription } from '../operation.ts';

/** Headers of a page's content and of the answer that it is still the same. */
const ALWAYS = {
  ETag: 'Names the content exactly: send it back as If-None-Match.',
  'Cache-Control': 'The answer may be kept, and asked for again.',
  Vary: 'The headers of the request that the answer depends on.',
} as const;

const CONTENT = {
  'Content-Encoding': 'The coding that Accept-Encoding chose.',
} as const;

const PLACE = {
  Link: 'The next page, with rel="next", as a path on this server; absent on the last page.',
  'X-Next-Since': 'With since: what to send as since next time. A page without content has it too.',
} as const;

const DATED = {
  'Last-Modified': 'When the newest version in it was published.',
} as const;

/** Headers of a request for a page. */
export const PAGE_REQUEST_HEADERS = {
  'If-None-Match': 'An ETag that is known: where it still holds, the answer is a 304 without a body.',
  'Accept-Encoding': 'zstd, br and gzip are offered.',
} as const;

/** The header of what a browser saves and does not show, as its values are hostile. */
export const SAVED = {
  'Content-Disposition': 'A browser saves it under this name; absent from what it may show.',
} as const;

/** Headers of a short answer, which is never a 304. */
export const SHORT_ANSWER_HEADERS = { 'Cache-Control': ALWAYS['Cache-Control'], Vary: ALWAYS.Vary } as const;

/**
 * The answers of a route that is asked again and again: its contents, and 304. `place` are the headers of both that
 * tell where to go on, where they are others than those of pages.
 */
export function pageAnswers(
  contents: readonly AnswerDescription[],
  {
    paged = true,
    place = paged ? PLACE : {},
  }: { readonly paged?: boolean; readonly place?: Readonly<Record<string, string>> } = {},
): AnswerDescription[] {
  const always = { ...ALWAYS, ...place };
  const content = paged ? { ...always, ...DATED, ...CONTENT } : { ...always, ...CONTENT };
  return [
    ...contents.map((answer) => ({ ...answer, headers: { ...content, ...answer.headers } })),
    { status: 304, description: 'What the client has is still the same.', headers: always },
  ];
}
