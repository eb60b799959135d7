import { bytePieces } from './byte-pieces.ts';
import { InputError, type ByteStream, type ReadItem } from './format.ts';
import type { JsonItem, JsonLimits } from './json-item.ts';
import { placeOf, type JsonPath, type JsonStep } from './json-path.ts';
import { JsonScanner } from './json-scanner.ts';
import { inBatches, rejectionItem } from './read-item.ts';

const MIB = 1024 * 1024;

/** What a record may be, unless a format needs more. */
export const JSON_LIMITS: JsonLimits = { largest: 16 * MIB, deepest: 64 };

/**
 * The JSON values that stand at the wanted paths, in the order of the input; everything else is passed over. Only one
 * record at a time is in memory. A record that is no JSON, too large or too deep comes out as a bad one, and
 * reading goes on after it. Throws `InputError` at a truncated end, where the text is no JSON between the records, and
 * when the input has no such place; what was good before has been handed on.
 */
export async function* readJson(
  input: ByteStream,
  paths: readonly JsonPath[],
  limits: JsonLimits = JSON_LIMITS,
): AsyncGenerator<JsonItem[]> {
  const scanner = new JsonScanner(paths, limits);
  for await (const piece of bytePieces(input)) {
    const items = scanner.push(piece);
    if (items.length > 0) yield items;
    if (scanner.failure !== undefined) throw scanner.failure;
  }
  const rest = scanner.end();
  if (rest.length > 0) yield rest;
  if (scanner.failure !== undefined) throw scanner.failure;
  if (!scanner.found) throw nothingThere(paths);
}

/** Turns each record of a JSON input into items; bad records become rejections. Throws as `readJson` does. */
export async function* readJsonRecords(
  input: ByteStream,
  paths: readonly JsonPath[],
  itemsOf: (value: unknown, place: string, steps: readonly JsonStep[]) => readonly ReadItem[],
  limits: JsonLimits = JSON_LIMITS,
): AsyncGenerator<readonly ReadItem[]> {
  for await (const records of readJson(input, paths, limits)) {
    yield* inBatches(
      records.flatMap((record) =>
        record.kind === 'bad'
          ? badRecord(record)
          : itemsOf(record.value, placeOf(record.steps, record.line), record.steps),
      ),
    );
  }
}

/** The rejection of a record that is not taken. */
export function badRecord({ steps, line, code, sample, detail }: JsonItem & { kind: 'bad' }): ReadItem {
  return rejectionItem(placeOf(steps, line), code, sample, detail);
}

function nothingThere(paths: readonly JsonPath[]): InputError {
  const places = paths.map((path) => path.join('.').replaceAll('.[]', '[]')).join(' or ');
  return new InputError('the whole input', `there is no ${places} in this JSON: read it as another format`);
}
