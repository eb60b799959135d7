/** The text is no STIX pattern; `position` counts characters from 0. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly position: number;

  constructor(position: number, reason: string) {
    super(`${reason} at character ${position + 1}`);
    this.position = position;
  }
}

export type TokenKind =
  | 'word'
  | 'string'
  | 'integer'
  | 'float'
  | 'timestamp'
  | 'binary'
  | 'hex'
  | 'operator'
  | 'mark'
  | 'end';

/**
 * One lexical element with its place, `[start, end)`. `text` is the literal's content without quotes and
 * escapes.
 */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What stands in `t'…'`. */
export const TIMESTAMP =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?Z$/;
const HEX = /^[0-9a-f]*$/i;
const BASE64 = /^[0-9a-z+/]+={0,2}$/i;

/** Literals whose quote follows a letter, with what may stand between the quotes. */
const PREFIXED: Readonly<
  Record<string, { readonly kind: TokenKind; readonly fits: (text: string) => boolean }>
> = {
  t: { kind: 'timestamp', fits: (text) => TIMESTAMP.test(text) },
  h: { kind: 'hex', fits: (text) => text.length % 2 === 0 && HEX.test(text) },
  b: { kind: 'binary', fits: (text) => text.length % 4 === 0 && BASE64.test(text) },
};

const WHITE_SPACE = /[ \t\r\n\v\f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const STRING = /'([^'\\]*(?:\\['\\][^'\\]*)*)'/y;
const WORD = /[a-z_][\w-]*/iy;
const NUMBER = /[+-]?(?:\d*\.\d+|0|[1-9]\d*)(?![\w.])/y;
const OPERATOR = /==|=|!=|<>|<=|>=|<|>/y;
const MARK = /[[\]().,:*]/y;

/**
 * Splits a pattern into its lexical elements (STIX 2.1 §9.2, in OASIS's ANTLR grammar the lexer rules),
 * leaving out white space and comments; the last one is of kind `end`. Throws PatternError. Linear time.
 */
export function* tokens(pattern: string): Generator<Token, void> {
  let at = skip(pattern, 0);
  while (at < pattern.length) {
    const token = tokenAt(pattern, at);
    yield token;
    at = skip(pattern, token.end);
  }
  yield { kind: 'end', text: 'the end', start: at, end: at };
}

function skip(pattern: string, from: number): number {
  let at = from + (match(WHITE_SPACE, pattern, from)?.[0].length ?? 0);
  while (pattern.startsWith('/*', at) || pattern.startsWith('//', at)) {
    at = pattern.charAt(at + 1) === '*' ? blockCommentEnd(pattern, at) : lineCommentEnd(pattern, at);
    at += match(WHITE_SPACE, pattern, at)?.[0].length ?? 0;
  }
  return at;
}

function blockCommentEnd(pattern: string, from: number): number {
  const end = pattern.indexOf('*/', from + 2);
  if (end < 0) throw new PatternError(from, 'a comment that does not end');
  return end + 2;
}

function lineCommentEnd(pattern: string, from: number): number {
  const length = pattern.slice(from).search(/[\r\n]/);
  return length < 0 ? pattern.length : from + length;
}

function match(expression: RegExp, pattern: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(pattern);
}

function tokenAt(pattern: string, start: number): Token {
  const prefix = PREFIXED[pattern.charAt(start)];
  if (prefix && pattern.charAt(start + 1) === "'") return prefixedAt(pattern, start, prefix);
  const string = match(STRING, pattern, start);
  if (string) return token('string', unescape(string[1] ?? ''), start, string[0].length);
  const number = match(NUMBER, pattern, start)?.[0];
  if (number !== undefined) return token(number.includes('.') ? 'float' : 'integer', number, start);
  for (const [kind, expression] of [
    ['word', WORD],
    ['operator', OPERATOR],
    ['mark', MARK],
  ] as const) {
    const text = match(expression, pattern, start)?.[0];
    if (text !== undefined) return token(kind, text, start);
  }
  if (pattern.charAt(start) === "'")
    throw new PatternError(start, 'a string that does not end, or has a lone backslash,');
  throw new PatternError(start, 'unexpected character');
}

function prefixedAt(pattern: string, start: number, literal: NonNullable<(typeof PREFIXED)[string]>): Token {
  const string = match(STRING, pattern, start + 1);
  if (!string || !literal.fits(string[1] ?? ''))
    throw new PatternError(start, `a malformed ${literal.kind} literal`);
  return token(literal.kind, string[1] ?? '', start, string[0].length + 1);
}

function token(kind: TokenKind, text: string, start: number, length = text.length): Token {
  return { kind, text, start, end: start + length };
}

function unescape(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\(['\\])/g, '$1') : text;
}
