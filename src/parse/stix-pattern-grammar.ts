import { comparison } from './stix-pattern-comparison.ts';
import type { Comparison } from './stix-pattern-comparison.ts';
import { PatternCursor } from './stix-pattern-cursor.ts';
import { PatternError, TIMESTAMP } from './stix-pattern-tokens.ts';
import type { Token } from './stix-pattern-tokens.ts';

/**
 * Patterns longer or nested deeper are refused. The longest in public bundles have some thousand characters.
 */
export const LONGEST_PATTERN = 262_144;
export const DEEPEST_PATTERN = 64;

/** A pattern as the list of its comparisons, in their order, and what binds observations in time. */
export interface Pattern {
  readonly comparisons: readonly Comparison[];
  /** `FOLLOWEDBY` and qualifiers such as `WITHIN 300 SECONDS`, as written. */
  readonly timing: readonly string[];
}

/**
 * Parses a STIX pattern (STIX 2.1 §9, STIX 2.0 part 5). AND, OR and parentheses are checked and then
 * forgotten. Beyond the grammar, hash names with hyphens may stand without quotes. Throws PatternError.
 * Linear time.
 */
export function parsePattern(pattern: string): Pattern {
  if (pattern.length > LONGEST_PATTERN)
    throw new PatternError(LONGEST_PATTERN, `a pattern longer than ${LONGEST_PATTERN} characters`);
  const cursor = new PatternCursor(pattern);
  const parsed: Parsed = { comparisons: [], timing: [], observations: 0 };
  observations(cursor, parsed, 0);
  if (cursor.token.kind !== 'end') cursor.fail('AND, OR, FOLLOWEDBY, a qualifier or the end');
  return { comparisons: parsed.comparisons, timing: parsed.timing };
}

interface Parsed {
  readonly comparisons: Comparison[];
  readonly timing: string[];
  observations: number;
}

function observations(cursor: PatternCursor, parsed: Parsed, depth: number): void {
  do {
    if (cursor.take('mark', '(')) {
      observations(cursor, parsed, deeper(cursor, depth));
      cursor.expect('mark', ')');
    } else {
      cursor.expect('mark', '[');
      comparisons(cursor, parsed, depth);
      cursor.expect('mark', ']');
      parsed.observations += 1;
    }
    qualifiers(cursor, parsed);
  } while (isConnected(cursor) || isFollowed(cursor, parsed));
}

function isConnected(cursor: PatternCursor): boolean {
  return cursor.take('word', 'AND') || cursor.take('word', 'OR');
}

function isFollowed(cursor: PatternCursor, parsed: Parsed): boolean {
  if (!cursor.take('word', 'FOLLOWEDBY')) return false;
  parsed.timing.push('FOLLOWEDBY');
  return true;
}

function deeper(cursor: PatternCursor, depth: number): number {
  if (depth >= DEEPEST_PATTERN)
    throw new PatternError(cursor.token.start, `parentheses nested deeper than ${DEEPEST_PATTERN}`);
  return depth + 1;
}

function qualifiers(cursor: PatternCursor, parsed: Parsed): void {
  for (;;) {
    const { start } = cursor.token;
    if (cursor.take('word', 'WITHIN')) {
      positive(cursor, ['integer', 'float']);
      cursor.expect('word', 'SECONDS');
    } else if (cursor.take('word', 'REPEATS')) {
      positive(cursor, ['integer']);
      cursor.expect('word', 'TIMES');
    } else if (cursor.take('word', 'START')) {
      timestamp(cursor);
      cursor.expect('word', 'STOP');
      timestamp(cursor);
    } else return;
    parsed.timing.push(cursor.textFrom(start));
  }
}

function positive(cursor: PatternCursor, kinds: readonly Token['kind'][]): void {
  const { kind, text } = cursor.token;
  if (!kinds.includes(kind) || text.startsWith('-')) cursor.fail('a positive number');
  cursor.next();
}

/** STIX 2.0 also had plain strings here. */
function timestamp(cursor: PatternCursor): void {
  const { kind, text } = cursor.token;
  if (kind !== 'timestamp' && !(kind === 'string' && TIMESTAMP.test(text))) cursor.fail('a timestamp');
  cursor.next();
}

function comparisons(cursor: PatternCursor, parsed: Parsed, depth: number): void {
  do {
    if (cursor.take('mark', '(')) {
      comparisons(cursor, parsed, deeper(cursor, depth));
      cursor.expect('mark', ')');
    } else parsed.comparisons.push(comparison(cursor, parsed.observations));
  } while (isConnected(cursor));
}
