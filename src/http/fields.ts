import { ParameterError, type ParameterProblem } from '../model/parameters.ts';

/** One field of a request's body. */
export interface Field<T> {
  /** Undefined when it cannot be. */
  readonly parse: (value: unknown) => T | undefined;
  /** What it may be. */
  readonly allowed: string;
  readonly required?: true;
}

type FieldTable = Readonly<Record<string, Field<unknown>>>;

/** What a table's fields were given; what is required is there. */
export type FieldValues<T extends FieldTable> = {
  readonly [Name in keyof T]: T[Name] extends Field<infer V>
    ? T[Name] extends { readonly required: true }
      ? V
      : V | undefined
    : never;
};

/** Reads a body by its table. Throws `ParameterError` for any field that is unknown, missing or malformed; no value is repeated. */
export function readFields<T extends FieldTable>(table: T, body: unknown): FieldValues<T> {
  const given = body === undefined || body === null ? {} : body;
  if (typeof given !== 'object' || Array.isArray(given))
    throw new ParameterError([{ parameter: 'body', reason: 'must be a JSON object' }]);
  const problems: ParameterProblem[] = [];
  const values = new Map<string, unknown>();
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name))
      problems.push({ parameter: name.slice(0, 100), reason: 'no such field', allowed: Object.keys(table) });
  }
  for (const [name, { parse, allowed, required }] of Object.entries(table)) {
    const value = (given as Record<string, unknown>)[name];
    const read = value === undefined ? undefined : parse(value);
    if (read !== undefined) values.set(name, read);
    else if (value !== undefined || required === true)
      problems.push({ parameter: name, reason: `must be ${allowed}`, allowed });
  }
  if (problems.length > 0) throw new ParameterError(problems.slice(0, 20));
  return Object.fromEntries(values) as FieldValues<T>;
}
