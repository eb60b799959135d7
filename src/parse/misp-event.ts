import { decodeHead } from './decode.ts';
import type { ByteStream, Format, ReadItem, ReadOptions } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import type { JsonPath } from './json-path.ts';
import { JSON_LIMITS, readJsonRecords } from './json-records.ts';
import { mispEventItems } from './misp-items.ts';
import { peek } from './peek.ts';
import { rejectionItem } from './read-item.ts';
import { fieldsOf } from './stated.ts';

const HEAD_BYTES = 64 * 1024;
/** An event is one record. */
const LARGEST_EVENT = 64 * 1024 * 1024;

/** Where events stand: `{Event}`, `{response:[{Event}]}`, `{response:{Event}}`, `[{Event}]`, or bare. */
const WRAPPED: readonly JsonPath[] = [
  ['Event'],
  ['response', '[]', 'Event'],
  ['response', 'Event'],
  ['[]', 'Event'],
];
const BARE: readonly JsonPath[] = [['[]'], []];

/** MISP events as MISP and its feeds export them. */
export const mispEvent: Format = {
  name: 'misp-event',
  label: 'MISP event',
  recognises: (head) => placesOf(new JsonOutline(head)).length > 0,
  read,
};

async function* read(input: ByteStream, { now }: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  const { head, stream } = await peek(input, HEAD_BYTES);
  const places = placesOf(new JsonOutline(decodeHead(head)));
  const limits = { ...JSON_LIMITS, largest: LARGEST_EVENT };
  const itemsOf = (value: unknown, place: string): readonly ReadItem[] => {
    const event = fieldsOf(value);
    if (event === undefined) return [rejectionItem(place, 'malformed_record', '', 'the event is no object')];
    return mispEventItems(event, place, now);
  };
  yield* readJsonRecords(stream, places.length > 0 ? places : WRAPPED, itemsOf, limits);
}

function placesOf(outline: JsonOutline): readonly JsonPath[] {
  const wrapped = WRAPPED.filter((path) => EVENT_KEYS.some((key) => outline.has(...path, key)));
  if (wrapped.length > 0) return wrapped;
  return BARE.filter(
    (path) =>
      outline.has(...path, 'Attribute') && (outline.has(...path, 'info') || outline.has(...path, 'uuid')),
  );
}

const EVENT_KEYS = ['info', 'Attribute', 'uuid', 'Orgc', 'Object'];
