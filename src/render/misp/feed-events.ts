import type { IocItem } from '../../model/ioc-item.ts';
import type { Producer } from '../../model/producer.ts';
import { uuidBytes, uuidV5 } from '../../model/uuid.ts';
import { isAdmissible } from '../admission.ts';
import { isAttribute, MISP_TYPES } from './attribute.ts';
import type { MispEventHead } from './event.ts';

const DAY = 86_400_000;
const ADMITTED = { types: MISP_TYPES, tellsRevoked: true };

/**
 * Whether the feed has an item at the moment `asOf`: it can be an attribute, and its validity is not over. What is
 * revoked stays, as a deleted attribute, while it was so after the stamp `horizon`.
 */
export function isInFeed(item: IocItem, asOf: number, horizon: number): boolean {
  const stands = item.revoked ? item.modified > horizon : (item.validUntil ?? Infinity) > asOf;
  return stands && isAdmissible(item, ADMITTED) && isAttribute(item);
}

/**
 * The events of a native MISP feed, numbered as they turn up: one for each source and day (UTC) on which an IOC was first
 * seen. An event's UUID is derived from both, so that it stays the same event while IOCs come and go. An IOC of several
 * sources is in the event of each, so that a source that joins later moves nothing.
 */
export class MispFeedEvents {
  readonly #producer: Producer;
  readonly #namespace: Buffer;
  readonly #numbers = new Map<string, number>();
  readonly #heads: MispEventHead[] = [];

  constructor(producer: Producer) {
    this.#producer = producer;
    this.#namespace = uuidBytes(producer.uuid);
  }

  /** The numbers of the events that an item is in. */
  numbersOf({ firstSeen, sources }: IocItem): readonly number[] {
    const day = Math.floor(firstSeen / DAY);
    const numbers = sources.map(({ name }) => this.#numberOf(day, name.toWellFormed()));
    return numbers.length === 1 ? numbers : [...new Set(numbers)];
  }

  headOf(number: number): MispEventHead {
    return this.#heads[number]!;
  }

  #numberOf(day: number, source: string): number {
    const key = `${day} ${source}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const date = new Date(day * DAY).toISOString().slice(0, 10);
    this.#heads.push({
      uuid: uuidV5(this.#namespace, `misp-feed:${date}:${source}`),
      info: `${source}, first seen ${date}`,
      date,
      producer: this.#producer,
    });
    this.#numbers.set(key, this.#heads.length - 1);
    return this.#heads.length - 1;
  }
}
