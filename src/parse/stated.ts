import { parseTlp, type Tlp } from '../model/marking.ts';
import { parseSourceTime } from '../model/time.ts';

/** What feeds write where they have nothing to say. */
const NOTHING = new Set(['', 'none', 'null', 'n/a', 'na', 'nil', '-', 'undefined']);

/** A text or number as a record states it, trimmed; undefined for nothing, `None`, `null`, `n/a` and the like. */
export function stated(field: unknown): string | undefined {
  if (typeof field === 'number' && Number.isFinite(field)) return String(field);
  if (typeof field !== 'string') return undefined;
  const text = field.trim();
  return text.length <= 9 && NOTHING.has(text.toLowerCase()) ? undefined : text;
}

/** The words of a list, or of a text in which commas part them. */
export function statedWords(field: unknown): string[] {
  const parts: readonly unknown[] = Array.isArray(field) ? field : (stated(field)?.split(',') ?? []);
  const words: string[] = [];
  for (const part of parts) {
    const word = stated(part);
    if (word !== undefined) words.push(word);
  }
  return words;
}

/** A time that a record states and nobody can read, or that cannot be: its record is taken without it, and that is told. */
export class UnreadTime {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What databases write for no time: MySQL's zero date, and 0 seconds. */
const NO_TIME = /^(?:0|0000-00-00(?: 00:00:00)?)$/;

/** A time in UTC milliseconds, undefined where there is none, or one that is not read (see `parseSourceTime`). */
export function statedTime(field: unknown, now: number): number | UnreadTime | undefined {
  const text = stated(field);
  if (text === undefined || NO_TIME.test(text)) return undefined;
  return parseSourceTime(text, now) ?? new UnreadTime(text);
}

/** The first of several times that is one; else the first that is stated. */
export function firstTime(
  times: readonly (number | UnreadTime | undefined)[],
): number | UnreadTime | undefined {
  return times.find((time) => typeof time === 'number') ?? times.find((time) => time !== undefined);
}

/** `time`, or `earliest` where that is later; as it is unless both are known. */
export function notBefore(
  time: number | UnreadTime | undefined,
  earliest: number | UnreadTime | undefined,
): number | UnreadTime | undefined {
  return typeof time === 'number' && typeof earliest === 'number' ? Math.max(time, earliest) : time;
}

/** A malware family; what begins with "unknown" names none. */
export function statedFamily(field: unknown): string | undefined {
  const family = stated(field);
  return family === undefined || /^unknown\b/i.test(family) ? undefined : family;
}

/** Phrases of what a record says in its own fields, as one remark; undefined when there are none. */
export function remark(...phrases: readonly (string | undefined)[]): string | undefined {
  const said = phrases.filter((phrase) => phrase !== undefined);
  return said.length > 0 ? said.join('; ') : undefined;
}

/** `reported by NAME`, unless the reporter stays anonymous. */
export function reportedBy(field: unknown): string | undefined {
  const name = stated(field);
  return name === undefined || name.toLowerCase() === 'anonymous' ? undefined : `reported by ${name}`;
}

/** A JSON object's fields, or undefined for anything else. Its keys are the input's: read named ones only. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** A JSON list's elements; empty for anything else. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a field for the TLP says. A word that is none stays beside `tags` as one of a TLP: it is read with care where the feed's own is known. */
export function statedMarking(
  field: string | undefined,
  tags: readonly string[],
): { readonly tlp: Tlp | undefined; readonly tags: readonly string[] } {
  if (field === undefined) return { tlp: undefined, tags };
  const tlp = parseTlp(field);
  return { tlp, tags: tlp === undefined ? [...tags, `tlp:${field}`] : tags };
}
