import { TLP_MARKINGS } from '../../model/marking.ts';
import { type Context, isNote, type Rejection, type Source } from '../../model/sighting.ts';
import type { Report } from '../../score/assess.ts';
import { RUN_CHANGE_KINDS, type RunChangeKind, type RunLease, type RunState, StoreError } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SightingBefore } from './ioc-rows.ts';
import { sourceOfRow } from './run-records.ts';

/** So many samples are kept of each reason in a run. */
const MOST_SAMPLES = 10;

/** Runs, their sources and what they did not take, inside the caller's transaction. */
export class RunRows {
  readonly #connection: Connection;
  readonly #sources = new Map<number, Source>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Opens a run; one under a lease is a feed's, and takes nothing once the lease is another's. */
  begin(source: Source, input: string, now: number, lease?: RunLease): number {
    const id = this.#connection
      .prepare(
        `INSERT INTO source (name, url, category, tlp, confidence, reliability, publisher) VALUES (?1, ?2, ?3, ?4, ?5, coalesce(?6, 100), ?7)
         ON CONFLICT (name) DO UPDATE SET url = coalesce(excluded.url, url), category = coalesce(excluded.category, category),
           tlp = excluded.tlp, confidence = excluded.confidence, reliability = coalesce(?6, reliability),
           publisher = coalesce(excluded.publisher, publisher)
         RETURNING id`,
      )
      .get(
        source.name,
        source.url ?? null,
        source.category ?? null,
        TLP_MARKINGS.indexOf(source.tlp),
        source.confidence,
        source.reliability ?? null,
        source.publisher ?? null,
      )!.id;
    const run = this.#connection
      .prepare('INSERT INTO run (source, input, started_at, feed, owner, state) VALUES (?, ?, ?, ?, ?, ?)')
      .run(Number(id), input, now, lease?.feed ?? null, lease?.owner ?? null, 'reading');
    this.#sources.clear();
    return Number(run.lastInsertRowid);
  }

  end(run: number, now: number, failure?: string): void {
    this.close(run, failure === undefined ? 'done' : 'failed', failure, now);
  }

  /** Says how far a run is; `spool` is what it needs to go on from there, as JSON. */
  setState(run: number, state: RunState, spool: string | undefined, reason: string | undefined): void {
    this.#connection
      .prepare('UPDATE run SET state = ?, spool = ?, failure = ? WHERE id = ?')
      .run(state, spool ?? null, reason ?? null, run);
  }

  adopt(run: number, owner: string): void {
    this.#connection.prepare('UPDATE run SET owner = ? WHERE id = ?').run(owner, run);
  }

  close(run: number, state: RunState, reason: string | undefined, now: number): void {
    this.#connection
      .prepare('UPDATE run SET ended_at = ?, failure = ?, state = ?, spool = NULL WHERE id = ?')
      .run(now, reason ?? null, state, run);
  }

  /** The id of the source that a run reads. Throws `StoreError` when its feed has meanwhile been claimed by another. */
  sourceOf(run: number): number {
    const row = this.#connection
      .prepare(
        'SELECT r.source, r.feed, r.owner, f.owner AS holder FROM run AS r LEFT JOIN feed AS f ON f.name = r.feed WHERE r.id = ?',
      )
      .get(run);
    if (row === undefined) throw new StoreError('unavailable', `there is no run ${run}`);
    if (row.feed !== null && row.holder !== row.owner)
      throw new StoreError('lost_lease', `another process has taken over the feed ${row.feed as string}`);
    return Number(row.source);
  }

  /** Notes what stood before a run changed it; of several changes by one run the first counts. */
  noteChange(run: number, ioc: number, kind: RunChangeKind, before: SightingBefore): void {
    this.#connection
      .prepare(
        'INSERT OR IGNORE INTO run_change (run, ioc, kind, before, before_withdrawn) VALUES (?, ?, ?, ?, ?)',
      )
      .run(run, ioc, RUN_CHANGE_KINDS.indexOf(kind), before.contexts, before.withdrawnAt);
  }

  /** What a run changed, by IOC, after the one given. */
  changes(
    run: number,
    after: number,
    limit: number,
  ): { readonly ioc: number; readonly before: SightingBefore }[] {
    return this.#connection
      .prepare('SELECT * FROM run_change WHERE run = ? AND ioc > ? ORDER BY ioc LIMIT ?')
      .all(run, after, limit)
      .map((row) => ({
        ioc: Number(row.ioc),
        before: {
          contexts: row.before === null ? null : String(row.before),
          withdrawnAt: row.before_withdrawn === null ? null : Number(row.before_withdrawn),
        },
      }));
  }

  /** Forgets what runs changed that began before a time; returns how many changes, `limit` at most. */
  forgetChanges(before: number, limit: number): number {
    const last = this.#connection.prepare('SELECT max(id) AS id FROM run WHERE started_at < ?').get(before);
    if (last?.id == null) return 0;
    const result = this.#connection
      .prepare(
        'DELETE FROM run_change WHERE (run, ioc) IN (SELECT run, ioc FROM run_change WHERE run <= ? LIMIT ?)',
      )
      .run(Number(last.id), limit);
    return Number(result.changes);
  }

  /** The report that a source's first record of an IOC amounts to. */
  firstReport(source: number, context: Context, now: number): Report {
    return {
      source: this.#source(source),
      contexts: [context],
      firstReported: now,
      lastReported: now,
      reports: 1,
    };
  }

  count(
    run: number,
    counts: { added: number; updated: number; unchanged: number; held: number; withdrawn: number },
  ): void {
    this.#connection
      .prepare(
        'UPDATE run SET added = added + ?, updated = updated + ?, unchanged = unchanged + ?, held = held + ?, ' +
          'withdrawn = withdrawn + ? WHERE id = ?',
      )
      .run(counts.added, counts.updated, counts.unchanged, counts.held, counts.withdrawn, run);
  }

  quarantine(run: number, rejections: readonly Rejection[]): void {
    const counts = Map.groupBy(rejections, (rejection) => rejection.code);
    for (const [code, list] of counts) {
      const before = this.#connection
        .prepare('SELECT count FROM quarantine WHERE run = ? AND code = ?')
        .get(run, code);
      this.#connection
        .prepare(
          'INSERT INTO quarantine (run, code, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
        )
        .run(run, code, list.length);
      for (const rejection of list.slice(0, Math.max(0, MOST_SAMPLES - Number(before?.count ?? 0)))) {
        this.#connection
          .prepare('INSERT INTO quarantine_sample (run, code, place, reason, sample) VALUES (?, ?, ?, ?, ?)')
          .run(run, code, rejection.place, rejection.reason, rejection.sample);
      }
    }
    this.#connection
      .prepare('UPDATE run SET quarantined = quarantined + ? WHERE id = ?')
      .run(rejections.filter(({ code }) => !isNote(code)).length, run);
  }

  #source(id: number): Source {
    const known = this.#sources.get(id);
    if (known !== undefined) return known;
    const row = this.#connection.prepare('SELECT * FROM source WHERE id = ?').get(id)!;
    const source = sourceOfRow(row);
    this.#sources.set(id, source);
    return source;
  }
}
