import { nearestName } from './nearest.ts';

/** One query parameter, or one flag of a command. `C` is what reading it depends on besides its text. */
export interface Parameter<T, C = unknown> {
  /** Reads a text that is not empty; undefined when it cannot be. */
  readonly parse: (text: string, context: C) => T | undefined;
  /** What it may be: values, or a description. */
  readonly allowed: (context: C) => readonly string[] | string;
  /** What it is for, in one sentence. */
  readonly doc: string;
  /** Its JSON schema, where `allowed` does not say all of it. An array is written with commas. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly example?: string;
  readonly required?: true;
}

export type ParameterTable<C> = Readonly<Record<string, Parameter<unknown, C>>>;

/** The values that a table's parameters were given. */
export type ParameterValues<T> = {
  readonly [Name in keyof T]?: T[Name] extends { parse: (...args: never) => infer V }
    ? Exclude<V, undefined>
    : never;
};

/** What is wrong with one parameter. */
export interface ParameterProblem {
  readonly parameter: string;
  readonly value?: string;
  readonly reason: string;
  readonly allowed?: readonly string[] | string;
}

/** Parameters are wrong: says everything that is, up to 20 problems. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly problems: readonly ParameterProblem[];

  constructor(problems: readonly ParameterProblem[]) {
    super(problems.map(({ parameter, reason }) => `${parameter}: ${reason}`).join('; '));
    this.problems = problems;
  }
}

/** So many problems are told, and so much of a text is repeated. */
export const MOST_PROBLEMS = 20;
export const LONGEST_ECHO = 100;

/**
 * The parameters of a raw query string, without `?`, as the URL standard reads it. Throws `ParameterError` for those that are
 * no UTF-8: the standard would put other characters in the place of what cannot be read.
 */
export function queryPairs(raw: string): [string, string][] {
  if (raw === '') return [];
  if (HIGH_OCTET.test(raw)) refuseOtherThanUtf8(raw);
  return [...new URLSearchParams(raw)];
}

/** An octet that is no ASCII. Few queries have one. */
const HIGH_OCTET = /%[89a-f]/i;

function refuseOtherThanUtf8(raw: string): void {
  const broken = raw.split('&').filter((text) => HIGH_OCTET.test(text) && !isUtf8(text));
  // What there was may be a key, in a form that is not recognised as one: it is not repeated.
  const problems = broken.slice(0, MOST_PROBLEMS).map((text) => ({
    parameter: shortened([...new URLSearchParams(text).keys()][0] ?? ''),
    reason: 'is not UTF-8: percent-encode the octets of its UTF-8 form',
  }));
  if (problems.length > 0) throw new ParameterError(problems);
}

/** A `%` that encodes nothing stands for itself. */
function isUtf8(encoded: string): boolean {
  try {
    decodeURIComponent(encoded.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
    return true;
  } catch {
    return false;
  }
}

/** Reads parameters by their table. Throws `ParameterError` for any that is unknown, repeated, empty or malformed. */
export function readParameters<C, T extends ParameterTable<C>>(
  table: T,
  pairs: readonly (readonly [string, string])[],
  context: C,
): ParameterValues<T> {
  const values = new Map<string, unknown>();
  const problems: ParameterProblem[] = [];
  for (const [name, text] of pairs) {
    if (problems.length >= MOST_PROBLEMS) break;
    const problem = readOne(table, name, text, context, values);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) throw new ParameterError(problems);
  return Object.fromEntries(values) as ParameterValues<T>;
}

function readOne<C>(
  table: ParameterTable<C>,
  name: string,
  text: string,
  context: C,
  values: Map<string, unknown>,
): ParameterProblem | undefined {
  const parameter = Object.hasOwn(table, name) ? table[name] : undefined;
  if (parameter === undefined) return unknownParameter(name, Object.keys(table));
  if (values.has(name)) return { parameter: name, reason: 'given more than once' };
  values.set(name, undefined);
  const allowed = parameter.allowed(context);
  if (text === '')
    return { parameter: name, value: '', reason: 'empty: leave it out or give a value', allowed };
  const value = parameter.parse(text, context);
  if (value === undefined)
    return { parameter: name, value: shortened(text), reason: `must be ${inWords(allowed)}`, allowed };
  values.set(name, value);
  return undefined;
}

function inWords(allowed: readonly string[] | string): string {
  return typeof allowed === 'string' ? allowed : allowed.join(' or ');
}

function unknownParameter(name: string, names: readonly string[]): ParameterProblem {
  const near = nearestName(name, names);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return { parameter: shortened(name), reason: `no such parameter${hint}`, allowed: names };
}

function shortened(text: string): string {
  return text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text;
}
