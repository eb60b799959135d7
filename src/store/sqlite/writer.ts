import { dirname, join } from 'node:path';

import type { Article } from '../../model/article.ts';
import type { ContributionRecord } from '../../model/contribution.ts';
import { ContributionRows } from './contributions.ts';
import type { Hold } from '../../model/hold.ts';
import type { Ioc } from '../../model/ioc.ts';
import type { OperatorEntry } from '../../model/operator-entry.ts';
import type { Producer } from '../../model/producer.ts';
import type { Rejection, Source } from '../../model/sighting.ts';
import type { Clock } from '../../model/time.ts';
import { uuidBytes } from '../../model/uuid.ts';
import { StixIds } from '../../render/stix/id.ts';
import { renderIndicator } from '../../render/stix/indicator.ts';
import { assess, type Assessment, type Report } from '../../score/assess.ts';
import { nextValidity, publishedEnd } from '../../score/life.ts';
import {
  type AccountRecord,
  CHANGES_KEPT,
  type FeedRecord,
  type FeedSettlement,
  type IngestCounts,
  type KeyChange,
  type KeyRecord,
  type KeyRotation,
  type NewAccount,
  type NewKey,
  type NewSession,
  type OwnedKey,
  type RunChangeKind,
  type RunLease,
  type RunState,
  StoreError,
  type UsageBatch,
} from '../store.ts';
import { ArticleRows } from './article-rows.ts';
import { AccountRows } from './accounts.ts';
import { type Connection, NEVER } from './connection.ts';
import { FeedRows } from './feeds.ts';
import { beginCheck, endCheck, noteGate } from './gate-check.ts';
import { type IocRow, IocRows, type SightingBefore, type VersionOfIoc } from './ioc-rows.ts';
import { KeyRows } from './keys.ts';
import { NewIocs } from './new-iocs.ts';
import { OperatorEntries } from './operator-entries.ts';
import { PastRows } from './past-rows.ts';
import { type ArrivingSighting, type PackedSightings, unpackSighting } from './packed-sightings.ts';
import { isRetired } from './rotation.ts';
import { RunRows } from './runs.ts';
import { readMeta, StampSeries, writeMeta } from './stamps.ts';
import { UsageFile } from './usage.ts';
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

/** So many changes of a run are undone in one transaction. */
const UNDO_BATCH = 2_000;

/** So many changes of old runs are forgotten in one transaction. */
const FORGET_BATCH = 2_000;

/** Everything that writes indicators, on the one connection that does. All methods are synchronous. */
export class SqliteWriter {
  readonly #connection: Connection;
  readonly #options: WriterOptions;
  readonly #ids: StixIds;
  readonly #iocs: IocRows;
  readonly #versions: Versions;
  readonly #runs: RunRows;
  readonly #keys: KeyRows;
  readonly #feeds: FeedRows;
  readonly #entries: OperatorEntries;
  readonly #articles: ArticleRows;
  readonly #accounts: AccountRows;
  readonly #usage: UsageFile;

  constructor(connection: Connection, options: WriterOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#ids = new StixIds(options.producer);
    this.#iocs = new IocRows(connection);
    this.#versions = new Versions(connection);
    this.#runs = new RunRows(connection);
    this.#keys = new KeyRows(connection);
    this.#feeds = new FeedRows(connection);
    this.#entries = new OperatorEntries(connection);
    this.#articles = new ArticleRows(connection);
    this.#accounts = new AccountRows(connection);
    this.#usage = new UsageFile(usageBeside(connection.db.location()!), { readOnly: false });
    connection.write(() => this.#claimProducer());
  }

  markPolled(now: number): void {
    this.#connection.write(() => {
      if (readMeta(this.#connection, 'polled') === undefined) writeMeta(this.#connection, 'polled', now);
    });
  }

  beginRun(source: Source, input: string, now: number, lease?: RunLease): number {
    return this.#connection.write(() => this.#runs.begin(source, input, now, lease));
  }

  setRunState(run: number, state: RunState, spool?: string, reason?: string): void {
    this.#connection.write(() => {
      this.#runs.sourceOf(run);
      this.#runs.setState(run, state, spool, reason);
    });
  }

  adoptRun(run: number, owner: string): void {
    this.#connection.write(() => this.#runs.adopt(run, owner));
  }

  closeRun(run: number, state: RunState, reason: string, now: number): void {
    this.#connection.write(() => this.#runs.close(run, state, reason, now));
  }

  endRun(run: number, now: number, failure?: string): void {
    this.#connection.write(() => this.#runs.end(run, now, failure));
  }

  quarantine(run: number, rejections: readonly Rejection[]): void {
    this.#connection.write(() => this.#runs.quarantine(run, rejections));
  }

  ingest(
    run: number,
    sightings: PackedSightings,
    now: number,
    gate?: string,
    articles: readonly Article[] = [],
  ): IngestCounts {
    return this.#publishing(now, (stamps) => {
      if (gate !== undefined) noteGate(this.#connection, gate);
      this.#versions.sweep(now);
      const source = this.#runs.sourceOf(run);
      const counts: Counts = { added: 0, updated: 0, unchanged: 0, held: 0, expired: 0 };
      for (const article of articles) this.#articles.put(article, source, run, now);
      const added = new NewIocs(this.#connection, { run, source, now });
      const intake = { run, source, now, stamps, counts, added, seen: new Set<string>() };
      const known = this.#iocs.findMany(sightings.uuidBytes);
      for (const index of sightings.values.keys())
        this.#take(intake, unpackSighting(sightings, index), known.get(index));
      added.flush();
      this.#runs.count(run, { ...counts, withdrawn: 0 });
      return { ...counts, lastStamp: stamps.last };
    });
  }

  withdraw(run: number, iocs: readonly number[], now: number): number {
    return this.#publishing(now, (stamps) => {
      const source = this.#runs.sourceOf(run);
      let withdrawn = 0;
      for (const id of iocs) {
        const before = this.#iocs.standing(id, source);
        if (before === undefined || before.withdrawnAt !== null) continue;
        this.#runs.noteChange(run, id, 'withdrawn', before);
        this.#iocs.withdraw(id, source, run, now);
        this.#publishAgain(this.#iocs.get(id)!, now, stamps);
        withdrawn += 1;
      }
      this.#runs.count(run, { added: 0, updated: 0, unchanged: 0, held: 0, withdrawn });
      return withdrawn;
    });
  }

  /** Undoes the next changes of `run` after the IOC `after`, recorded as changes of `undo`. */
  undo(
    run: number,
    undo: number,
    after: number,
    now: number,
  ): { restored: number; skipped: number; last: number | undefined } {
    return this.#publishing(now, (stamps) => {
      const source = this.#runs.sourceOf(undo);
      if (after === 0) this.#articles.undo(run);
      const changes = this.#runs.changes(run, after, UNDO_BATCH);
      let restored = 0;
      for (const { ioc, before } of changes) {
        const standing = this.#iocs.standing(ioc, source);
        if (standing?.run !== run) continue;
        const kind = undoneKind(before, standing);
        this.#runs.noteChange(undo, ioc, kind, standing);
        this.#iocs.restore(ioc, source, before, undo, now);
        this.#publishAgain(this.#iocs.get(ioc)!, now, stamps);
        restored += 1;
      }
      return { restored, skipped: changes.length - restored, last: changes.at(-1)?.ioc };
    });
  }

  retract(iocs: readonly Ioc[], reason: string, now: number): number {
    return this.#publishing(now, (stamps) => {
      let published = 0;
      for (const ioc of iocs) {
        const row = this.#iocs.find(uuidBytes(this.#ids.indicatorUuid(ioc.type, ioc.value)));
        if (row === undefined) continue;
        this.#iocs.setRetracted(row.id, reason);
        if (this.#publishAgain({ ...row, retracted: reason }, now, stamps)) published += 1;
      }
      return published;
    });
  }

  setHolds(
    holds: readonly { readonly id: number; readonly hold?: Hold }[],
    now: number,
    gate?: string,
  ): number {
    return this.#publishing(now, (stamps) => {
      if (gate !== undefined) noteGate(this.#connection, gate);
      let published = 0;
      for (const { id, hold } of holds) {
        const row = this.#iocs.get(id);
        if (row === undefined) continue;
        this.#iocs.setHold(id, hold);
        if (this.#publishAgain({ ...row, hold }, now, stamps)) published += 1;
      }
      return published;
    });
  }

  beginGateCheck(fingerprint: string): void {
    this.#connection.write(() => beginCheck(this.#connection, fingerprint));
  }

  endGateCheck(fingerprint: string): boolean {
    return this.#connection.write(() => endCheck(this.#connection, fingerprint));
  }

  review(now: number, limit: number): number {
    return this.#publishing(now, (stamps) => {
      const due = this.#iocs.due(now, limit);
      for (const row of due) this.#publishAgain(row, now, stamps);
      return due.length;
    });
  }

  sweep(now: number): number {
    return this.#connection.write(
      () => this.#versions.sweep(now) + this.#runs.forgetChanges(now - CHANGES_KEPT, FORGET_BATCH),
    );
  }

  forgetVersions(before: { readonly whole: number; readonly facts: number }): number {
    return this.#connection.write(() => new PastRows(this.#connection).forget(before));
  }

  syncFeeds(feeds: readonly { readonly name: string; readonly enabled: boolean }[], now: number): void {
    this.#connection.write(() => this.#feeds.sync(feeds, now));
  }

  putFeed(name: string, definition: string, now: number): void {
    this.#connection.write(() => this.#feeds.put(name, definition, now));
  }

  removeFeed(name: string): boolean {
    return this.#connection.write(() => this.#feeds.remove(name));
  }

  enableFeed(name: string, enabled: boolean, now: number): boolean {
    return this.#connection.write(() => this.#feeds.enable(name, enabled, now));
  }

  claimFeed(owner: string, now: number, lease: number, name?: string): FeedRecord | undefined {
    return this.#connection.write(() => this.#feeds.claim(owner, now, lease, name));
  }

  renewFeed(name: string, owner: string, until: number): boolean {
    return this.#connection.write(() => this.#feeds.renew(name, owner, until));
  }

  settleFeed(name: string, owner: string, outcome: FeedSettlement): void {
    this.#connection.write(() => this.#feeds.settle(name, owner, outcome));
  }

  putEntry(entry: OperatorEntry): void {
    this.#connection.write(() => this.#entries.put(entry));
  }

  removeEntry(list: OperatorEntry['list'], value: string): boolean {
    return this.#connection.write(() => this.#entries.remove(list, value));
  }

  keepContribution(record: ContributionRecord, now: number): void {
    this.#connection.write(() => new ContributionRows(this.#connection).keep(record, now));
  }

  createKey(key: NewKey, now: number): KeyRecord {
    return this.#connection.write(() => this.#keys.create(key, now));
  }

  revokeKey(idOrPrefix: string, now: number): KeyRecord | undefined {
    return this.#connection.write(() => this.#keys.revoke(idOrPrefix, now));
  }

  changeKey(key: OwnedKey, change: KeyChange, now: number): KeyRecord | undefined {
    return this.#connection.write(() => this.#keys.change(key, change, now));
  }

  rotateKey(
    key: OwnedKey,
    successor: { readonly hash: Uint8Array; readonly prefix: string },
    deadline: number,
    now: number,
  ): KeyRotation | undefined {
    return this.#connection.write(() => this.#keys.rotate(key, successor, deadline, now));
  }

  retireKeys(now: number): KeyRecord[] {
    const retired = this.#keys.rotating(now).filter(({ id, successor }) => {
      return isRetired(this.#usage.addressesOf(id), this.#usage.addressesOf(successor!), now);
    });
    if (retired.length === 0) return [];
    return this.#connection.write(() => retired.flatMap(({ id }) => this.#keys.revoke(id, now) ?? []));
  }

  createAccount(account: NewAccount, now: number): AccountRecord {
    return this.#connection.write(() => this.#accounts.create(account, now));
  }

  setPassword(name: string, password: string, now: number): boolean {
    return this.#connection.write(() => this.#accounts.setPassword(name, password, now));
  }

  removeAccount(name: string): boolean {
    return this.#connection.write(() => this.#accounts.remove(name));
  }

  beginSession(session: NewSession, now: number): boolean {
    return this.#connection.write(() => this.#accounts.beginSession(session, now));
  }

  touchSession(hash: Uint8Array, now: number): void {
    this.#connection.write(() => this.#accounts.touchSession(hash, now));
  }

  endSession(hash: Uint8Array): boolean {
    return this.#connection.write(() => this.#accounts.endSession(hash));
  }

  forgetSessions(ended: { idle: number; begun: number; seen: number }): number {
    return this.#connection.write(() => this.#accounts.forget(ended));
  }

  recordUsage(batch: UsageBatch, now: number): void {
    this.#usage.record(batch, now);
  }

  close(): void {
    this.#usage.close();
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
      this.#restamp(stamps.first, stamps.last);
    return result;
  }

  #restamp(first: number, last: number): void {
    this.#publishing(this.#options.clock(), (stamps) => {
      this.#versions.restamp(first, last, () => stamps.next());
    });
  }

  /** Takes in a sighting of an IOC that was `knownBefore` the batch, or was not. */
  #take(intake: Intake, sighting: ArrivingSighting, knownBefore: IocRow | undefined): void {
    const { run, source, now, stamps, counts } = intake;
    const { uuid, context, hold } = sighting;
    const known = this.#isRepeated(intake, uuid) ? this.#iocs.find(sighting.uuidBytes) : knownBefore;
    if (known === undefined) {
      // A retraction of what was never published has nobody to tell.
      if (context.revoked === true) counts.unchanged += 1;
      else this.#takeNew(intake, sighting);
      return;
    }
    const before = this.#iocs.addReport(known.id, source, context, run, now);
    this.#articles.link(context, known.id, source, run);
    if (before !== undefined)
      this.#runs.noteChange(run, known.id, before.contexts === null ? 'added' : 'changed', before);
    if (!sameHold(known.hold, hold)) this.#iocs.setHold(known.id, hold);
    const { changed, expired } = this.#publish(
      uuid,
      { ...known, hold },
      this.#iocs.reports(known.id),
      now,
      stamps,
    );
    if (hold !== undefined) counts.held += 1;
    else counts[changed ? 'updated' : 'unchanged'] += 1;
    if (expired) counts.expired += 1;
  }

  /** Whether the batch has told of this IOC already; then all that it told so far is in the tables. */
  #isRepeated({ seen, added }: Intake, uuid: string): boolean {
    const isRepeated = seen.has(uuid);
    if (isRepeated) added.flush();
    else seen.add(uuid);
    return isRepeated;
  }

  #takeNew({ run, source, now, stamps, counts, added }: Intake, sighting: ArrivingSighting): void {
    const { uuid, context, hold } = sighting;
    const assessment = assess(sighting, [this.#runs.firstReport(source, context, now)], now);
    const draft = this.#draft(uuid, { ...NEW, hold }, assessment, now);
    const stamp = draft.revoked ? 0 : stamps.next();
    const version = { ...draft.version, created: stamp, stamp };
    const first =
      stamp > 0 ? { assessment, expires: draft.until ?? NEVER, stix: draft.render(stamp, stamp) } : undefined;
    const id = added.add(sighting, version, first);
    this.#articles.link(context, id, source, run);
    counts[hold === undefined ? 'added' : 'held'] += 1;
    if (draft.expired) counts.expired += 1;
  }

  /** Looks again at an IOC of which nothing new was said; whether that published a version. */
  #publishAgain(row: IocRow, now: number, stamps: StampSeries): boolean {
    const uuid = this.#ids.indicatorUuid(row.type, row.value);
    return this.#publish(uuid, row, this.#iocs.reports(row.id), now, stamps).changed;
  }

  /** Publishes a version of a known IOC if it differs visibly from the one that stands. */
  #publish(
    uuid: string,
    row: IocRow,
    reports: readonly Report[],
    now: number,
    stamps: StampSeries,
  ): { changed: boolean; expired: boolean } {
    const assessment = assess(row, reports, now);
    const { version, until, expired, revoked, render } = this.#draft(uuid, row, assessment, now);
    const isFirst = row.stamp === 0;
    const same = isFirst ? revoked : render(row.created, row.stamp) === this.#versions.stix(row.stamp);
    if (same) {
      if (version.reviewAt !== row.reviewAt) this.#iocs.setReview(row.id, version.reviewAt);
      return { changed: false, expired };
    }
    const stamp = stamps.next();
    const created = isFirst ? stamp : row.created;
    const shown = { ...assessment, revoked };
    const place = { replaces: row.stamp, created };
    this.#versions.publish(stamp, row.id, place, shown, until ?? NEVER, render(created, stamp));
    this.#iocs.setVersion(row.id, { ...version, created, stamp });
    return { changed: true, expired };
  }

  /** All of a version but its stamps. */
  #draft(uuid: string, row: Standing, assessment: Assessment, now: number): Draft {
    const published = row.stamp === 0 ? undefined : row.validity;
    const validity = nextValidity(assessment.type, assessment.lastSeen, published, now);
    const until = publishedEnd(validity.until, assessment.firstSeen);
    const expired = until !== undefined && until <= now;
    const revoked =
      assessment.revoked ||
      row.hold !== undefined ||
      row.retracted !== undefined ||
      // Its end is told to those to whom it was given as valid.
      (expired && row.wasValid);
    const publication = { uuid, identity: this.#ids.identity, validUntil: until };
    const shown = revoked === assessment.revoked ? assessment : { ...assessment, revoked };
    return {
      version: {
        validity,
        wasValid: row.wasValid || (!revoked && !expired),
        reviewAt: revoked ? undefined : reviewTime(assessment.reviewAt, expired ? undefined : until),
      },
      until,
      expired,
      revoked,
      render: (created, modified) => renderIndicator(shown, { ...publication, created, modified }),
    };
  }
}

/** Where the usage of keys is kept, beside the store. */
export function usageBeside(path: string): string {
  return join(dirname(path), 'usage.sqlite');
}

/** What a batch is taken in with. */
interface Intake {
  readonly run: number;
  readonly source: number;
  readonly now: number;
  readonly stamps: StampSeries;
  readonly counts: Counts;
  readonly added: NewIocs;
  /** The UUIDs of the batch so far. */
  readonly seen: Set<string>;
}

interface Counts {
  added: number;
  updated: number;
  unchanged: number;
  held: number;
  expired: number;
}

/** What of an IOC's row a version depends on. */
type Standing = Pick<IocRow, 'stamp' | 'validity' | 'retracted' | 'hold' | 'wasValid'>;

const NEW: Standing = {
  stamp: 0,
  validity: { until: undefined, movedAt: 0 },
  retracted: undefined,
  hold: undefined,
  wasValid: false,
};

interface Draft {
  readonly version: Omit<VersionOfIoc, 'created' | 'stamp'>;
  readonly until: number | undefined;
  readonly expired: boolean;
  readonly revoked: boolean;
  readonly render: (created: number, modified: number) => string;
}

function reviewTime(fades: number | undefined, ends: number | undefined): number | undefined {
  if (fades === undefined || ends === undefined) return fades ?? ends;
  return Math.min(fades, ends);
}

function sameHold(a: Hold | undefined, b: Hold | undefined): boolean {
  return a === b || (a?.rule === b?.rule && a?.list === b?.list && a?.entry === b?.entry);
}

/** What it amounts to that `now` becomes what was `before`. */
function undoneKind(before: SightingBefore, now: SightingBefore): RunChangeKind {
  if (before.contexts === null || before.withdrawnAt !== null) return 'withdrawn';
  return now.withdrawnAt === null ? 'changed' : 'added';
}
