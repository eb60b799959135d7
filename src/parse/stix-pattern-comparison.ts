import type { PatternCursor } from './stix-pattern-cursor.ts';

/** One test of one property: `file:size > 100`. */
export interface Comparison {
  /** The comparison as written. */
  readonly expression: string;
  /** The number of its observation (`[…]`), from 0. */
  readonly observation: number;
  /** `file` in `file:hashes.'SHA-256'`. */
  readonly objectType: string;
  /** `hashes`, `SHA-256`; list steps as `[*]` or `[0]`. */
  readonly path: readonly string[];
  readonly negated: boolean;
  /** `=`, `!=`, `<`, `>`, `<=`, `>=`, `IN`, `LIKE`, `MATCHES`, `ISSUBSET`, `ISSUPERSET` or `EXISTS`. */
  readonly operator: string;
  /** What stands on the right: several literals for `IN`, none for `EXISTS`. */
  readonly literals: readonly Literal[];
}

export interface Literal {
  readonly kind: (typeof ORDERABLE)[number] | 'boolean';
  /** What the literal means, without quotes and escapes. */
  readonly text: string;
}

const ORDERABLE = ['string', 'integer', 'float', 'timestamp', 'binary', 'hex'] as const;
const STRING_OPERATORS: readonly string[] = ['LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET'];
const SAME_OPERATOR: Readonly<Record<string, string>> = { '==': '=', '<>': '!=' };
const OTHER_KEYWORDS =
  'IN EXISTS NOT AND OR FOLLOWEDBY WITHIN SECONDS REPEATS TIMES START STOP LAST true false';
const KEYWORDS: ReadonlySet<string> = new Set([...STRING_OPERATORS, ...OTHER_KEYWORDS.split(' ')]);

type Path = Pick<Comparison, 'objectType' | 'path'>;
type Test = Pick<Comparison, 'operator' | 'literals'>;

/** Reads one comparison without the parentheses around it (`propTest` of the grammar). */
export function comparison(cursor: PatternCursor, observation: number): Comparison {
  const { start } = cursor.token;
  const isNotExists = cursor.take('word', 'NOT');
  if (isNotExists || isWord(cursor, 'EXISTS')) {
    cursor.expect('word', 'EXISTS');
    const path = objectPath(cursor);
    const test = { negated: isNotExists, operator: 'EXISTS', literals: [] };
    return { expression: cursor.textFrom(start), observation, ...path, ...test };
  }
  const path = objectPath(cursor);
  const negated = cursor.take('word', 'NOT');
  const test = operation(cursor);
  return { expression: cursor.textFrom(start), observation, ...path, negated, ...test };
}

function isWord(cursor: PatternCursor, word: string): boolean {
  return cursor.token.kind === 'word' && cursor.token.text === word;
}

function objectPath(cursor: PatternCursor): Path {
  if (!isName(cursor)) cursor.fail('an object type');
  const objectType = cursor.next().text;
  cursor.expect('mark', ':');
  const path = [property(cursor, '')];
  for (;;) {
    if (cursor.take('mark', '.')) path.push(property(cursor, path.at(-1) ?? ''));
    else if (cursor.take('mark', '[')) path.push(listStep(cursor));
    else return { objectType, path };
  }
}

function isName(cursor: PatternCursor): boolean {
  return cursor.token.kind === 'word' && !KEYWORDS.has(cursor.token.text);
}

/** A name with a hyphen needs quotes, but many write `hashes.SHA-256` without. */
function property(cursor: PatternCursor, parent: string): string {
  const { kind, text } = cursor.token;
  const mayHaveHyphen = kind === 'string' || parent === 'hashes';
  if ((kind !== 'string' && !isName(cursor)) || (text.includes('-') && !mayHaveHyphen))
    cursor.fail('a property, in quotes if it has a hyphen');
  return cursor.next().text;
}

function listStep(cursor: PatternCursor): string {
  const { kind, text } = cursor.token;
  if (kind !== 'integer' && !(kind === 'mark' && text === '*')) cursor.fail('a list index or *');
  cursor.next();
  cursor.expect('mark', ']');
  return `[${text}]`;
}

function operation(cursor: PatternCursor): Test {
  const { kind, text } = cursor.token;
  if (kind === 'operator') {
    cursor.next();
    const operator = SAME_OPERATOR[text] ?? text;
    return { operator, literals: [literal(cursor, operator === '=' || operator === '!=')] };
  }
  if (cursor.take('word', 'IN')) return { operator: 'IN', literals: set(cursor) };
  if (kind !== 'word' || !STRING_OPERATORS.includes(text)) cursor.fail('a comparison operator');
  cursor.next();
  if (cursor.token.kind !== 'string') cursor.fail('a string');
  return { operator: text, literals: [literal(cursor, false)] };
}

function set(cursor: PatternCursor): Literal[] {
  const literals: Literal[] = [];
  cursor.expect('mark', '(');
  if (cursor.take('mark', ')')) return literals;
  do literals.push(literal(cursor, true));
  while (cursor.take('mark', ','));
  cursor.expect('mark', ')');
  return literals;
}

function literal(cursor: PatternCursor, mayBeBoolean: boolean): Literal {
  const { kind, text } = cursor.token;
  const isBoolean = mayBeBoolean && kind === 'word' && (text === 'true' || text === 'false');
  const known = isBoolean ? 'boolean' : ORDERABLE.find((name) => name === kind);
  if (known === undefined) cursor.fail('a literal');
  cursor.next();
  return { kind: known, text };
}
