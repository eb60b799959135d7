import { IOC_TYPES } from '../../model/ioc.ts';
import { TLP_MARKINGS } from '../../model/marking.ts';
import type { Rejection, RejectionCode, Source } from '../../model/sighting.ts';
import {
  type QuarantineRecord,
  RUN_CHANGE_KINDS,
  type RunChange,
  type RunRecord,
  type RunState,
} from '../store.ts';
import type { Connection } from './connection.ts';

/** A source as a row of its table gives it. */
export function sourceOfRow(row: Record<string, unknown>): Source {
  return {
    name: String(row.name),
    ...(row.url !== null && { url: String(row.url) }),
    ...(row.category !== null && { category: String(row.category) }),
    tlp: TLP_MARKINGS[Number(row.tlp)]!,
    confidence: Number(row.confidence),
    reliability: Number(row.reliability),
    ...(row.publisher !== null && { publisher: String(row.publisher) }),
  };
}

/** The source of a name. */
export function findSource(connection: Connection, name: string): Source {
  return sourceOfRow(connection.prepare('SELECT * FROM source WHERE name = ?').get(name)!);
}

/** The newest runs first. */
export function listRuns(connection: Connection, limit: number): RunRecord[] {
  return connection
    .prepare(
      'SELECT r.*, s.name FROM run AS r JOIN source AS s ON s.id = r.source ORDER BY r.id DESC LIMIT ?',
    )
    .all(limit)
    .map(runOfRow);
}

/** Runs in the order of their ids, after the one given. */
export function runsAfter(connection: Connection, after: number, limit: number): RunRecord[] {
  return connection
    .prepare(
      'SELECT r.*, s.name FROM run AS r JOIN source AS s ON s.id = r.source WHERE r.id > ? ORDER BY r.id LIMIT ?',
    )
    .all(after, limit)
    .map(runOfRow);
}

/** One run, or undefined. */
export function findRun(connection: Connection, id: number): RunRecord | undefined {
  const row = connection
    .prepare('SELECT r.*, s.name FROM run AS r JOIN source AS s ON s.id = r.source WHERE r.id = ?')
    .get(id);
  return row === undefined ? undefined : runOfRow(row);
}

/** The newest run of a feed, or undefined. */
export function newestRun(connection: Connection, feed: string): RunRecord | undefined {
  const row = connection
    .prepare(
      'SELECT r.*, s.name FROM run AS r JOIN source AS s ON s.id = r.source WHERE r.feed = ? ORDER BY r.id DESC LIMIT 1',
    )
    .get(feed);
  return row === undefined ? undefined : runOfRow(row);
}

/** What a run changed, in the order of IOCs, after the one given. */
export function listChanges(connection: Connection, run: number, after: number, limit: number): RunChange[] {
  return connection
    .prepare(
      'SELECT c.ioc, c.kind, i.type, i.value FROM run_change AS c JOIN ioc AS i ON i.id = c.ioc ' +
        'WHERE c.run = ? AND c.ioc > ? ORDER BY c.ioc LIMIT ?',
    )
    .all(run, after, limit)
    .map((row) => ({
      id: Number(row.ioc),
      kind: RUN_CHANGE_KINDS[Number(row.kind)]!,
      type: IOC_TYPES[Number(row.type)]!,
      value: String(row.value),
    }));
}

function runOfRow(row: Record<string, unknown>): RunRecord {
  return {
    id: Number(row.id),
    source: String(row.name),
    input: String(row.input),
    startedAt: Number(row.started_at),
    ...(row.ended_at !== null && { endedAt: Number(row.ended_at) }),
    ...(row.failure !== null && { failure: String(row.failure) }),
    ...(row.feed !== null && { feed: String(row.feed) }),
    state: row.state as RunState,
    read:
      Number(row.added) +
      Number(row.updated) +
      Number(row.unchanged) +
      Number(row.held) +
      Number(row.quarantined),
    added: Number(row.added),
    updated: Number(row.updated),
    unchanged: Number(row.unchanged),
    held: Number(row.held),
    withdrawn: Number(row.withdrawn),
    quarantined: Number(row.quarantined),
    ...(row.spool !== null && { spool: String(row.spool) }),
  };
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
