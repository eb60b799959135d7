import { decodeHead } from './decode.ts';
import { InputError, type ByteStream, type Format, type ReadItem, type ReadOptions } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { placeOf, type JsonPath } from './json-path.ts';
import { badRecord, readJson } from './json-records.ts';
import { peek } from './peek.ts';
import { inBatches, rejectionItem } from './read-item.ts';
import { StixGraph } from './stix-graph.ts';
import { stixItems } from './stix-items.ts';
import { elementsOf, fieldsOf, stated } from './stated.ts';

const HEAD_BYTES = 64 * 1024;
/** So many objects are held at a time: 1.8 GB of memory (1.7 KB each), within Node's default heap. */
const MOST_OBJECTS = 1_000_000;
const STIX_ID = /"id"\s*:\s*"[a-z0-9-]{3,50}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"/i;

/**
 * STIX 2.0 and 2.1: bundles, TAXII envelopes, arrays of objects, single objects. Indicators are taken, and vulnerability
 * and attack-pattern objects with a CVE or ATT&CK id. Observed data and observables such as `ipv4-addr` only say what was
 * seen, not that it is a threat, and are passed over. Objects may refer to later ones, so what is needed of a bundle
 * is held until its end: at most 1,000,000 objects.
 */
export const stix: Format = {
  name: 'stix',
  label: 'STIX 2.0 and 2.1',
  recognises(head) {
    const outline = new JsonOutline(head);
    if (
      outline.has('objects') &&
      (outline.has('type') || outline.has('more') || /"objects"\s*:\s*\[\s*\]/.test(head))
    ) {
      return true;
    }
    const isTyped = outline.has('type') || outline.has('[]', 'type') || outline.has('objects', '[]', 'type');
    return isTyped && STIX_ID.test(head);
  },
  read,
};

async function* read(input: ByteStream, { now }: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  const { head, stream } = await peek(input, HEAD_BYTES);
  const graph = new StixGraph(now);
  let failure: unknown;
  try {
    for await (const items of readJson(stream, pathsOf(new JsonOutline(decodeHead(head))))) {
      const rejections: ReadItem[] = [];
      for (const item of items) {
        if (item.kind === 'bad') rejections.push(badRecord(item));
        else take(item.value, placeOf(item.steps, item.line), graph, rejections);
      }
      yield* inBatches(rejections);
      if (graph.size > MOST_OBJECTS) throw tooMany();
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failure = error;
  }
  yield* batches(graph, now);
  if (failure !== undefined) throw failure;
}

function pathsOf(outline: JsonOutline): JsonPath[] {
  if (outline.has('objects')) return [['objects', '[]']];
  return outline.has('[]') ? [['[]']] : [[]];
}

function take(value: unknown, place: string, graph: StixGraph, rejections: ReadItem[]): void {
  const object = fieldsOf(value);
  if (object === undefined || stated(object.type) === undefined) {
    rejections.push(rejectionItem(place, 'malformed_record', '', 'it is no STIX object: it has no type'));
  } else if (object.type === 'bundle') {
    for (const [index, inner] of elementsOf(object.objects).entries()) {
      take(inner, `${place}, objects[${index}]`, graph, rejections);
    }
  } else graph.add(object, place);
}

function* batches(graph: StixGraph, now: number): Generator<readonly ReadItem[]> {
  let items: ReadItem[] = [];
  for (const node of graph.nodes) {
    items = items.concat(stixItems(node, graph, now));
    if (items.length < 400) continue;
    yield* inBatches(items);
    items = [];
  }
  yield* inBatches(items);
}

function tooMany(): InputError {
  return new InputError(
    'the whole input',
    `it holds more than ${MOST_OBJECTS.toLocaleString('en')} objects: split the bundle`,
  );
}
