import { createHash } from 'node:crypto';

import type { FetchOutcome } from '../fetch/fetcher.ts';
import type { Access, AccessContext, AccessOutcome, Bookmark, FeedDocument } from './access.ts';
import { conditions, validatorsIn, validatorsOf, type Validators } from './bookmarks.ts';
import { headersFor, withKey, withoutKey } from './credential.ts';
import { reportPage } from './report-page.ts';
import { discard, takeBytes } from './spooled.ts';

const MIB = 1024 * 1024;

/** One report as RSS, Atom or JSON Feed announces it. Times are UTC milliseconds. */
export interface ReportItem {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
  readonly publishedAt?: number;
  readonly summary?: string;
  /** What its publisher files it under. */
  readonly tags?: readonly string[];
  readonly html?: string;
}

export interface ReportFeed {
  readonly title?: string;
  readonly items: readonly ReportItem[];
}

/** Reads the bytes of a feed document; throws `InputError` when they are none. */
export type ReadReportFeed = (
  bytes: Uint8Array,
  baseUrl: string,
  contentType?: string,
) => ReportFeed | Promise<ReportFeed>;

export interface ReportLimits {
  readonly feedBytes: number;
  readonly pageBytes: number;
  /** New items of one run; the next goes on. */
  readonly items: number;
  /** How often a page is asked for in vain before it is given up. */
  readonly attempts: number;
}

export const REPORT_LIMITS: ReportLimits = {
  feedBytes: 16 * MIB,
  pageBytes: 16 * MIB,
  items: 50,
  attempts: 3,
};

/** The newest so many items of a feed are looked at; honest ones have a hundred. */
const MOST_ITEMS = 1_000;
/** So many items are remembered besides those that the feed still has. */
const MOST_REMEMBERED = 2_000;
/** A report of the future is dated by mistake. */
const CLOCKS_APART = 86_400_000;
/** Faults that may be gone at the next run. */
const PASSING = new Set(['server_error', 'unreachable', 'timed_out', 'truncated', 'blocked']);

/**
 * A feed of reports: its document, then what is new in it, the newest first. An item is the page that it links to where
 * the feed says `pages` and the page can be had, else its own text. A page that fails is noted, and tried again.
 */
export function reportsAccess(readFeed: ReadReportFeed, limits: ReportLimits = REPORT_LIMITS): Access {
  return async (context) => {
    const { feed, fetcher, headers, key, bookmark, signal } = context;
    const url = withKey(feed.access.url, key);
    const known = bookmark?.resume === true ? {} : validatorsIn(bookmark, feed.access.url);
    const request = { url, headers, ...conditions(known), maxBytes: limits.feedBytes };
    const outcome = await fetcher.fetch(request, signal);
    if (outcome.state === 'unchanged') return { state: 'unchanged' };
    if (outcome.state !== 'fetched') return withoutKey(outcome, key);
    if (outcome.sha256 === known.sha256) {
      await discard(outcome.path);
      return { state: 'unchanged', bookmark: { ...bookmark, ...validatorsOf(outcome) } };
    }
    const { items } = await readFeed(await takeBytes(outcome.path), outcome.url, outcome.contentType);
    const run = new ReportRun(context, limits, items);
    try {
      return withoutKey(await run.go(validatorsOf(outcome)), key);
    } catch (error) {
      await run.discard();
      throw error;
    }
  };
}

class ReportRun {
  readonly #context: AccessContext;
  readonly #limits: ReportLimits;
  readonly #items: readonly ReportItem[];
  readonly #remembered: Set<string>;
  /** How often the page of an item was asked for in vain, by the item's digest. */
  readonly #failed: Map<string, number>;
  readonly #documents: FeedDocument[] = [];
  readonly #notes: string[] = [];

  constructor(context: AccessContext, limits: ReportLimits, items: readonly ReportItem[]) {
    this.#context = context;
    this.#limits = limits;
    this.#items = newestOf(items, context.now);
    ({ remembered: this.#remembered, failed: this.#failed } = memoryIn(context));
  }

  async go(validators: Validators): Promise<AccessOutcome> {
    const fresh = this.#items.filter(
      ({ id }) => !this.#remembered.has(digestOf(id)) || this.#failed.has(digestOf(id)),
    );
    for (const item of fresh.slice(0, this.#limits.items)) await this.#take(item);
    return this.#outcome(validators, fresh.length > this.#limits.items);
  }

  async discard(): Promise<void> {
    await Promise.all(this.#documents.map(({ path }) => discard(path)));
  }

  async #take(item: ReportItem): Promise<void> {
    const digest = digestOf(item.id);
    const isFirst = !this.#remembered.has(digest);
    this.#remembered.delete(digest);
    this.#remembered.add(digest);
    if (await this.#takePage(item, digest)) return;
    const text = item.html ?? item.summary;
    // A page that failed before left the item's own text; it need not be read again.
    if (text === undefined || text.trim() === '' || !isFirst) return;
    const path = await this.#context.spool(reportPage(item.title, text));
    this.#add(path, item, item.url ?? this.#context.feed.access.url, 'prose');
  }

  /** Whether the item's page was had. */
  async #takePage(item: ReportItem, digest: string): Promise<boolean> {
    const { feed, fetcher, headers, signal } = this.#context;
    const { access } = feed;
    if (access.kind !== 'reports' || !access.pages || !isWebAddress(item.url)) return false;
    const own = headersFor(item.url, access.url, headers);
    const maxBytes = this.#limits.pageBytes;
    const outcome = await fetcher.fetch({ url: item.url, headers: own, maxBytes }, signal);
    if (outcome.state === 'fetched') {
      this.#failed.delete(digest);
      this.#add(outcome.path, item, item.url, isText(outcome) ? 'prose' : undefined);
      return true;
    }
    const reason =
      'reason' in outcome ? outcome.reason : 'it answers 304 to what was asked without a condition';
    this.#notes.push(`the page ${item.url} could not be read: ${reason}`);
    const attempts = (this.#failed.get(digest) ?? 0) + 1;
    if (PASSING.has(outcome.state) && attempts < this.#limits.attempts) this.#failed.set(digest, attempts);
    else this.#failed.delete(digest);
    return false;
  }

  #add(path: string, item: ReportItem, url: string, format: string | undefined): void {
    const { id, title, publishedAt, summary, tags } = item;
    this.#documents.push({
      path,
      url,
      ...(format !== undefined && { format }),
      report: {
        id,
        title,
        ...(publishedAt !== undefined && { publishedAt }),
        ...(summary !== undefined && { summary }),
        ...(tags !== undefined && { tags }),
      },
    });
  }

  #outcome(validators: Validators, more: boolean): AccessOutcome {
    const { url } = this.#context.feed.access;
    const bookmark: Bookmark = {
      url,
      ...validators,
      items: this.#memory(),
      ...(this.#failed.size > 0 && { failed: Object.fromEntries(this.#failed) }),
      ...((more || this.#failed.size > 0) && { resume: true }),
    };
    const notes = this.#notes.length > 0 ? { notes: this.#notes } : {};
    if (this.#documents.length === 0) return { state: 'unchanged', bookmark, ...notes };
    const documents = this.#documents;
    return { state: 'fetched', documents, bookmark, complete: false, ...(more && { more }), ...notes };
  }

  /** What the feed still has is never forgotten, else it would be new again; of the rest, the latest. */
  #memory(): string[] {
    const present = new Set(this.#items.map(({ id }) => digestOf(id)));
    const all = [...this.#remembered];
    const gone = all.filter((digest) => !present.has(digest)).slice(-MOST_REMEMBERED);
    for (const digest of this.#failed.keys()) if (!present.has(digest)) this.#failed.delete(digest);
    return [...gone, ...all.filter((digest) => present.has(digest))];
  }
}

/** The newest items first, those without a date last; a date of the future is left out. */
function newestOf(items: readonly ReportItem[], now: number): ReportItem[] {
  return items
    .map(({ publishedAt, ...item }) => ({
      ...item,
      ...(publishedAt !== undefined && publishedAt <= now + CLOCKS_APART && { publishedAt }),
    }))
    .toSorted((a, b) => (b.publishedAt ?? 0) - (a.publishedAt ?? 0))
    .slice(0, MOST_ITEMS);
}

/** Ids may be long URLs; so much of a digest tells them apart. */
function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22);
}

function memoryIn({ bookmark, feed }: AccessContext): {
  remembered: Set<string>;
  failed: Map<string, number>;
} {
  const isOurs = bookmark?.url === feed.access.url;
  const items: readonly unknown[] = isOurs && Array.isArray(bookmark.items) ? bookmark.items : [];
  const failed = isOurs && typeof bookmark.failed === 'object' ? (bookmark.failed ?? {}) : {};
  return {
    remembered: new Set(items.filter((item) => typeof item === 'string')),
    failed: new Map(
      Object.entries(failed).flatMap(([digest, count]) =>
        typeof count === 'number' ? [[digest, count] as const] : [],
      ),
    ),
  };
}

function isWebAddress(url: string | undefined): url is string {
  return url !== undefined && /^https?:$/.test(URL.parse(url)?.protocol ?? '');
}

/** What is no text, a PDF say, tells its format by its content. */
function isText({ contentType }: FetchOutcome & { readonly state: 'fetched' }): boolean {
  return contentType === undefined || /^(?:text\/|application\/xhtml\+xml)/i.test(contentType.trim());
}
