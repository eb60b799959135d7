import type { Article, ArticlePage, ArticleQuery } from '../../model/article.ts';
import type { ContributionRecord } from '../../model/contribution.ts';
import type { Hold } from '../../model/hold.ts';
import type { IndicatorQuery, MarkingChoice } from '../../model/indicator-query.ts';
import type { Ioc } from '../../model/ioc.ts';
import type { OperatorEntry } from '../../model/operator-entry.ts';
import type { Rejection, Sighting, Source } from '../../model/sighting.ts';
import { uuidBytes } from '../../model/uuid.ts';
import { categoriesOf } from '../../render/list/item.ts';
import { parseItems } from '../../render/list/item-json.ts';
import type { StixIds } from '../../render/stix/id.ts';
import {
  type ArticleRecord,
  type AccountRecord,
  type AddressUse,
  type Comparison,
  type Delivery,
  type Extent,
  type FeedRecord,
  type FeedSettlement,
  type IngestCounts,
  type IocRecord,
  type ItemForm,
  type ItemSlice,
  type KeyChange,
  type KeyRecord,
  type KeyRotation,
  type KeyUsage,
  type KnownIoc,
  type NewAccount,
  type NewKey,
  type NewSession,
  type OwnedKey,
  type PublishedVersion,
  type QuarantineRecord,
  type RequestGrant,
  type RunChange,
  type RunLease,
  type RunRecord,
  type RunState,
  type SearchQuestion,
  type SearchResult,
  type SessionRecord,
  type Slice,
  type Store,
  type StoreCheck,
  StoreError,
  type Statistics,
  type StoreHealth,
  type UndoReport,
  type UsageBatch,
  type VersionFacts,
} from '../store.ts';
import { AccountRows } from './accounts.ts';
import { type Connection, NEVER } from './connection.ts';
import { ContributionRows } from './contributions.ts';
import { FeedRows } from './feeds.ts';
import { compareSightings, findIoc, listIocs } from './ioc-record.ts';
import { KeyRows } from './keys.ts';
import type { SqliteLedger } from './ledger.ts';
import { checkedBy } from './gate-check.ts';
import { AttachedLists } from './lists/attached.ts';
import type { AsyncFiller } from './lists/filler-calls.ts';
import { Lists } from './lists/lists.ts';
import { ListReader } from './lists/reads.ts';
import { schemaVersion } from './migrate.ts';
import { VersionReader } from './reads.ts';
import { OperatorEntries } from './operator-entries.ts';
import { type PackedSightings, packSightings } from './packed-sightings.ts';
import { probe } from './probe.ts';
import {
  findRun,
  findSource,
  listChanges,
  listQuarantine,
  listRuns,
  newestRun,
  runsAfter,
} from './run-records.ts';
import { readMeta } from './stamps.ts';
import type { ThreadClient } from './thread-calls.ts';
import { ChangeWatch, Unchanged } from './unchanged.ts';
import type { UsageFile } from './usage.ts';
import { readVersionFacts } from './version-facts.ts';
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
  /** Where the database of lists is, and who fills it. */
  readonly lists: string;
  readonly filler: AsyncFiller;
  readonly ledger: SqliteLedger;
  readonly usage: UsageFile;
  readonly ids: StixIds;
}

/** The store in one directory: a database of indicators, one of lists that follow from it, and one of request counts. */
export class SqliteStore implements Store {
  readonly #parts: SqliteParts;
  readonly #reader: VersionReader;
  readonly #lists: Lists;
  readonly #keys: KeyRows;
  readonly #accounts: AccountRows;
  readonly #watch: ChangeWatch;
  readonly #newest: Unchanged<number>;
  readonly #knownKeys: Unchanged<readonly [KeyRecord | undefined]>;
  /** Hashes as texts: a connection asks with the same one again and again. */
  readonly #hashTexts = new WeakMap<Uint8Array, string>();
  /** What is ready for the writer before it is asked to take it in. */
  readonly #prepared = new WeakMap<readonly Sighting[], PackedSightings>();
  #polled: Promise<void> | undefined;
  #closing = false;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    const patience = parts.thread === undefined ? 0 : PATIENCE;
    this.#watch = new ChangeWatch(parts.connection, patience);
    const attached = new AttachedLists(parts.connection, parts.lists, patience);
    this.#reader = new VersionReader(parts.connection, this.#watch, attached);
    this.#keys = new KeyRows(parts.connection);
    this.#accounts = new AccountRows(parts.connection);
    this.#newest = new Unchanged(this.#watch, 1);
    this.#lists = new Lists({
      ...parts,
      reader: new ListReader(parts.connection, this.#reader, attached, patience),
      newestAt: (asOf) => this.#newestAt(asOf),
    });
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

  watermark(asOf: number): number {
    return this.#newestAt(asOf);
  }

  #newestAt(asOf: number): number {
    const newest = this.#newest.get('newest', () => this.#reader.watermark(NEVER));
    return newest <= asOf ? newest : this.#reader.watermark(asOf);
  }

  async extent(query: IndicatorQuery, asOf: number): Promise<Extent> {
    if (query.categories !== undefined) await this.awaitLists(asOf);
    return this.#reader.extent(query, asOf);
  }

  async slice(query: IndicatorQuery, markings: MarkingChoice, asOf: number, size: number): Promise<Slice> {
    const { thread } = this.#parts;
    if (thread === undefined || Math.min(size, query.limit) <= SHORT) {
      return this.#reader.slice(query, markings, asOf, size);
    }
    return (await thread.call('slice', [query, markings, asOf, size])) as Slice;
  }

  awaitLists(asOf: number): Promise<string> {
    return this.#lists.await(asOf);
  }

  listExtent(query: IndicatorQuery, asOf: number): Promise<Extent> {
    return this.#lists.extent(query, asOf);
  }

  texts(query: IndicatorQuery, form: ItemForm, asOf: number, size: number): Promise<Slice> {
    return this.#lists.texts(query, form, asOf, size);
  }

  async items(query: IndicatorQuery, asOf: number, size: number): Promise<ItemSlice> {
    const { bytes, last, done } = await this.#lists.texts(query, 'json', asOf, size);
    return { items: parseItems(bytes), last, done };
  }

  search(question: SearchQuestion, asOf: number): Promise<SearchResult> {
    const uuid = question.exact === undefined ? undefined : this.#uuidOf(question.exact);
    return this.#lists.search(question, uuid, asOf);
  }

  statistics(now: number): Promise<Statistics> {
    return this.#lists.statistics(now);
  }

  count(query: Omit<IndicatorQuery, 'limit'>, asOf: number): Promise<number> {
    return this.#lists.count(query, asOf);
  }

  fillLists(): Promise<void> {
    return this.#parts.filler.fill();
  }

  indexValues(limit: number): Promise<number> {
    return this.#parts.filler.indexValues(limit);
  }

  async history(after: number, asOf: number, limit: number): Promise<readonly PublishedVersion[]> {
    const { thread } = this.#parts;
    if (thread === undefined) return this.#reader.history(after, asOf, limit);
    return (await thread.call('history', [after, asOf, limit])) as PublishedVersion[];
  }

  async versionsOf(uuid: string, asOf: number): Promise<readonly PublishedVersion[]> {
    return this.#reader.versionsOf(uuidBytes(uuid), asOf);
  }

  beginRun(source: Source, input: string, now: number, lease?: RunLease): Promise<number> {
    return this.#parts.writer.beginRun(source, input, now, lease);
  }

  prepare(sightings: readonly Sighting[]): void {
    this.#prepared.set(sightings, packSightings(this.#parts.ids, sightings));
  }

  async ingest(
    run: number,
    sightings: readonly Sighting[],
    now: number,
    gate?: string,
    articles?: readonly Article[],
  ): Promise<IngestCounts> {
    const packed = this.#prepared.get(sightings) ?? packSightings(this.#parts.ids, sightings);
    this.#prepared.delete(sightings);
    return this.#changing(this.#parts.writer.ingest(run, packed, now, gate, articles));
  }

  async listArticles(query: ArticleQuery, asOf: number): Promise<ArticlePage> {
    const { thread } = this.#parts;
    if (thread === undefined) return this.#reader.listArticles(query, asOf);
    return (await thread.call('listArticles', [query, asOf])) as ArticlePage;
  }

  async findArticle(id: string, asOf: number, most: number): Promise<ArticleRecord | undefined> {
    const { thread } = this.#parts;
    if (thread === undefined) return this.#reader.findArticle(id, asOf, most);
    return (await thread.call('findArticle', [id, asOf, most])) as ArticleRecord | undefined;
  }

  withdraw(run: number, iocs: readonly number[], now: number): Promise<number> {
    return this.#changing(this.#parts.writer.withdraw(run, iocs, now));
  }

  quarantine(run: number, rejections: readonly Rejection[]): Promise<void> {
    return this.#parts.writer.quarantine(run, rejections);
  }

  endRun(run: number, now: number, failure?: string): Promise<void> {
    return this.#parts.writer.endRun(run, now, failure);
  }

  setRunState(run: number, state: RunState, spool?: string, reason?: string): Promise<void> {
    return this.#parts.writer.setRunState(run, state, spool, reason);
  }

  async newestRun(feed: string): Promise<RunRecord | undefined> {
    return this.#parts.connection.read(() => newestRun(this.#parts.connection, feed));
  }

  adoptRun(run: number, owner: string): Promise<void> {
    return this.#parts.writer.adoptRun(run, owner);
  }

  closeRun(run: number, state: 'discarded', reason: string, now: number): Promise<void> {
    return this.#parts.writer.closeRun(run, state, reason, now);
  }

  async undoRun(run: number, now: number): Promise<UndoReport> {
    const record = await this.findRun(run);
    if (record === undefined) throw new StoreError('unavailable', `there is no run ${run}`);
    const source = this.#parts.connection.read(() => findSource(this.#parts.connection, record.source));
    const undo = await this.beginRun(source, `undo of run ${run}`, now);
    let report: UndoReport = { run: undo, restored: 0, skipped: 0 };
    for (let after: number | undefined = 0; after !== undefined;) {
      const step: { restored: number; skipped: number; last: number | undefined } = await this.#changing(
        this.#parts.writer.undo(run, undo, after, now),
      );
      after = step.last;
      report = {
        run: undo,
        restored: report.restored + step.restored,
        skipped: report.skipped + step.skipped,
      };
    }
    await this.endRun(undo, now);
    return report;
  }

  retract(iocs: readonly Ioc[], reason: string, now: number): Promise<number> {
    return this.#changing(this.#parts.writer.retract(iocs, reason, now));
  }

  review(now: number, limit: number): Promise<number> {
    return this.#changing(this.#parts.writer.review(now, limit));
  }

  sweep(now: number): Promise<number> {
    return this.#changing(this.#parts.writer.sweep(now));
  }

  forgetVersions(before: { readonly whole: number; readonly facts: number }): Promise<number> {
    return this.#parts.writer.forgetVersions(before);
  }

  async listRuns(limit: number): Promise<readonly RunRecord[]> {
    return this.#parts.connection.read(() => listRuns(this.#parts.connection, limit));
  }

  async findRun(run: number): Promise<RunRecord | undefined> {
    return this.#parts.connection.read(() => findRun(this.#parts.connection, run));
  }

  async runsAfter(after: number, limit: number): Promise<readonly RunRecord[]> {
    return this.#parts.connection.read(() => runsAfter(this.#parts.connection, after, limit));
  }

  async probe(): Promise<readonly StoreCheck[]> {
    return this.#closing ? [{ name: 'store', problem: 'it is being closed' }] : probe(this.#parts);
  }

  async listChanges(run: number, after: number, limit: number): Promise<readonly RunChange[]> {
    return this.#parts.connection.read(() => listChanges(this.#parts.connection, run, after, limit));
  }

  async listQuarantine(run: number): Promise<readonly QuarantineRecord[]> {
    return this.#parts.connection.read(() => listQuarantine(this.#parts.connection, run));
  }

  async compare(source: string, sightings: readonly Sighting[]): Promise<readonly Comparison[]> {
    const { connection } = this.#parts;
    return connection.read(() => compareSightings(connection, source, sightings, (ioc) => this.#uuidOf(ioc)));
  }

  async standing(source: string, after: number, limit: number): Promise<readonly KnownIoc[]> {
    return this.#parts.connection.read(() => listIocs(this.#parts.connection, after, limit, source));
  }

  async findIoc(ioc: Ioc): Promise<IocRecord | undefined> {
    return this.#parts.connection.read(() => findIoc(this.#parts.connection, this.#uuidOf(ioc)));
  }

  async findIndicator(uuid: string): Promise<IocRecord | undefined> {
    return this.#parts.connection.read(() => findIoc(this.#parts.connection, uuidBytes(uuid)));
  }

  #uuidOf(ioc: Ioc): Uint8Array {
    return uuidBytes(this.#parts.ids.indicatorUuid(ioc.type, ioc.value));
  }

  async listEntries(): Promise<readonly OperatorEntry[]> {
    return this.#parts.connection.read(() => new OperatorEntries(this.#parts.connection).list());
  }

  putEntry(entry: OperatorEntry): Promise<void> {
    return this.#parts.writer.putEntry(entry);
  }

  removeEntry(list: OperatorEntry['list'], value: string): Promise<boolean> {
    return this.#parts.writer.removeEntry(list, value);
  }

  async listIocs(after: number, limit: number): Promise<readonly KnownIoc[]> {
    return this.#parts.connection.read(() => listIocs(this.#parts.connection, after, limit));
  }

  setHolds(
    holds: readonly { readonly id: number; readonly hold?: Hold }[],
    now: number,
    gate?: string,
  ): Promise<number> {
    return this.#changing(this.#parts.writer.setHolds(holds, now, gate));
  }

  async gateFingerprint(): Promise<string> {
    return this.#parts.connection.read(() => checkedBy(this.#parts.connection));
  }

  beginGateCheck(fingerprint: string): Promise<void> {
    return this.#parts.writer.beginGateCheck(fingerprint);
  }

  endGateCheck(fingerprint: string): Promise<boolean> {
    return this.#parts.writer.endGateCheck(fingerprint);
  }

  syncFeeds(
    feeds: readonly { readonly name: string; readonly enabled: boolean }[],
    now: number,
  ): Promise<void> {
    return this.#parts.writer.syncFeeds(feeds, now);
  }

  putFeed(name: string, definition: string, now: number): Promise<void> {
    return this.#parts.writer.putFeed(name, definition, now);
  }

  removeFeed(name: string): Promise<boolean> {
    return this.#parts.writer.removeFeed(name);
  }

  enableFeed(name: string, enabled: boolean, now: number): Promise<boolean> {
    return this.#parts.writer.enableFeed(name, enabled, now);
  }

  async listFeeds(): Promise<readonly FeedRecord[]> {
    return this.#parts.connection.read(() => new FeedRows(this.#parts.connection).list());
  }

  claimFeed(owner: string, now: number, lease: number, name?: string): Promise<FeedRecord | undefined> {
    return this.#parts.writer.claimFeed(owner, now, lease, name);
  }

  renewFeed(name: string, owner: string, until: number): Promise<boolean> {
    return this.#parts.writer.renewFeed(name, owner, until);
  }

  settleFeed(name: string, owner: string, outcome: FeedSettlement): Promise<void> {
    return this.#parts.writer.settleFeed(name, owner, outcome);
  }

  createKey(key: NewKey, now: number): Promise<KeyRecord> {
    return this.#changing(this.#parts.writer.createKey(key, now));
  }

  findKey(hash: Uint8Array): KeyRecord | undefined {
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

  async keysOf(account: string): Promise<readonly KeyRecord[]> {
    return this.#parts.connection.read(() => this.#keys.ofAccount(account));
  }

  changeKey(key: OwnedKey, change: KeyChange, now: number): Promise<KeyRecord | undefined> {
    return this.#changing(this.#parts.writer.changeKey(key, change, now));
  }

  rotateKey(
    key: OwnedKey,
    successor: { readonly hash: Uint8Array; readonly prefix: string },
    deadline: number,
    now: number,
  ): Promise<KeyRotation | undefined> {
    return this.#changing(this.#parts.writer.rotateKey(key, successor, deadline, now));
  }

  retireKeys(now: number): Promise<readonly KeyRecord[]> {
    return this.#changing(this.#parts.writer.retireKeys(now));
  }

  createAccount(account: NewAccount, now: number): Promise<AccountRecord> {
    return this.#parts.writer.createAccount(account, now);
  }

  async findAccount(name: string): Promise<(AccountRecord & { readonly password: string }) | undefined> {
    return this.#parts.connection.read(() => this.#accounts.find(name));
  }

  async listAccounts(): Promise<readonly AccountRecord[]> {
    return this.#parts.connection.read(() => this.#accounts.list());
  }

  setPassword(name: string, password: string, now: number): Promise<boolean> {
    return this.#parts.writer.setPassword(name, password, now);
  }

  removeAccount(name: string): Promise<boolean> {
    return this.#parts.writer.removeAccount(name);
  }

  beginSession(session: NewSession, now: number): Promise<boolean> {
    return this.#parts.writer.beginSession(session, now);
  }

  async findSession(hash: Uint8Array): Promise<SessionRecord | undefined> {
    return this.#parts.connection.read(() => this.#accounts.findSession(hash));
  }

  async knowsDevice(hash: Uint8Array, account: string, since: number): Promise<boolean> {
    return this.#parts.connection.read(() => this.#accounts.knowsDevice(hash, account, since));
  }

  touchSession(hash: Uint8Array, now: number): Promise<void> {
    return this.#parts.writer.touchSession(hash, now);
  }

  endSession(hash: Uint8Array): Promise<boolean> {
    return this.#parts.writer.endSession(hash);
  }

  forgetSessions(ended: { idle: number; begun: number; seen: number }): Promise<number> {
    return this.#parts.writer.forgetSessions(ended);
  }

  recordUsage(batch: UsageBatch, now: number): Promise<void> {
    return this.#parts.writer.recordUsage(batch, now);
  }

  async usageOf(key: string, since: number): Promise<KeyUsage> {
    return this.#parts.usage.usageOf(key, since);
  }

  async addressesOf(key: string, limit?: number): Promise<readonly Omit<AddressUse, 'key'>[]> {
    return this.#parts.usage.addressesOf(key, limit);
  }

  async deliveriesOf(key: string, stamps: readonly number[]): Promise<readonly Omit<Delivery, 'key'>[]> {
    return this.#parts.usage.deliveriesOf(key, stamps);
  }

  async versionFacts(ioc: Ioc): Promise<readonly VersionFacts[]> {
    const { connection } = this.#parts;
    const versions = connection.read(() => readVersionFacts(connection, this.#uuidOf(ioc)));
    const items = await this.#lists.itemsAt(versions.map(({ stamp }) => stamp));
    return versions.map((version) => {
      const item = items.get(version.stamp);
      return item === undefined ? version : { ...version, categories: categoriesOf(item.sources) };
    });
  }

  keepContribution(record: ContributionRecord, now: number): Promise<void> {
    return this.#parts.writer.keepContribution(record, now);
  }

  async findContribution(id: string, now: number): Promise<ContributionRecord | undefined> {
    return new ContributionRows(this.#parts.connection).find(id, now);
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
      lists: this.#lists.progress(),
    }));
  }

  /** What this process has committed is seen by the next question. */
  #changing<T>(call: Promise<T>): Promise<T> {
    return call.finally(() => this.#watch.changed());
  }

  async close(): Promise<void> {
    this.#closing = true;
    const { writer, filler, connection, thread, ledger, usage } = this.#parts;
    // Writers last: who closes a database last puts the write-ahead log in order, and must be able to write.
    await thread?.close();
    connection.close();
    ledger.close();
    usage.close();
    await filler.close();
    await writer.close();
  }
}
