import type { IndicatorQuery, MarkingChoice } from '../../model/indicator-query.ts';
import type { Ioc } from '../../model/ioc.ts';
import type { Rejection, Sighting, Source } from '../../model/sighting.ts';
import { uuidBytes } from '../../model/uuid.ts';
import type { StixIds } from '../../render/stix/id.ts';
import type {
  Extent,
  IngestCounts,
  IocRecord,
  KeyRecord,
  NewKey,
  QuarantineRecord,
  RequestGrant,
  RunRecord,
  Slice,
  Store,
  StoreHealth,
} from '../store.ts';
import { type Connection, NEVER } from './connection.ts';
import { findIoc } from './ioc-record.ts';
import { KeyRows } from './keys.ts';
import type { SqliteLedger } from './ledger.ts';
import { schemaVersion } from './migrate.ts';
import { VersionReader } from './reads.ts';
import { listQuarantine, listRuns } from './runs.ts';
import { readMeta } from './stamps.ts';
import type { ThreadClient } from './thread-calls.ts';
import { ChangeWatch, Unchanged } from './unchanged.ts';
import type { AsyncWriter } from './writer-calls.ts';

/** So few indicators are read sooner here than asked of another thread. */
const SHORT = 200;

/**
 * Beside a server, what other processes commit is looked for so often, in milliseconds: a key that they revoke is in
 * force so long, and versions that they publish are stamped further ahead than that.
 */
const PATIENCE = 50;

/** So many keys are remembered between changes of the store. */
const MOST_KEYS = 5_000;

export interface SqliteParts {
  readonly directory: string;
  /** Read-only: reading never takes a lock that a writer waits for. */
  readonly connection: Connection;
  /** Reads what is long, where there is one. */
  readonly thread: ThreadClient | undefined;
  readonly writer: AsyncWriter;
  readonly ledger: SqliteLedger;
  readonly ids: StixIds;
}

/** The store in one directory: a database of indicators and one of request counts. */
export class SqliteStore implements Store {
  readonly #parts: SqliteParts;
  readonly #reader: VersionReader;
  readonly #keys: KeyRows;
  readonly #watch: ChangeWatch;
  readonly #newest: Unchanged<number>;
  readonly #knownKeys: Unchanged<readonly [KeyRecord | undefined]>;
  /** Hashes as texts: a connection asks with the same one again and again. */
  readonly #hashTexts = new WeakMap<Uint8Array, string>();
  #polled: Promise<void> | undefined;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.#watch = new ChangeWatch(parts.connection, parts.thread === undefined ? 0 : PATIENCE);
    this.#reader = new VersionReader(parts.connection, this.#watch);
    this.#keys = new KeyRows(parts.connection);
    this.#newest = new Unchanged(this.#watch, 1);
    this.#knownKeys = new Unchanged(this.#watch, MOST_KEYS);
  }

  markPolled(now: number): Promise<void> {
    if (this.#polled === undefined) {
      const { connection, writer } = this.#parts;
      const known = connection.read(() => readMeta(connection, 'polled'));
      this.#polled = known === undefined ? writer.markPolled(now) : Promise.resolve();
      this.#polled.catch(() => {
        this.#polled = undefined;
      });
    }
    return this.#polled;
  }

  async watermark(asOf: number): Promise<number> {
    const newest = this.#newest.get('newest', () => this.#reader.watermark(NEVER));
    return newest <= asOf ? newest : this.#reader.watermark(asOf);
  }

  async extent(query: IndicatorQuery, asOf: number): Promise<Extent> {
    return this.#reader.extent(query, asOf);
  }

  async slice(query: IndicatorQuery, markings: MarkingChoice, asOf: number, size: number): Promise<Slice> {
    const { thread } = this.#parts;
    if (thread === undefined || Math.min(size, query.limit) <= SHORT) {
      return this.#reader.slice(query, markings, asOf, size);
    }
    return (await thread.call('slice', [query, markings, asOf, size])) as Slice;
  }

  beginRun(source: Source, input: string, now: number): Promise<number> {
    return this.#parts.writer.beginRun(source, input, now);
  }

  ingest(run: number, sightings: readonly Sighting[], now: number): Promise<IngestCounts> {
    return this.#changing(this.#parts.writer.ingest(run, sightings, now));
  }

  quarantine(run: number, rejections: readonly Rejection[]): Promise<void> {
    return this.#parts.writer.quarantine(run, rejections);
  }

  endRun(run: number, now: number, failure?: string): Promise<void> {
    return this.#parts.writer.endRun(run, now, failure);
  }

  retract(iocs: readonly Ioc[], reason: string, now: number): Promise<number> {
    return this.#changing(this.#parts.writer.retract(iocs, reason, now));
  }

  sweep(now: number): Promise<number> {
    return this.#changing(this.#parts.writer.sweep(now));
  }

  async listRuns(limit: number): Promise<readonly RunRecord[]> {
    return this.#parts.connection.read(() => listRuns(this.#parts.connection, limit));
  }

  async listQuarantine(run: number): Promise<readonly QuarantineRecord[]> {
    return this.#parts.connection.read(() => listQuarantine(this.#parts.connection, run));
  }

  async findIoc(ioc: Ioc): Promise<IocRecord | undefined> {
    const uuid = uuidBytes(this.#parts.ids.indicatorUuid(ioc.type, ioc.value));
    return this.#parts.connection.read(() => findIoc(this.#parts.connection, uuid));
  }

  createKey(key: NewKey, now: number): Promise<KeyRecord> {
    return this.#changing(this.#parts.writer.createKey(key, now));
  }

  async findKey(hash: Uint8Array): Promise<KeyRecord | undefined> {
    let text = this.#hashTexts.get(hash);
    if (text === undefined) {
      text = Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
      this.#hashTexts.set(hash, text);
    }
    return this.#knownKeys.get(text, () => [this.#keys.find(hash)])[0];
  }

  async listKeys(): Promise<readonly KeyRecord[]> {
    return this.#keys.list();
  }

  revokeKey(idOrPrefix: string, now: number): Promise<KeyRecord | undefined> {
    return this.#changing(this.#parts.writer.revokeKey(idOrPrefix, now));
  }

  async takeRequests(
    keyId: string,
    want: number,
    limits: { readonly perMinute: number; readonly perDay: number },
    now: number,
    unspent?: { readonly count: number; readonly takenAt: number },
  ): Promise<RequestGrant> {
    return this.#parts.ledger.take(keyId, want, limits, now, unspent);
  }

  async health(): Promise<StoreHealth> {
    const { connection, directory } = this.#parts;
    return connection.read(() => ({
      kind: 'sqlite',
      location: directory,
      schemaVersion: schemaVersion(connection),
      engineVersion: `SQLite ${process.versions.sqlite}`,
      indicators: Number(connection.prepare('SELECT count(*) AS count FROM ioc').get()!.count),
      lastStamp: Number(readMeta(connection, 'last_stamp') ?? 0),
    }));
  }

  /** What this process has committed is seen by the next question. */
  #changing<T>(call: Promise<T>): Promise<T> {
    return call.finally(() => this.#watch.changed());
  }

  async close(): Promise<void> {
    const { writer, connection, thread, ledger } = this.#parts;
    // The writer last: who closes the database last puts the write-ahead log in order, and must be able to write.
    await thread?.close();
    connection.close();
    ledger.close();
    await writer.close();
  }
}
