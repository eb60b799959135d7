import { fieldsOf } from '../../parse/stated.ts';
import type { Access, AccessContext, AccessOutcome, Bookmark, FeedDocument } from './access.ts';
import { conditions, validatorsIn, validatorsOf, type Validators } from './bookmarks.ts';
import { withKey, withoutKey } from './credential.ts';
import { mispManifestOf } from './misp-manifest.ts';
import { discard, takeJson } from './spooled.ts';

const MIB = 1024 * 1024;

export interface MispLimits {
  readonly manifestBytes: number;
  readonly eventBytes: number;
  /** Of one run; the next goes on. */
  readonly events: number;
  readonly bytes: number;
}

/** With a pause of a second between requests, 200 events take some four minutes. */
export const MISP_LIMITS: MispLimits = {
  manifestBytes: 32 * MIB,
  eventBytes: 64 * MIB,
  events: 200,
  bytes: 512 * MIB,
};

/** What a run may pass over and still go on: the fault of one event, not of the server. */
const PASSED_OVER = new Set([
  'not_found',
  'too_large',
  'bad_answer',
  'truncated',
  'redirect_loop',
  'forbidden_address',
]);

/**
 * A MISP feed: the manifest, then the events that are new in it or have another timestamp than when they were taken,
 * the newest first. What the caps leave, the next run takes. An event that is no longer in the manifest is noted.
 */
export function mispAccess(limits: MispLimits = MISP_LIMITS): Access {
  return async (context) => {
    const { feed, fetcher, headers, key, bookmark, signal } = context;
    const base = withKey(feed.access.url, key);
    const known = bookmark?.resume === true ? {} : validatorsIn(bookmark, feed.access.url);
    const request = {
      url: `${base}manifest.json`,
      headers,
      ...conditions(known),
      maxBytes: limits.manifestBytes,
    };
    const outcome = await fetcher.fetch(request, signal);
    if (outcome.state === 'unchanged') return { state: 'unchanged' };
    if (outcome.state !== 'fetched') return withoutKey(outcome, key);
    if (outcome.sha256 === known.sha256) {
      await discard(outcome.path);
      return { state: 'unchanged', bookmark: { ...bookmark, ...validatorsOf(outcome) } };
    }
    const manifest = mispManifestOf(await takeJson(outcome.path, 'manifest.json'));
    const run = new MispRun(context, base, limits, manifest.events);
    if (manifest.refused.length > 0)
      run.notes.push(
        `the manifest has ${manifest.refused.length} keys that are no event: ${manifest.refused[0]}`,
      );
    try {
      return withoutKey(await run.go(validatorsOf(outcome)), key);
    } catch (error) {
      await run.discard();
      throw error;
    }
  };
}

class MispRun {
  readonly notes: string[] = [];
  readonly #context: AccessContext;
  readonly #base: string;
  readonly #limits: MispLimits;
  readonly #events: ReadonlyMap<string, number>;
  /** The timestamp that each event had when it was taken. */
  readonly #taken: Map<string, number>;
  readonly #documents: FeedDocument[] = [];
  #bytes = 0;
  /** Whether a cap ended the run. */
  #capped = false;
  /** Whether something is left for the next run, although the manifest be the same. */
  #resume = false;
  #retryAt: number | undefined;

  constructor(context: AccessContext, base: string, limits: MispLimits, events: ReadonlyMap<string, number>) {
    this.#context = context;
    this.#base = base;
    this.#limits = limits;
    this.#events = events;
    this.#taken = takenIn(context.bookmark, context.feed.access.url);
  }

  async go(validators: Validators): Promise<AccessOutcome> {
    this.#noteDeleted();
    const changed = [...this.#events].filter(([uuid, timestamp]) => this.#taken.get(uuid) !== timestamp);
    changed.sort(([, a], [, b]) => b - a);
    for (const [uuid, timestamp] of changed) {
      if (this.#documents.length >= this.#limits.events || this.#bytes >= this.#limits.bytes) {
        this.#capped = true;
        break;
      }
      const trouble = await this.#fetch(uuid, timestamp);
      if (trouble === undefined) continue;
      if (this.#documents.length === 0) return trouble;
      this.notes.push(`stopped before event ${uuid}: ${trouble.reason}`);
      this.#resume = true;
      this.#retryAt = trouble.retryAt;
      break;
    }
    return this.#outcome(validators);
  }

  async discard(): Promise<void> {
    await Promise.all(this.#documents.map(({ path }) => discard(path)));
  }

  /** Fetches one event; returns what ends the run, if anything does. */
  async #fetch(
    uuid: string,
    timestamp: number,
  ): Promise<Exclude<AccessOutcome, { state: 'fetched' | 'unchanged' }> | undefined> {
    const { fetcher, headers, signal } = this.#context;
    const maxBytes = this.#limits.eventBytes;
    const outcome = await fetcher.fetch({ url: `${this.#base}${uuid}.json`, headers, maxBytes }, signal);
    if (outcome.state === 'unchanged') return undefined;
    if (outcome.state !== 'fetched') {
      if (!PASSED_OVER.has(outcome.state)) return outcome;
      this.notes.push(`passed over event ${uuid}: ${outcome.reason}`);
      // What is too large now will be as large at the next run; what was cut short may be whole then.
      if (outcome.state === 'too_large') this.#taken.set(uuid, timestamp);
      if (outcome.state === 'truncated') this.#resume = true;
      return undefined;
    }
    this.#bytes += outcome.bytes;
    this.#taken.set(uuid, timestamp);
    this.#documents.push({ path: outcome.path, url: `${this.#base}${uuid}.json`, format: 'misp-event' });
    return undefined;
  }

  #noteDeleted(): void {
    const deleted = [...this.#taken.keys()].filter((uuid) => !this.#events.has(uuid));
    if (deleted.length === 0) return;
    for (const uuid of deleted) this.#taken.delete(uuid);
    const named = deleted.slice(0, 10).join(', ');
    this.notes.push(`${deleted.length} events are no longer in the manifest: ${named}`);
  }

  #outcome(validators: Validators): AccessOutcome {
    const { url } = this.#context.feed.access;
    const resume = this.#capped || this.#resume;
    const events = Object.fromEntries(this.#taken);
    const bookmark = { url, ...validators, events, ...(resume && { resume }) };
    const notes = this.notes.length > 0 ? { notes: this.notes } : {};
    if (this.#documents.length === 0) return { state: 'unchanged', bookmark, ...notes };
    return {
      state: 'fetched',
      documents: this.#documents,
      bookmark,
      complete: false,
      ...(this.#capped && { more: true }),
      ...(this.#retryAt !== undefined && { retryAt: this.#retryAt }),
      ...notes,
    };
  }
}

function takenIn(bookmark: Bookmark | undefined, url: string): Map<string, number> {
  if (bookmark === undefined || bookmark.url !== url) return new Map();
  const pairs = Object.entries(fieldsOf(bookmark.events) ?? {});
  return new Map(pairs.flatMap(([uuid, time]) => (typeof time === 'number' ? [[uuid, time] as const] : [])));
}
