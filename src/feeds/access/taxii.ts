import type { FetchOutcome } from '../fetch/fetcher.ts';
import type { Access, AccessContext, AccessOutcome, FeedDocument } from './access.ts';
import { headersFor, withKey, withoutKey } from './credential.ts';
import { discard, takeJson } from './spooled.ts';
import { findCollection, type Resource } from './taxii-collection.ts';
import { anew, beginning, positionIn, stated, type Position } from './taxii-position.ts';
import { laterOf, readTaxiiPage, type TaxiiPage } from './taxii-page.ts';

const MIB = 1024 * 1024;
/** TAXII 2.1 §1.6.8.4. */
const MEDIA_TYPE = 'application/taxii+json;version=2.1';
const DATE_ADDED_LAST = 'x-taxii-date-added-last';

export interface TaxiiLimits {
  readonly pageObjects: number;
  readonly resourceBytes: number;
  readonly pageBytes: number;
  /** Of one run; the next goes on. */
  readonly pages: number;
  readonly bytes: number;
}

export const TAXII_LIMITS: TaxiiLimits = {
  pageObjects: 1_000,
  resourceBytes: 4 * MIB,
  pageBytes: 64 * MIB,
  pages: 200,
  bytes: 512 * MIB,
};

type Trouble = Exclude<FetchOutcome, { readonly state: 'fetched' | 'unchanged' }>;
type Fetched = FetchOutcome & { readonly state: 'fetched' };

/** More empty pages in a row than this, and the server is taken to go round. */
const MOST_EMPTY = 3;

/**
 * A collection of a TAXII 2.1 server: all pages of what was added since the last run. Forgives what servers are known
 * to get wrong: no `next` beside `more`, no dates in the headers, cursors that go round, a bare `{}`, any content
 * type, addresses that want no slash at their end.
 */
export function taxiiAccess(limits: TaxiiLimits = TAXII_LIMITS): Access {
  return async (context) => {
    const run = new TaxiiRun(context, limits);
    try {
      return withoutKey(await run.go(), context.key);
    } catch (error) {
      await run.discard();
      throw error;
    }
  };
}

class TaxiiRun {
  readonly #context: AccessContext;
  readonly #limits: TaxiiLimits;
  readonly #url: string;
  readonly #collection: string | undefined;
  readonly #documents: FeedDocument[] = [];
  readonly #notes: string[] = [];
  /** Digests of pages and cursors of this run. */
  readonly #seen = new Set<string>();
  #bytes = 0;
  #empty = 0;

  constructor(context: AccessContext, limits: TaxiiLimits) {
    const { access } = context.feed;
    this.#context = context;
    this.#limits = limits;
    this.#url = withKey(access.url, context.key);
    this.#collection = access.kind === 'taxii' ? access.collection : undefined;
  }

  async go(): Promise<AccessOutcome> {
    const known = positionIn(this.#context);
    if (known !== undefined) {
      const outcome = await this.#pages(known);
      if (outcome.state !== 'not_found' && outcome.state !== 'bad_answer') return outcome;
      this.#notes.push(`the server no longer knows the place that was reached: ${outcome.reason}`);
    }
    const found = await findCollection(this.#url, this.#collection, (url) => this.#resource(url));
    if ('state' in found) return found;
    this.#notes.push(...found.notes);
    return this.#pages(known?.objects === found.objects ? anew(known) : beginning(found.objects));
  }

  async discard(): Promise<void> {
    await Promise.all(this.#documents.map(({ path }) => discard(path)));
  }

  async #pages(start: Position): Promise<AccessOutcome> {
    let position = start;
    for (let page = 0; page < this.#limits.pages && this.#bytes < this.#limits.bytes; page += 1) {
      const outcome = await this.#page(position);
      if (outcome.state === 'unchanged') return this.#outcome(position, false);
      if (outcome.state !== 'fetched') return this.#stopped(outcome, position);
      const read = await this.#look(outcome.path);
      const isOld = read.objects > 0 && (this.#seen.has(outcome.sha256) || outcome.sha256 === start.last);
      await this.#take(outcome, read, isOld);
      const reached = isOld ? position.reached : this.#reached(position, outcome, read);
      const last = read.objects > 0 ? outcome.sha256 : position.last;
      const here = { objects: start.objects, since: reached, next: undefined, reached, last };
      if (page === 0 && isOld && !read.more) return this.#outcome(here, false);
      const stop = this.#whyStop(read, isOld, reached === position.reached);
      if (stop !== undefined) {
        if (stop !== '') this.#notes.push(stop);
        return this.#outcome(here, false);
      }
      // The pages of one listing are asked for with the date that its first page was asked with.
      position = read.next === undefined ? here : { ...here, since: position.since, next: read.next };
    }
    return this.#outcome(position, true);
  }

  async #look(path: string): Promise<TaxiiPage> {
    try {
      return await readTaxiiPage(path, this.#context.now);
    } catch (error) {
      await discard(path);
      throw error;
    }
  }

  async #take({ path, bytes, sha256 }: Fetched, read: TaxiiPage, isOld: boolean): Promise<void> {
    this.#bytes += bytes;
    this.#seen.add(sha256);
    this.#empty = read.objects === 0 ? this.#empty + 1 : 0;
    if (read.objects === 0 || isOld) await discard(path);
    else this.#documents.push({ path, url: this.#context.feed.access.url, format: 'stix' });
  }

  #reached(position: Position, { headers }: Fetched, read: TaxiiPage): string | undefined {
    const { now } = this.#context;
    const stated = laterOf(undefined, headers[DATE_ADDED_LAST], now);
    return laterOf(position.reached, read.objects === 0 ? undefined : (stated ?? read.newest), now);
  }

  /** Why no further page is asked for; empty at the regular end. */
  #whyStop(read: TaxiiPage, isOld: boolean, isStuck: boolean): string | undefined {
    if (isOld || (read.next !== undefined && this.#seen.has(`next ${read.next}`)))
      return 'the server sends what it sent before: its cursor goes round; stopped there';
    if (this.#empty > MOST_EMPTY) return 'the server promises more and sends empty pages; stopped there';
    if (read.next === undefined) {
      if (!read.more) return '';
      return isStuck ? 'the server says that there is more, but not where; stopped there' : undefined;
    }
    if (!read.more && read.objects === 0) return '';
    this.#seen.add(`next ${read.next}`);
    return undefined;
  }

  #page({ objects, since, next }: Position): Promise<FetchOutcome> {
    const query = new URLSearchParams({
      limit: String(this.#limits.pageObjects),
      ...(since !== undefined && { added_after: since }),
      ...(next !== undefined && { next }),
    });
    return this.#fetch(objects, `?${query.toString()}`, this.#limits.pageBytes);
  }

  async #resource(url: string): Promise<Resource> {
    const outcome = await this.#fetch(url, '', this.#limits.resourceBytes);
    if (outcome.state === 'fetched') return { json: await takeJson(outcome.path, this.#safe(url)) };
    if (outcome.state !== 'unchanged') return outcome;
    return { state: 'bad_answer', reason: 'it answers 304 to what was asked without a condition' };
  }

  /** TAXII's addresses end with a slash (§1.6.3.1); some servers know them without only. */
  async #fetch(url: string, query: string, maxBytes: number): Promise<FetchOutcome> {
    const { fetcher, headers, signal } = this.#context;
    const ask = (address: string): Promise<FetchOutcome> =>
      fetcher.fetch(
        { url: address, headers: { accept: MEDIA_TYPE, ...headersFor(url, this.#url, headers) }, maxBytes },
        signal,
      );
    const outcome = await ask(`${url}${query}`);
    if (outcome.state !== 'not_found' || !url.endsWith('/')) return outcome;
    const other = await ask(`${url.slice(0, -1)}${query}`);
    return other.state === 'fetched' ? other : outcome;
  }

  #stopped(trouble: Trouble, position: Position): AccessOutcome {
    if (this.#documents.length === 0) return trouble;
    this.#notes.push(`stopped before the end: ${trouble.reason}`);
    const { retryAt } = trouble;
    return { ...this.#outcome(position, false), ...(retryAt !== undefined && { retryAt }) };
  }

  #outcome(position: Position, more: boolean): AccessOutcome {
    const { url } = this.#context.feed.access;
    const collection = this.#collection;
    const bookmark = stated({ url, collection, ...position, objects: this.#safe(position.objects) });
    const notes = this.#notes.length > 0 ? { notes: this.#notes } : {};
    if (this.#documents.length === 0) return { state: 'unchanged', bookmark, ...notes };
    const documents = this.#documents;
    return { state: 'fetched', documents, bookmark, complete: false, ...(more && { more }), ...notes };
  }

  #safe(url: string): string {
    return this.#context.key === undefined ? url : url.replaceAll(this.#context.key, '{key}');
  }
}
