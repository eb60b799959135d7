import type { Ioc } from '../../model/ioc.ts';
import type { Producer } from '../../model/producer.ts';
import type { Rejection, Sighting, Source } from '../../model/sighting.ts';
import type { Clock } from '../../model/time.ts';
import { uuidBytes } from '../../model/uuid.ts';
import { StixIds } from '../../render/stix/id.ts';
import { renderIndicator } from '../../render/stix/indicator.ts';
import { assess, type Assessment, type Report } from '../../score/assess.ts';
import { nextValidity, publishedEnd, type Validity } from '../../score/life.ts';
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

/** Versions are committed at least so long before they become visible, in milliseconds. */
const LEAST_AHEAD = 100;

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
      const counts: Counts = { added: 0, updated: 0, unchanged: 0, expired: 0 };
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
    // Servers look for what other processes publish every so often: it is there before its time comes.
    const slack = lead > 0 ? LEAST_AHEAD : 0;
    const { result, stamps } = this.#connection.write(() => {
      const series = new StampSeries(this.#connection, Math.max(now, clock()), lead);
      const outcome = work(series);
      if (series.polled && series.last > 0 && clock() + slack >= series.first) throw late;
      series.finish();
      return { result: outcome, stamps: series };
    });
    if (stamps.polled && stamps.last > 0 && clock() + slack >= stamps.first)
      this.#publishAgain(stamps.first, stamps.last);
    return result;
  }

  #publishAgain(first: number, last: number): void {
    this.#publishing(this.#options.clock(), (stamps) => {
      this.#versions.restamp(first, last, () => stamps.next());
    });
  }

  #take(source: number, sighting: Sighting, now: number, stamps: StampSeries, counts: Counts): void {
    const uuid = this.#ids.indicatorUuid(sighting.type, sighting.value);
    const bytes = uuidBytes(uuid);
    const known = this.#iocs.find(bytes);
    if (known !== undefined) {
      this.#iocs.addReport(known.id, source, sighting, now);
      const { changed, expired } = this.#publish(uuid, known, this.#iocs.reports(known.id), now, stamps);
      counts[changed ? 'updated' : 'unchanged'] += 1;
      if (expired) counts.expired += 1;
    } else if (sighting.revoked === true) {
      // A retraction of what was never published has nobody to tell.
      counts.unchanged += 1;
    } else {
      const report = this.#runs.firstReport(source, sighting, now);
      const expired = this.#publishNew(uuid, bytes, source, sighting, report, now, stamps);
      counts.added += 1;
      if (expired) counts.expired += 1;
    }
  }

  #publishNew(
    uuid: string,
    bytes: Uint8Array,
    source: number,
    sighting: Sighting,
    report: Report,
    now: number,
    stamps: StampSeries,
  ): boolean {
    const assessment = assess(sighting, [report], now);
    const stamp = stamps.next();
    const draft = this.#draft(uuid, assessment, undefined, now);
    const id = this.#iocs.add(bytes, sighting, { created: stamp, stamp, validity: draft.validity });
    this.#iocs.addFirstReport(id, source, sighting, now);
    this.#versions.publish(stamp, id, 0, assessment, draft.until ?? NEVER, draft.render(stamp, stamp));
    return draft.expired;
  }

  /** Publishes a version of a known IOC if it differs visibly from the one that stands. */
  #publish(
    uuid: string,
    row: IocRow,
    reports: readonly Report[],
    now: number,
    stamps: StampSeries,
  ): { changed: boolean; expired: boolean } {
    const assessment = assessed(row, reports, now);
    const { validity, until, expired, render } = this.#draft(uuid, assessment, row.validity, now);
    if (render(row.created, row.stamp) === this.#versions.stix(row.stamp)) return { changed: false, expired };
    const stamp = stamps.next();
    this.#versions.publish(stamp, row.id, row.stamp, assessment, until ?? NEVER, render(row.created, stamp));
    this.#iocs.setVersion(row.id, { created: row.created, stamp, validity });
    return { changed: true, expired };
  }

  /** All of a version but its stamps. */
  #draft(uuid: string, assessment: Assessment, published: Validity | undefined, now: number): Draft {
    const validity = nextValidity(assessment.type, assessment.lastSeen, published, now);
    const until = publishedEnd(validity.until, assessment.firstSeen);
    const publication = { uuid, identity: this.#ids.identity, validUntil: until };
    return {
      validity,
      until,
      expired: until !== undefined && until <= now,
      render: (created, modified) => renderIndicator(assessment, { ...publication, created, modified }),
    };
  }
}

interface Counts {
  added: number;
  updated: number;
  unchanged: number;
  expired: number;
}

interface Draft {
  readonly validity: Validity;
  readonly until: number | undefined;
  readonly expired: boolean;
  readonly render: (created: number, modified: number) => string;
}

function assessed(row: IocRow, reports: readonly Report[], now: number): Assessment {
  const assessment = assess(row, reports, now);
  return row.retracted === undefined ? assessment : { ...assessment, revoked: true, reviewAt: undefined };
}
