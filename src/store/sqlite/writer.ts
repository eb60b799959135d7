import type { Ioc } from '../../model/ioc.ts';
import type { Producer } from '../../model/producer.ts';
import type { Rejection, Sighting, Source } from '../../model/sighting.ts';
import type { Clock } from '../../model/time.ts';
import { uuidBytes } from '../../model/uuid.ts';
import { StixIds } from '../../render/stix/id.ts';
import { renderIndicator } from '../../render/stix/indicator.ts';
import { assess, type Assessment, type Report } from '../../score/assess.ts';
import { nextValidity } from '../../score/life.ts';
import { type IngestCounts, type KeyRecord, type NewKey, StoreError } from '../store.ts';
import { type Connection, NEVER } from './connection.ts';
import { type IocRow, IocRows } from './ioc-rows.ts';
import { KeyRows } from './keys.ts';
import { RunRows } from './runs.ts';
import { readMeta, StampSeries, writeMeta } from './stamps.ts';
import { Versions } from './versions.ts';

export interface WriterOptions {
  readonly producer: Producer;
  /** The real present, asked again just before a commit. */
  readonly clock: Clock;
  /** How far ahead of the present versions are stamped, in milliseconds: more than a commit takes. */
  readonly lead: number;
}

const LONGEST_LEAD = 60_000;

/** Everything that writes indicators, on the one connection that does. All methods are synchronous. */
export class SqliteWriter {
  readonly #connection: Connection;
  readonly #options: WriterOptions;
  readonly #ids: StixIds;
  readonly #iocs: IocRows;
  readonly #versions: Versions;
  readonly #runs: RunRows;
  readonly #keys: KeyRows;

  constructor(connection: Connection, options: WriterOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#ids = new StixIds(options.producer);
    this.#iocs = new IocRows(connection);
    this.#versions = new Versions(connection);
    this.#runs = new RunRows(connection);
    this.#keys = new KeyRows(connection);
    connection.write(() => this.#claimProducer());
  }

  markPolled(now: number): void {
    this.#connection.write(() => {
      if (readMeta(this.#connection, 'polled') === undefined) writeMeta(this.#connection, 'polled', now);
    });
  }

  beginRun(source: Source, input: string, now: number): number {
    return this.#connection.write(() => this.#runs.begin(source, input, now));
  }

  endRun(run: number, now: number, failure?: string): void {
    this.#connection.write(() => this.#runs.end(run, now, failure));
  }

  quarantine(run: number, rejections: readonly Rejection[]): void {
    this.#connection.write(() => this.#runs.quarantine(run, rejections));
  }

  ingest(run: number, sightings: readonly Sighting[], now: number): IngestCounts {
    return this.#publishing(now, (stamps) => {
      this.#versions.sweep(now);
      const source = this.#runs.sourceOf(run);
      const counts = { added: 0, updated: 0, unchanged: 0, expired: 0 };
      for (const sighting of sightings) this.#take(source, sighting, now, stamps, counts);
      this.#runs.count(run, counts);
      return { ...counts, lastStamp: stamps.last };
    });
  }

  retract(iocs: readonly Ioc[], reason: string, now: number): number {
    return this.#publishing(now, (stamps) => {
      let published = 0;
      for (const ioc of iocs) {
        const uuid = this.#ids.indicatorUuid(ioc.type, ioc.value);
        const row = this.#iocs.find(uuidBytes(uuid));
        if (row === undefined) continue;
        this.#iocs.setRetracted(row.id, reason);
        const retracted = { ...row, retracted: reason };
        if (this.#publish(uuid, retracted, this.#iocs.reports(row.id), now, stamps).changed) published += 1;
      }
      return published;
    });
  }

  sweep(now: number): number {
    return this.#connection.write(() => this.#versions.sweep(now));
  }

  createKey(key: NewKey, now: number): KeyRecord {
    return this.#connection.write(() => this.#keys.create(key, now));
  }

  revokeKey(idOrPrefix: string, now: number): KeyRecord | undefined {
    return this.#connection.write(() => this.#keys.revoke(idOrPrefix, now));
  }

  close(): void {
    this.#connection.close();
  }

  #claimProducer(): void {
    const { uuid } = this.#options.producer;
    const owner = readMeta(this.#connection, 'producer');
    if (owner === undefined) writeMeta(this.#connection, 'producer', uuid);
    else if (owner !== uuid) {
      throw new StoreError(
        'other_producer',
        `the store holds indicators of the producer identity--${owner}, not of identity--${uuid}: ` +
          'configure that producer, or use another data directory',
      );
    }
  }

  /**
   * Runs `work` in a transaction that gives out stamps. Where consumers read the store, a stamp must not have
   * become visible before its version is: if the work or the commit took longer than the lead, it is done again
   * with a longer one, or published once more.
   */
  #publishing<T>(now: number, work: (stamps: StampSeries) => T): T {
    for (let lead = this.#options.lead; ; lead = Math.max(1000, lead * 4)) {
      const late = new Error('late');
      try {
        return this.#publishOnce(now, lead, work, late);
      } catch (error) {
        if (error !== late) throw error;
        if (lead > LONGEST_LEAD) {
          throw new StoreError('busy', 'the disk is too slow to publish this batch; try a smaller one');
        }
      }
    }
  }

  #publishOnce<T>(now: number, lead: number, work: (stamps: StampSeries) => T, late: Error): T {
    const { clock } = this.#options;
    const { result, stamps } = this.#connection.write(() => {
      const series = new StampSeries(this.#connection, Math.max(now, clock()), lead);
      const outcome = work(series);
      if (series.polled && series.last > 0 && clock() >= series.first) throw late;
      series.finish();
      return { result: outcome, stamps: series };
    });
    if (stamps.polled && stamps.last > 0 && clock() >= stamps.first)
      this.#publishAgain(stamps.first, stamps.last);
    return result;
  }

  #publishAgain(first: number, last: number): void {
    this.#publishing(this.#options.clock(), (stamps) => {
      this.#versions.restamp(first, last, () => stamps.next());
    });
  }

  #take(
    source: number,
    sighting: Sighting,
    now: number,
    stamps: StampSeries,
    counts: { added: number; updated: number; unchanged: number; expired: number },
  ): void {
    const uuid = this.#ids.indicatorUuid(sighting.type, sighting.value);
    const bytes = uuidBytes(uuid);
    const known = this.#iocs.find(bytes);
    if (known === undefined) {
      // A retraction of what was never published has nobody to tell.
      if (sighting.revoked === true) {
        counts.unchanged += 1;
        return;
      }
      const id = this.#iocs.add(bytes, sighting, now);
      this.#iocs.addFirstReport(id, source, sighting, now);
      const row = newIocRow(id, sighting, now);
      const { expired } = this.#publish(
        uuid,
        row,
        [this.#runs.firstReport(source, sighting, now)],
        now,
        stamps,
      );
      counts.added += 1;
      if (expired) counts.expired += 1;
      return;
    }
    this.#iocs.addReport(known.id, source, sighting, now);
    const { changed, expired } = this.#publish(uuid, known, this.#iocs.reports(known.id), now, stamps);
    counts[changed ? 'updated' : 'unchanged'] += 1;
    if (expired) counts.expired += 1;
  }

  /** Publishes a version of an IOC if it differs visibly from the one that stands. */
  #publish(
    uuid: string,
    row: IocRow,
    reports: readonly Report[],
    now: number,
    stamps: StampSeries,
  ): { changed: boolean; expired: boolean } {
    const assessment = assessed(row, reports);
    const validity = nextValidity(row.type, assessment.lastSeen, publishedValidity(row), now);
    const until =
      validity.until === undefined ? undefined : Math.max(validity.until, assessment.firstSeen + 1);
    const publication = { uuid, identity: this.#ids.identity, validUntil: until };
    const expired = until !== undefined && until <= now;
    if (row.stamp > 0) {
      const standing = this.#versions.stix(row.stamp);
      const same = renderIndicator(assessment, { ...publication, created: row.created, modified: row.stamp });
      if (same === standing) return { changed: false, expired };
    }
    const stamp = stamps.next();
    const created = row.stamp > 0 ? row.created : stamp;
    const stix = renderIndicator(assessment, { ...publication, created, modified: stamp });
    this.#versions.publish(stamp, row.id, row.stamp, assessment, until ?? NEVER, stix);
    this.#iocs.setVersion(row.id, { created, stamp, until: validity.until, movedAt: validity.movedAt });
    return { changed: true, expired };
  }
}

function newIocRow(id: number, ioc: Ioc, now: number): IocRow {
  const { type, value } = ioc;
  return {
    id,
    type,
    value,
    created: 0,
    stamp: 0,
    validityUntil: undefined,
    validityMovedAt: now,
    retracted: undefined,
  };
}

function publishedValidity(row: IocRow): { until: number | undefined; movedAt: number } | undefined {
  return row.stamp === 0 ? undefined : { until: row.validityUntil, movedAt: row.validityMovedAt };
}

function assessed(row: IocRow, reports: readonly Report[]): Assessment {
  const assessment = assess(row, reports);
  return row.retracted === undefined ? assessment : { ...assessment, revoked: true };
}
