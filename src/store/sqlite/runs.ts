import { TLP_MARKINGS } from '../../model/marking.ts';
import type { Rejection, RejectionCode, Sighting, Source } from '../../model/sighting.ts';
import type { Report } from '../../score/assess.ts';
import { type QuarantineRecord, type RunRecord, StoreError } from '../store.ts';
import type { Connection } from './connection.ts';

/** So many samples are kept of each reason in a run. */
const MOST_SAMPLES = 10;

/** Runs, their sources and what they did not take, inside the caller's transaction. */
export class RunRows {
  readonly #connection: Connection;
  readonly #sources = new Map<number, Source>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  begin(source: Source, input: string, now: number): number {
    const id = this.#connection
      .prepare(
        `INSERT INTO source (name, url, category, tlp, confidence) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET url = coalesce(excluded.url, url), category = coalesce(excluded.category, category),
           tlp = excluded.tlp, confidence = excluded.confidence
         RETURNING id`,
      )
      .get(
        source.name,
        source.url ?? null,
        source.category ?? null,
        TLP_MARKINGS.indexOf(source.tlp),
        source.confidence,
      )!.id;
    const run = this.#connection
      .prepare('INSERT INTO run (source, input, started_at) VALUES (?, ?, ?)')
      .run(Number(id), input, now);
    this.#sources.clear();
    return Number(run.lastInsertRowid);
  }

  end(run: number, now: number, failure?: string): void {
    this.#connection
      .prepare('UPDATE run SET ended_at = ?, failure = ? WHERE id = ?')
      .run(now, failure ?? null, run);
  }

  /** The id of the source that a run reads. */
  sourceOf(run: number): number {
    const row = this.#connection.prepare('SELECT source FROM run WHERE id = ?').get(run);
    if (row === undefined) throw new StoreError('unavailable', `there is no run ${run}`);
    return Number(row.source);
  }

  /** The report that a first sighting by a source amounts to. */
  firstReport(source: number, sighting: Sighting, now: number): Report {
    return {
      source: this.#source(source),
      contexts: [sighting],
      firstReported: now,
      lastReported: now,
      reports: 1,
    };
  }

  count(run: number, counts: { added: number; updated: number; unchanged: number }): void {
    this.#connection
      .prepare(
        'UPDATE run SET added = added + ?, updated = updated + ?, unchanged = unchanged + ? WHERE id = ?',
      )
      .run(counts.added, counts.updated, counts.unchanged, run);
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
      .run(rejections.length, run);
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

/** A source as a row of its table gives it. */
export function sourceOfRow(row: Record<string, unknown>): Source {
  return {
    name: String(row.name),
    ...(row.url !== null && { url: String(row.url) }),
    ...(row.category !== null && { category: String(row.category) }),
    tlp: TLP_MARKINGS[Number(row.tlp)]!,
    confidence: Number(row.confidence),
  };
}

/** The newest runs first. */
export function listRuns(connection: Connection, limit: number): RunRecord[] {
  return connection
    .prepare(
      'SELECT r.*, s.name FROM run AS r JOIN source AS s ON s.id = r.source ORDER BY r.id DESC LIMIT ?',
    )
    .all(limit)
    .map((row) => ({
      id: Number(row.id),
      source: String(row.name),
      input: String(row.input),
      startedAt: Number(row.started_at),
      ...(row.ended_at !== null && { endedAt: Number(row.ended_at) }),
      ...(row.failure !== null && { failure: String(row.failure) }),
      read: Number(row.added) + Number(row.updated) + Number(row.unchanged) + Number(row.quarantined),
      added: Number(row.added),
      updated: Number(row.updated),
      unchanged: Number(row.unchanged),
      quarantined: Number(row.quarantined),
    }));
}

/** What a run did not take, the most frequent reason first. */
export function listQuarantine(connection: Connection, run: number): QuarantineRecord[] {
  return connection
    .prepare('SELECT code, count FROM quarantine WHERE run = ? ORDER BY count DESC, code')
    .all(run)
    .map((row) => ({
      code: row.code as RejectionCode,
      count: Number(row.count),
      samples: connection
        .prepare(
          'SELECT place, code, reason, sample FROM quarantine_sample WHERE run = ? AND code = ? ORDER BY id',
        )
        .all(run, row.code as string)
        .map((sample) => ({ ...sample }) as unknown as Rejection),
    }));
}
