import { RE2JS } from 're2js';

import type { Hold } from '../model/hold.ts';
import type { Ioc, IocType } from '../model/ioc.ts';
import { holdBy, type Listing } from './listing.ts';
import { SubstringIndex } from './substring-index.ts';

/** A shorter text would stand in nearly every value. */
const SHORTEST_SUBSTRING = 4;
/** All substrings together, in characters: an index of some 60 MB, made in two seconds. */
const MOST_SUBSTRING_CHARACTERS = 500_000;
/** A longer expression is no description of a kind of value. */
const LONGEST_EXPRESSION = 500;
/** To compile one takes up to 15 ms, so hostile lists cost 1.5 s at most. */
const MOST_EXPRESSIONS = 100;
/** What the counts of `x{1000}` may add up to: each repetition is an instruction or more. */
const MOST_REPETITIONS = 1_000;
/**
 * Instructions of all expressions together. The time for one value is at most instructions × characters × 20 ns,
 * as measured: 0.1 s for the longest value and the most instructions.
 */
const MOST_INSTRUCTIONS = 5_000;
/** Expressions see so many characters of a value; only URLs can be longer. */
const LONGEST_MATCHED = 1_024;

interface Listed extends Listing {
  readonly text: string;
  readonly types: readonly IocType[];
}

/**
 * Collects the substrings and regular expressions of lists. Both are matched in linear time whatever they are,
 * and what is too long, too many or no RE2 expression is told and left out.
 */
export class PatternList {
  readonly #substrings: Listed[] = [];
  readonly #expressions: (Listed & { readonly expression: RE2JS })[] = [];
  #characters = 0;
  #instructions = 0;
  #tried = 0;

  /** Returns why the text cannot be taken, or undefined when it was. Upper and lower case are the same. */
  addSubstring(text: string, listing: Listing, types: readonly IocType[]): string | undefined {
    if (text.length < SHORTEST_SUBSTRING) return `shorter than ${SHORTEST_SUBSTRING} characters`;
    if (this.#characters + text.length > MOST_SUBSTRING_CHARACTERS)
      return `all substrings together have more than ${MOST_SUBSTRING_CHARACTERS} characters`;
    this.#characters += text.length;
    this.#substrings.push({ ...listing, text: text.toLowerCase(), types });
    return undefined;
  }

  /** Takes RE2 syntax, bare or as PHP writes it: `/…/i`. Returns why it cannot be taken, or undefined when it was. */
  addExpression(text: string, listing: Listing, types: readonly IocType[]): string | undefined {
    const fault = faultOf(text);
    if (fault !== undefined) return fault;
    this.#tried += 1;
    if (this.#tried > MOST_EXPRESSIONS) return `all lists together have more than ${MOST_EXPRESSIONS}`;
    const [, body = text, modifiers = ''] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
    try {
      const expression = RE2JS.compile(body, flagsOf(modifiers));
      const instructions = expression.programSize();
      if (this.#instructions + instructions > MOST_INSTRUCTIONS)
        return `all expressions together need more than ${MOST_INSTRUCTIONS} instructions`;
      this.#instructions += instructions;
      this.#expressions.push({ ...listing, text, types, expression });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  index(): PatternIndex {
    return new PatternIndex(this.#substrings, this.#expressions);
  }
}

function faultOf(text: string): string | undefined {
  if (text.length > LONGEST_EXPRESSION) return `longer than ${LONGEST_EXPRESSION} characters`;
  const repetitions = [...text.matchAll(/\{(\d{1,9})(?:,(\d{0,9}))?\}/g)].reduce(
    (sum, [, least = '', most = '']) => sum + Number(most === '' ? least : most),
    0,
  );
  return repetitions > MOST_REPETITIONS ? `repeats something more than ${MOST_REPETITIONS} times` : undefined;
}

function flagsOf(modifiers: string): number {
  return (
    (modifiers.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (modifiers.includes('s') ? RE2JS.DOTALL : 0) |
    (modifiers.includes('m') ? RE2JS.MULTILINE : 0)
  );
}

/** Substrings and regular expressions by the types that they are for. */
export class PatternIndex {
  readonly #substrings: SubstringIndex<Listed>;
  readonly #substringTypes: ReadonlySet<IocType>;
  readonly #expressions = new Map<IocType, (Listed & { readonly expression: RE2JS })[]>();

  constructor(
    substrings: readonly Listed[],
    expressions: readonly (Listed & { readonly expression: RE2JS })[],
  ) {
    this.#substrings = new SubstringIndex(
      substrings.map((listed) => ({ text: listed.text, payload: listed })),
    );
    this.#substringTypes = new Set(substrings.flatMap(({ types }) => types));
    this.#expressions = byType(expressions);
  }

  find({ type, value }: Ioc): Hold | undefined {
    const substring = this.#substringTypes.has(type)
      ? this.#substrings.find(value.toLowerCase(), ({ types }) => types.includes(type))
      : undefined;
    if (substring !== undefined) return holdBy(substring, substring.text);
    const expressions = this.#expressions.get(type);
    if (expressions === undefined) return undefined;
    const start = value.slice(0, LONGEST_MATCHED);
    const match = expressions.find(({ expression }) => expression.test(start));
    return match && holdBy(match, match.text);
  }
}

function byType<Item extends Listed>(items: readonly Item[]): Map<IocType, Item[]> {
  const types = new Map<IocType, Item[]>();
  for (const item of items) {
    for (const type of item.types) {
      const list = types.get(type);
      if (list === undefined) types.set(type, [item]);
      else list.push(item);
    }
  }
  return types;
}
