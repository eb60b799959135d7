import type { Tlp } from '../model/marking.ts';
import { REJECTION_CODES, type RawIoc, type Rejection, type Sighting } from '../model/sighting.ts';
import { cleanText, withNormalContext } from './context.ts';
import { normaliseIoc } from './normalise.ts';

const LONGEST_SAMPLE = 200;

const LONGEST_REASON = 500;

/** A rejection fit to be shown on a terminal: what it quotes of the input is without control characters. */
export function presentable(rejection: Rejection): Rejection {
  return {
    place: cleanText(rejection.place, LONGEST_SAMPLE) ?? '',
    code: rejection.code,
    reason: cleanText(rejection.reason, LONGEST_REASON) ?? '',
    sample: cleanText(rejection.sample, LONGEST_SAMPLE) ?? '',
  };
}

/**
 * A raw IOC in normal form, or why it cannot be. Nothing is dropped: it is one or the other, and a time that had to be left
 * out is told as a `note`. `unmarked` is the marking of what
 * states none, than which no tag is read as freer.
 */
export function toSighting(
  raw: RawIoc,
  unmarked?: Tlp,
):
  | { readonly ok: true; readonly sighting: Sighting; readonly note?: Rejection }
  | { readonly ok: false; readonly rejection: Rejection } {
  const ioc = normaliseIoc(raw.value, raw.typeHint);
  if (!ioc.ok) {
    const sample = cleanText(raw.value, LONGEST_SAMPLE) ?? '';
    return { ok: false, rejection: { place: raw.place, code: ioc.code, reason: ioc.reason, sample } };
  }
  const sighting = withNormalContext({ type: ioc.type, value: ioc.value }, raw, unmarked);
  return raw.unreadTime === undefined
    ? { ok: true, sighting }
    : { ok: true, sighting, note: unreadTime(raw, raw.unreadTime) };
}

function unreadTime({ place }: RawIoc, time: string): Rejection {
  return presentable({ place, code: 'bad_time', reason: REJECTION_CODES.bad_time, sample: time });
}
