import type { IocType } from '../../model/ioc.ts';
import type { Producer } from '../../model/producer.ts';
import { uuidBytes, uuidV5 } from '../../model/uuid.ts';

/** Derives a producer's STIX ids: the same name is the same id for ever (UUIDv5, STIX 2.1 §2.9). */
export class StixIds {
  readonly identity: string;
  readonly #namespace: Buffer;

  constructor(producer: Producer) {
    this.identity = `identity--${producer.uuid}`;
    this.#namespace = uuidBytes(producer.uuid);
  }

  /** The UUID of an IOC's indicator, without `indicator--`. */
  indicatorUuid(type: IocType, value: string): string {
    return uuidV5(this.#namespace, `${type}:${value}`);
  }

  /** The id of an object of `type` that is named by `name` alone. */
  objectId(type: string, name: string): string {
    return `${type}--${uuidV5(this.#namespace, `${type}:${name}`)}`;
  }
}
