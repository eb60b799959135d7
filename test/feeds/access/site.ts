import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import type { AccessContext, AccessOutcome, Bookmark } from '../../../src/feeds/access/access.ts';
import type { FetchOutcome, FetchRequest, Fetcher } from '../../../src/feeds/fetch/fetcher.ts';
import { parseFeedDefinition, type FeedOptions } from '../../../src/feeds/definition.ts';
import type { Feed } from '../../../src/model/feed.ts';

export const NOW = Date.UTC(2026, 10, 1);

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A publisher's server on loopback, and a folder for what is downloaded from it. */
export interface Site {
  readonly origin: string;
  /** What was asked, in order. */
  readonly asked: Asked[];
  /** Answers at a path; what is not served is 404. */
  serve(path: string, answer: Answer | ((asked: Asked) => Answer)): void;
  /** Serves nothing any more. */
  clear(): void;
  readonly fetcher: Fetcher;
  /** The downloaded files that are still there. */
  files(): string[];
  context(feed: Feed, bookmark?: Bookmark, more?: Partial<AccessContext>): AccessContext;
  /** Removes what an outcome hands over, as a run does when it is done; returns the texts. */
  take(outcome: AccessOutcome): string[];
}

export async function startSite(test: TestContext): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'soc-site-'));
  const answers = new Map<string, Answer | ((asked: Asked) => Answer)>();
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const now: Asked = { path: pathname, query: searchParams, headers: request.headers };
    asked.push(now);
    const given = answers.get(pathname);
    const {
      status,
      headers = {},
      body = '',
    } = (typeof given === 'function' ? given(now) : given) ?? { status: 404 };
    const isSame = headers.etag !== undefined && request.headers['if-none-match'] === headers.etag;
    response.writeHead(isSame ? 304 : (status ?? 200), headers);
    response.end(isSame ? undefined : body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const spool = (content: string | Uint8Array): string => {
    const path = join(folder, randomUUID());
    writeFileSync(path, content);
    return path;
  };
  const fetcher: Fetcher = { fetch: (request, signal) => download(request, signal, spool) };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    serve: (path, answer) => void answers.set(path, answer),
    clear: () => answers.clear(),
    fetcher,
    files: () => readdirSync(folder),
    context: (feed, bookmark, more = {}) => ({
      feed,
      fetcher,
      headers: {},
      // As the store gives it back.
      bookmark: bookmark === undefined ? undefined : (JSON.parse(JSON.stringify(bookmark)) as Bookmark),
      now: NOW,
      signal: AbortSignal.timeout(20_000),
      spool: (text) => Promise.resolve(spool(text)),
      ...more,
    }),
    take: (outcome) =>
      outcome.state !== 'fetched'
        ? []
        : outcome.documents.map(({ path }) => {
            const text = readFileSync(path, 'utf8');
            rmSync(path);
            return text;
          }),
  };
}

/** A feed of a site, as an operator would add it. */
export function feedOf(options: FeedOptions): Feed {
  return parseFeedDefinition({ name: 'example', ...options });
}

/** The bookmark that an outcome leaves, or fails. */
export function bookmarkOf(outcome: AccessOutcome): Bookmark {
  if ((outcome.state !== 'fetched' && outcome.state !== 'unchanged') || outcome.bookmark === undefined)
    throw new Error(`no bookmark: ${JSON.stringify(outcome)}`);
  return outcome.bookmark;
}

export function notesOf(outcome: AccessOutcome): string {
  return 'notes' in outcome ? (outcome.notes ?? []).join('\n') : '';
}

/** The least that a fetcher does, for loopback only. */
async function download(
  { url, headers = {}, etag, lastModified, maxBytes }: FetchRequest,
  signal: AbortSignal,
  spool: (content: Uint8Array) => string,
): Promise<FetchOutcome> {
  if (new URL(url).hostname !== '127.0.0.1')
    return { state: 'unreachable', reason: `${url} is not on loopback` };
  const conditions = {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
  const response = await fetch(url, { headers: { ...headers, ...conditions }, signal });
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status === 304) return { state: 'unchanged' };
  if (!response.ok) return { state: stateOf(response.status), reason: `${url} answers ${response.status}` };
  if (body.length > maxBytes) return { state: 'too_large', reason: `${url} has ${body.length} bytes` };
  const given = Object.fromEntries(response.headers);
  return {
    state: 'fetched',
    path: spool(body),
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    ...(given.etag !== undefined && { etag: given.etag }),
    ...(given['last-modified'] !== undefined && { lastModified: given['last-modified'] }),
    ...(given['content-type'] !== undefined && { contentType: given['content-type'] }),
    headers: given,
    url: response.url,
  };
}

function stateOf(status: number): Exclude<FetchOutcome['state'], 'fetched' | 'unchanged'> {
  if (status === 401 || status === 403) return 'auth_failed';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'blocked';
  return status >= 500 ? 'server_error' : 'bad_answer';
}
