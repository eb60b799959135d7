import type { AnswerPage } from './answer-page.ts';
import { entityTags } from './etag.ts';
import type { HeaderList } from './standing-headers.ts';

/** A page whose bytes never change while the server runs. */
export interface StaticPage extends AnswerPage {
  readonly bytes: Uint8Array;
}

/** What a client may keep of a page that is the same for everybody. */
export const STATIC_CACHE_HEADERS: HeaderList = [
  'cache-control',
  'public, no-cache',
  'vary',
  'Accept-Encoding',
];

/** The page of a text. */
export function staticPage(text: string): StaticPage {
  const plan = { extent: { count: 1 }, request: { query: null } };
  return { bytes: Buffer.from(text), etags: entityTags(text), links: [], headers: [], plan };
}

/** The chunks of a page, as `Bodies` takes them. */
export async function* staticChunks({ bytes }: StaticPage): AsyncGenerator<Uint8Array> {
  yield bytes;
}
