import type { RejectionCode } from '../model/sighting.ts';
import type { FeedState } from './states.ts';

/** What a download says, compared with what its feed said before. */
export interface Survey {
  /** Sightings, held ones included. */
  readonly listed: number;
  /** IOCs that the feed stood by before. */
  readonly standing: number;
  /** Sightings of IOCs that it did not stand by before; several may be of one IOC. */
  readonly added: number;
  /** Sightings that say something else than before, and those that do not. */
  readonly changed: number;
  readonly same: number;
  /** IOCs that it stood by and no longer lists; 0 where absence means nothing. */
  readonly absent: number;
  /** Of the changed, those that say that it takes the IOC back. */
  readonly takenBack: number;
  /** Sightings that the gate holds back. */
  readonly held: number;
  readonly rejected: ReadonlyMap<RejectionCode, number>;
}

/** Why a download is not published as it is. */
export interface Trip {
  readonly state: FeedState;
  readonly reason: string;
}

/** Rejections that say nothing against a format: the source itself says so, or only what it lists is foreign to us. */
const HARMLESS: ReadonlySet<RejectionCode> = new Set<RejectionCode>([
  'not_an_ioc',
  'unsupported_type',
  'unsupported_pattern',
  'unknown_technique',
  'own_host',
]);

/** A format has drifted when more than half of the records are unreadable, and at least so many. */
const LEAST_UNREADABLE = 10;

/** A feed so small may change as a whole. */
const SMALL = 20;

/** So many times what stood before may come new at once, and at least so many. */
const MOST_GROWTH = 3;
const LEAST_GROWTH = 1_000;

/** More than this part of a download held back by the gate, and at least so many, and its publisher is not himself. */
const MOST_HELD = 0.2;
const LEAST_HELD = 20;

/**
 * Whether a download is out of proportion: empty, unreadable, shrunk by more than half, grown beyond three times
 * what it was, or full of what nobody should block. Undefined when it may be published. Reports that name no IOC are
 * reports all the same. Pure.
 */
export function trip(survey: Survey, hasReports = false): Trip | undefined {
  const { listed, standing, added, absent, takenBack, held, rejected } = survey;
  const unreadable = [...rejected].reduce((sum, [code, count]) => sum + (HARMLESS.has(code) ? 0 : count), 0);
  const records = listed + [...rejected.values()].reduce((sum, count) => sum + count, 0);
  if (records === 0)
    return hasReports ? undefined : { state: 'empty', reason: 'the download holds no records' };
  if (unreadable > listed && unreadable >= Math.min(LEAST_UNREADABLE, records))
    return { state: 'drifted', reason: `${unreadable} of ${records} records cannot be read` };
  const lost = absent + takenBack;
  if (standing > SMALL && lost * 2 > standing) {
    const how = takenBack === 0 ? 'gone from it' : 'gone from it or taken back';
    return { state: 'held', reason: `${lost} of ${standing} IOCs are ${how} at once` };
  }
  if (standing > 0 && added > Math.max(LEAST_GROWTH, standing * MOST_GROWTH))
    return { state: 'held', reason: `${added} IOCs are new in it at once, where ${standing} stood before` };
  if (held >= LEAST_HELD && held > listed * MOST_HELD)
    return { state: 'held', reason: `${held} of ${listed} records name what must never be blocked` };
  return undefined;
}
