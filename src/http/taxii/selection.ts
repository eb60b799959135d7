import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Collection, holds } from '../../model/collection.ts';
import type { IocType } from '../../model/ioc.ts';
import { type Tlp, TLP_MARKINGS } from '../../model/marking.ts';
import type { Producer } from '../../model/producer.ts';
import { writeNext } from '../../model/taxii-cursor.ts';
import type { TaxiiRequest, VersionChoice } from '../../model/taxii-parameters.ts';
import { formatTimestamp } from '../../model/time.ts';
import { isUuid } from '../../model/uuid.ts';
import { filedOf } from '../../render/stix/filed.ts';
import { type CommonObject, commonObjects } from '../../render/taxii/common-objects.ts';
import type { IndicatorReads, PublishedVersion } from '../../store/store.ts';

/** One version of one object of a collection. */
export interface ObjectVersion extends CommonObject {
  /** The type of an indicator's IOC. */
  readonly ioc?: IocType;
  readonly first: boolean;
  readonly last: boolean;
  /** The text of the version of an indicator that it replaced. */
  readonly replaced?: string | undefined;
}

/** Versions in the order in which they were added, and where to go on. */
export interface Selection {
  readonly versions: readonly ObjectVersion[];
  /** Set exactly when there is more. */
  readonly next: string | undefined;
}

/** A page of single versions is put together in memory: it holds no more than this. */
const MOST = 1_000;

/** So many versions are read at once, and looked at for one page at most: a rare kind is found page by page. */
const STEP = 500;
const MOST_WALKED = 5_000;

const INDICATOR = 'indicator--';

/** Finds versions of objects where more is asked for than the current ones of a collection's indicators. */
export class Selections {
  readonly #store: IndicatorReads;
  readonly #producer: Producer;

  constructor(store: IndicatorReads, producer: Producer) {
    this.#store = store;
    this.#producer = producer;
  }

  /** The versions of a collection's objects that `request` asks for (TAXII 2.1 §3.4). Rejects with `StoreError`. */
  async select(collection: Collection, request: TaxiiRequest, now: number): Promise<Selection> {
    await this.#store.markPolled(now);
    const wanted = wantedBy(collection, request);
    const common = this.#common(collection);
    if (request.ids.length > 0) {
      const known = [...common, ...(await this.#named(request.ids, now))];
      return cutPage(known.filter(wanted), request);
    }
    const versions = common.filter(wanted);
    if (!request.matches || (request.types.length > 0 && !request.types.includes('indicator')))
      return cutPage(versions, request);
    const exact = request.versions.filter((choice) => typeof choice === 'number');
    if (exact.length === request.versions.length) {
      const found = await Promise.all(
        exact
          .filter(Number.isInteger)
          .map((stamp) => this.#store.history(stamp - 1, Math.min(stamp, now), 1)),
      );
      return cutPage([...versions, ...found.flat().map(objectVersion).filter(wanted)], request);
    }
    return await this.#walk(versions, wanted, request, now);
  }

  /** Every version of one object in a collection; none when it is not there. */
  async versionsOf(id: string, collection: Collection, now: number): Promise<readonly ObjectVersion[]> {
    await this.#store.markPolled(now);
    const known = [...this.#common(collection), ...(await this.#named([id], now))];
    return known.filter((version) => version.id === id && isFiled(collection, version));
  }

  #common({ filter }: Collection): ObjectVersion[] {
    return commonObjects(this.#producer, filter.tlps).map((object) => ({
      ...object,
      first: true,
      last: true,
    }));
  }

  async #named(ids: readonly string[], now: number): Promise<ObjectVersion[]> {
    const uuids = ids.filter((id) => id.startsWith(INDICATOR)).map((id) => id.slice(INDICATOR.length));
    const found: ObjectVersion[] = [];
    for (const uuid of uuids.filter(isUuid)) {
      found.push(...(await this.#store.versionsOf(uuid, now)).map(objectVersion));
    }
    return found;
  }

  async #walk(
    before: readonly ObjectVersion[],
    wanted: (version: ObjectVersion) => boolean,
    request: TaxiiRequest,
    now: number,
  ): Promise<Selection> {
    const found = [...before];
    let after = Math.max(request.since ?? 0, request.place?.stamp ?? 0);
    for (let walked = 0; walked < MOST_WALKED; walked += STEP) {
      const step = await this.#store.history(after, now, STEP);
      found.push(...step.map(objectVersion).filter(wanted));
      if (found.length > limitOf(request) || step.length < STEP) return cutPage(found, request);
      after = step.at(-1)!.stamp;
      await nextTurn();
    }
    return { versions: found, next: writeNext({ stamp: after }, request.scope) };
  }
}

/** Cuts a page out of all that is wanted. */
export function cutPage(found: readonly ObjectVersion[], request: TaxiiRequest): Selection {
  const ordered = found.toSorted((a, b) => a.added - b.added);
  const versions = ordered.slice(0, limitOf(request));
  const more = versions.length < ordered.length;
  return {
    versions,
    next: more ? writeNext({ stamp: versions.at(-1)!.added }, request.scope) : undefined,
  };
}

/** Whether a version is one that a request asks for; of what collection it is has been seen to, or is of no matter. */
export function isWanted(version: ObjectVersion, request: TaxiiRequest): boolean {
  const { ids, types, versions, matches, since, place } = request;
  return (
    matches &&
    (ids.length === 0 || ids.includes(version.id)) &&
    (types.length === 0 || types.includes(version.type)) &&
    version.added > Math.max(since ?? 0, place?.stamp ?? 0) &&
    versions.some((choice) => isChosen(version, choice))
  );
}

function wantedBy(collection: Collection, request: TaxiiRequest): (version: ObjectVersion) => boolean {
  const isPoll = request.since !== undefined || request.place !== undefined;
  return (version) =>
    isWanted(version, request) && (isFiled(collection, version) || (isPoll && hasLeft(collection, version)));
}

function isChosen({ first, last, version }: ObjectVersion, choice: VersionChoice): boolean {
  if (choice === 'all') return true;
  if (choice === 'first') return first;
  if (choice === 'last') return last;
  return Date.parse(version) === choice;
}

/** Whether a collection has this version; what indicators point to is in every one. */
function isFiled({ filter }: Collection, { ioc, text }: ObjectVersion): boolean {
  return ioc === undefined || holds(filter, filedOf(ioc, text));
}

/** Whether it is with this version that an object left a collection, and a poller may be told so: see `Left`. */
function hasLeft({ filter }: Collection, { ioc, text, replaced }: ObjectVersion): boolean {
  if (ioc === undefined || replaced === undefined || !holds(filter, filedOf(ioc, replaced))) return false;
  const rank = (tlp: Tlp): number => TLP_MARKINGS.indexOf(tlp);
  return filter.tlps.length === 0 || rank(filedOf(ioc, text).tlp) <= Math.max(...filter.tlps.map(rank));
}

function objectVersion({ stamp, uuid, type, replaced, last, stix }: PublishedVersion): ObjectVersion {
  const version = formatTimestamp(stamp);
  return {
    id: INDICATOR + uuid,
    type: 'indicator',
    ioc: type,
    added: stamp,
    version,
    text: stix,
    first: replaced === undefined,
    last,
    replaced,
  };
}

function limitOf({ limit }: TaxiiRequest): number {
  return Math.min(limit, MOST);
}
