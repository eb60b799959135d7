import { PatternError, tokens } from './stix-pattern-tokens.ts';
import type { Token, TokenKind } from './stix-pattern-tokens.ts';

/** Walks through the lexical elements of one pattern. */
export class PatternCursor {
  readonly #pattern: string;
  readonly #tokens: Iterator<Token, void>;
  #token: Token;
  #end = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#tokens = tokens(pattern);
    this.#token = this.#scan();
  }

  /** The element to be read next. */
  get token(): Token {
    return this.#token;
  }

  /** Reads the next element, whatever it is. */
  next(): Token {
    const read = this.#token;
    this.#end = read.end;
    if (read.kind !== 'end') this.#token = this.#scan();
    return read;
  }

  /** Whether the next element is this one; if so it is read. */
  take(kind: TokenKind, text: string): boolean {
    if (this.#token.kind !== kind || this.#token.text !== text) return false;
    this.next();
    return true;
  }

  expect(kind: TokenKind, text: string): void {
    if (!this.take(kind, text)) this.fail(text);
  }

  fail(expected: string): never {
    const found = this.#token.kind === 'end' ? 'the pattern ends' : `found ${this.#token.text.slice(0, 40)}`;
    throw new PatternError(this.#token.start, `expected ${expected}, ${found}`);
  }

  /** The pattern's text from `start` to the end of what was read last. */
  textFrom(start: number): string {
    return this.#pattern.slice(start, this.#end);
  }

  #scan(): Token {
    const { value } = this.#tokens.next();
    return value ?? { kind: 'end', text: '', start: this.#pattern.length, end: this.#pattern.length };
  }
}
