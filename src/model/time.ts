/** Tells the present time as UTC milliseconds since 1970. The one clock of the program, passed as a parameter. */
export type Clock = () => number;

/** Times outside of these years are taken for mistakes of their source. */
const EARLIEST = Date.UTC(1990, 0, 1);
const LATEST_AHEAD = 86_400_000;
/** No time takes more characters: `Wednesday, 21 September 2025 12:35:06.123456789 +02:00`. */
const LONGEST_TIME = 60;

const DAY = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The days formatted last, as `2026-01-15T`, by their number: the times of one batch fall on few days. */
const days = new Map<number, string>();
const MOST_DAYS = 1_000;

/**
 * Formats a time as STIX does: UTC, `Z`, exactly three fraction digits (STIX 2.1 §2.16, RFC 3339). Throws `RangeError`
 * for what is no time.
 */
export function formatTimestamp(time: number): string {
  const day = Math.floor(time / DAY);
  const date = days.get(day) ?? formatDay(time, day);
  // A fifth of what Date takes; an import formats four times for each IOC.
  const rest = Math.trunc(time) - day * DAY;
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const fraction = String(rest - seconds * 1000 + 1000).slice(1);
  return `${date}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes - hours * 60]}:${TWO_DIGITS[seconds - minutes * 60]}.${fraction}Z`;
}

function formatDay(time: number, day: number): string {
  const text = new Date(time).toISOString();
  const date = text.slice(0, text.indexOf('T') + 1);
  if (days.size >= MOST_DAYS) days.clear();
  days.set(day, date);
  return date;
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?([Zz]|[+-]\d{2}:?\d{2}))?$/;

/**
 * Reads RFC 3339 with an offset, or a bare date (midnight UTC), into UTC milliseconds; digits beyond
 * the millisecond are cut off. Returns undefined for anything else, and for days and hours that do not exist.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const time = utc(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  if (time === undefined) return undefined;
  const offset = /^z$/i.test(zone) ? 0 : offsetMinutes(zone);
  if (offset === undefined) return undefined;
  return time + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset * 60_000;
}

const SOURCE_TIME =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[Tt ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|\(UTC\)|[+-]\d{2}:?\d{2})?$/i;

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** `21 Apr 2025`, `21-Apr-2025`, `Mon, 21 Apr 2025` (RFC 5322 §3.3), `21.4.2025`. */
const DAY_FIRST = /^(?:[a-z]{3,9},? )?(\d{1,2})(?:([-. ])([a-z]{3,9})\2|\.(\d{1,2})\.)(\d{4})(?=\s|$)/i;
/** `Apr 21, 2025`, `April 21 2025`. */
const MONTH_FIRST = /^(?:[a-z]{3,9},? )?([a-z]{3,9})\.? (\d{1,2}),? (\d{4})(?=\s|$)/i;

/**
 * Reads a time as feeds write it: `2025-04-21 12:35:06`, `… UTC`, ISO 8601, a date, one with the month's English name
 * or with dots, or Unix seconds (9 or 10 digits) or milliseconds (12 or 13 digits). Without a zone it is UTC. `4/5/2025` is not
 * read: nobody knows which of the two is the month. Returns undefined for anything else, for
 * times before 1990 and for times more than a day ahead of `now`.
 */
export function parseSourceTime(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  const time =
    plainTime(trimmed) ?? (/^\d+$/.test(trimmed) ? unixTime(trimmed) : civilTime(yearFirst(trimmed)));
  return time !== undefined && time >= EARLIEST && time <= now + LATEST_AHEAD ? time : undefined;
}

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `2025-04-21 12:35:06`, as most feeds write it, in a tenth of the time that `civilTime` takes; undefined for anything else. */
function plainTime(text: string): number | undefined {
  if (text.length !== 19 || text[4] !== '-' || text[7] !== '-' || text[10] !== ' ') return undefined;
  if (text[13] !== ':' || text[16] !== ':') return undefined;
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // Leap days, leap seconds and mistakes are left to `civilTime`.
  const isPlain =
    year >= 1000 && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60;
  if (!isPlain || day > DAYS_OF_MONTHS[month - 1]!) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Two digits as a number; NaN for anything else. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

function unixTime(digits: string): number | undefined {
  if (digits.length === 9 || digits.length === 10) return Number(digits) * 1000;
  return digits.length === 12 || digits.length === 13 ? Number(digits) : undefined;
}

/** A text that begins with a date in words or with dots, its date as `2025-4-21`; any other as it is. */
function yearFirst(text: string): string {
  if (text.length > LONGEST_TIME || text[4] === '-' || text[4] === '/') return text;
  const day = DAY_FIRST.exec(text);
  if (day !== null) {
    const [all, date, , name, number, year] = day;
    return `${year}-${number ?? monthOf(name!)}-${date}${text.slice(all.length)}`;
  }
  const month = MONTH_FIRST.exec(text);
  if (month === null) return text;
  const [all, name, date, year] = month;
  return `${year}-${monthOf(name!)}-${date}${text.slice(all.length)}`;
}

/** The number of a month by its name or the first letters of it, three at least; 0, which is none, for other words. */
function monthOf(name: string): number {
  const word = name.toLowerCase();
  return MONTHS.findIndex((month) => month.startsWith(word)) + 1;
}

function civilTime(text: string): number | undefined {
  const match = SOURCE_TIME.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const time = utc(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  const offset = /^[+-]/.test(zone) ? offsetMinutes(zone) : 0;
  if (time === undefined || offset === undefined) return undefined;
  return time + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset * 60_000;
}

function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59)));
  date.setUTCFullYear(year);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function offsetMinutes(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
