import { nearestName } from '../model/nearest.ts';

const LONGEST_TEXT = 500;
const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE };

/** Options as a command line gives them, read one by one; what is wrong is gathered so that all of it is told at once. */
export class OptionReader<Name extends string> {
  readonly problems: string[] = [];
  readonly #options: Readonly<Partial<Record<Name, string | readonly string[] | undefined>>>;

  constructor(options: Readonly<Partial<Record<Name, string | readonly string[] | undefined>>>) {
    this.#options = options;
  }

  problem(name: Name, sentence: string): void {
    this.problems.push(`${name}: ${sentence}`);
  }

  /** A text without line breaks or other controls; undefined when it is not given or empty. */
  text(name: Name): string | undefined {
    const given = this.#options[name];
    const text = (typeof given === 'string' ? given : given?.join(',')) ?? '';
    const trimmed = text.trim();
    if (trimmed === '') return undefined;
    if (trimmed.length > LONGEST_TEXT) this.problem(name, `it is longer than ${LONGEST_TEXT} characters`);
    else if (/\p{C}/u.test(trimmed)) this.problem(name, 'it holds a line break or another control character');
    else return trimmed;
    return undefined;
  }

  /** The words of a list, or of a text in which commas part them. */
  words(name: Name): string[] {
    return (this.text(name) ?? '').split(',').flatMap((word) => word.trim() || []);
  }

  choice<T extends string>(name: Name, allowed: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const found = allowed.find((each) => each === text.toLowerCase());
    if (found === undefined)
      this.problem(name, `"${text}" is none of ${allowed.join(', ')}${meant(text, allowed)}`);
    return found ?? fallback;
  }

  flag(name: Name, fallback: boolean): boolean {
    return this.choice(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  /** A number that `read` makes of the text, or the fallback. */
  reading<T>(name: Name, read: (text: string) => T | undefined, wish: string, fallback: T): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = read(text);
    if (value === undefined) this.problem(name, `"${text}" is not ${wish}`);
    return value ?? fallback;
  }

  /** `15m`, `6h` or `1d` as milliseconds. */
  duration(name: Name, least: number, most: number, fallback: number): number {
    const wish = `a time from ${least / MINUTE}m to ${most / UNITS.d!}d: write 15m, 6h or 1d`;
    return this.reading(
      name,
      (text) => {
        const [, count = '', unit = ''] = /^(\d{1,6})\s*([mhd])$/i.exec(text) ?? [];
        const duration = Number(count) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
        return duration >= least && duration <= most ? duration : undefined;
      },
      wish,
      fallback,
    );
  }
}

/** `; you may mean X`, when something near is known. */
export function meant(word: string, names: readonly string[]): string {
  const near = nearestName(word, names);
  return near === undefined ? '' : `; you may mean ${near}`;
}
