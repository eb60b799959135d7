import type { IocType } from '../model/ioc.ts';

const DAY = 86_400_000;

/**
 * How long an IOC of a type is worth acting on after it was last seen, in milliseconds. Addresses change
 * hands within weeks, domains within months; what has no entry never expires.
 */
export const TIME_TO_LIVE: Readonly<Partial<Record<IocType, number>>> = {
  ipv4: 30 * DAY,
  ipv6: 30 * DAY,
  url: 60 * DAY,
  domain: 90 * DAY,
  email: 180 * DAY,
};

/**
 * How fast confidence goes within that time, δ of MISP's polynomial decaying model: 1 is evenly, less is late. Hosts are
 * cleaned and payloads taken down from the first days on; a domain or mailbox stays with its owner until it is suspended or
 * not renewed. None is above 1, which would take most in the first days, when an IOC is worth most.
 */
export const DECAY_SPEED: Readonly<Partial<Record<IocType, number>>> = {
  ipv4: 0.5,
  ipv6: 0.5,
  url: 0.5,
  domain: 0.3,
  email: 0.3,
};

/** `valid_until` moves at most once in this time for re-sightings alone (contract: the publication stamp, 4). */
export const VALIDITY_STEP = DAY;

/** When an IOC last seen at `lastSeen` expires, or undefined for types that never do. */
export function expiryOf(type: IocType, lastSeen: number): number | undefined {
  const life = TIME_TO_LIVE[type];
  return life === undefined ? undefined : lastSeen + life;
}

/** `valid_until` as it is published: it is later than `valid_from` (STIX 2.1 §4.7.1). */
export function publishedEnd(until: number | undefined, validFrom: number): number | undefined {
  return until === undefined ? undefined : Math.max(until, validFrom + 1);
}

/** What is published of an IOC's validity: when it ends, and when that end was last moved. */
export interface Validity {
  readonly until: number | undefined;
  readonly movedAt: number;
}

/**
 * The validity to publish, given the one that is published (undefined for a new IOC). A later end is taken
 * over at most once in `VALIDITY_STEP`, except where the published end has passed already: a revived
 * IOC is valid at once.
 */
export function nextValidity(
  type: IocType,
  lastSeen: number,
  published: Validity | undefined,
  now: number,
): Validity {
  const until = expiryOf(type, lastSeen);
  if (published === undefined) return { until, movedAt: now };
  if (until === undefined || published.until === until) return published;
  const due = now - published.movedAt >= VALIDITY_STEP;
  const over = published.until === undefined || published.until <= now;
  return due || (over && until > now) ? { until, movedAt: now } : published;
}
