import type { RawIoc } from '../model/sighting.ts';
import { ENDPOINT_NAMES, nameOf, SAID_NAMES, TYPED_NAMES, VALUE_NAMES } from './csv-names.ts';
import { InputError, type CsvField, type ReadOptions } from './format.ts';

type SaidField = Exclude<CsvField, 'value'>;

/** A column of values and the type that its name promises. */
export interface ValueColumn {
  readonly position: number;
  readonly hint: RawIoc['typeHint'];
}

/** Which columns hold what, positions from 0. */
export interface CsvColumns {
  readonly values: readonly ValueColumn[];
  readonly said: Readonly<Partial<Record<SaidField, number>>>;
}

/**
 * Which columns hold what, by the header's names; what the options name, by header or number from 1, goes first.
 * Throws `InputError` for an option that names no column.
 */
export function columnsByName(header: readonly string[], named: ReadOptions['columns'] = {}): CsvColumns {
  const names = header.map(nameOf);
  const chosen = named.value === undefined ? undefined : columnNamed(named.value, header);
  const values =
    chosen === undefined
      ? valueColumns(names)
      : [{ position: chosen, hint: TYPED_NAMES.get(names[chosen] ?? '') }];
  const said: Partial<Record<SaidField, number>> = {};
  for (const [field, known] of Object.entries(SAID_NAMES) as [SaidField, readonly string[]][]) {
    const name = named[field];
    const position = name === undefined ? firstOf(known, names) : columnNamed(name, header);
    if (position !== undefined && !values.some((value) => value.position === position))
      said[field] = position;
  }
  return { values, said };
}

/** One column of values of any type; else all with a type in their name; else one of a log's addresses. */
function valueColumns(names: readonly string[]): ValueColumn[] {
  const any = firstOf(VALUE_NAMES, names);
  if (any !== undefined) return [{ position: any, hint: undefined }];
  const typed = names.flatMap((name, position) =>
    TYPED_NAMES.has(name) ? [{ position, hint: TYPED_NAMES.get(name) }] : [],
  );
  if (typed.length > 0) return typed;
  const endpoint = firstOf([...ENDPOINT_NAMES.keys()], names);
  return endpoint === undefined ? [] : [{ position: endpoint, hint: ENDPOINT_NAMES.get(names[endpoint]!) }];
}

function firstOf(known: readonly string[], names: readonly string[]): number | undefined {
  for (const name of known) {
    const position = names.indexOf(name);
    if (position >= 0) return position;
  }
  return undefined;
}

function columnNamed(wanted: string, header: readonly string[]): number {
  const exact = header.findIndex((name) => name.trim().toLowerCase() === wanted.trim().toLowerCase());
  if (exact >= 0) return exact;
  const number = /^\d{1,4}$/.test(wanted) ? Number(wanted) : 0;
  if (number >= 1 && (number <= header.length || header.length === 0)) return number - 1;
  const there = header.slice(0, 20).join(', ');
  throw new InputError('the header', `there is no column "${wanted}"; there are: ${there}`);
}
