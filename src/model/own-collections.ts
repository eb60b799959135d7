import { type Collection, COLLECTIONS, NO_FILTER } from './collection.ts';
import { parseTlp, type Tlp, TLP_MARKINGS } from './marking.ts';
import { nearestName } from './nearest.ts';
import { FILTER_PARAMETERS } from './query-parameters.ts';

/** A list of an operator's own collections is wrong: says which one, what, and what it may be. */
export class CollectionError extends Error {
  override readonly name = 'CollectionError';
}

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ALIAS = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const LONGEST_TITLE = 100;
const LONGEST_DESCRIPTION = 1_000;

/** So many are enough for anybody, and few enough to be listed in one answer. */
const MOST = 200;

const PROPERTIES = ['id', 'alias', 'title', 'description', 'type', 'confidence', 'industry', 'tlp'];

/**
 * Reads an operator's own collections: a JSON array of objects with an id, an alias, a title, perhaps a description, and
 * filters as a request for indicators has them, comma-separated: `type`, `confidence`, `industry`, and `tlp` with the
 * markings that are let through. Throws `CollectionError`.
 */
export function parseCollections(text: string): Collection[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new CollectionError(`it is not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(list) || list.length > MOST)
    throw new CollectionError(`it is no JSON array of at most ${MOST} collections`);
  const read = (list as unknown[]).map((each, index) => parseOne(each, `collection ${index + 1}`));
  for (const property of ['id', 'alias', 'title'] as const) refuseTwice([...COLLECTIONS, ...read], property);
  return read;
}

function parseOne(value: unknown, place: string): Collection {
  if (typeof value !== 'object' || value === null) throw new CollectionError(`${place} is not an object`);
  const given = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (PROPERTIES.includes(name)) continue;
    const near = nearestName(name, PROPERTIES);
    const hint = near === undefined ? `: there are ${PROPERTIES.join(', ')}` : `: did you mean ${near}?`;
    throw new CollectionError(`${place} has a property ${name.slice(0, 50)}, which there is not${hint}`);
  }
  const text = (name: string): string => {
    const property = given[name] ?? '';
    if (typeof property !== 'string') throw new CollectionError(`${place}: ${name} is no text`);
    return property;
  };
  const [id, alias, title, description] = ['id', 'alias', 'title', 'description'].map(text) as [
    string,
    string,
    string,
    string,
  ];
  if (!UUID_V4.test(id))
    throw new CollectionError(
      `${place}: id must be a UUID of version 4 in lower case, as uuidgen -r makes one`,
    );
  if (!ALIAS.test(alias) || alias.length > LONGEST_TITLE)
    throw new CollectionError(
      `${place}: alias must be of lower-case letters, digits and hyphens: energy-high`,
    );
  if (title === '' || title.length > LONGEST_TITLE || /[.\p{C}]/u.test(title))
    throw new CollectionError(
      `${place}: title must have 1 to ${LONGEST_TITLE} characters, and no dot: consumers split it there`,
    );
  if (description.length > LONGEST_DESCRIPTION)
    throw new CollectionError(`${place}: description must have at most ${LONGEST_DESCRIPTION} characters`);
  const filter = {
    ...NO_FILTER,
    ...filterOf('types', 'type', text('type'), FILTER_PARAMETERS.type, place),
    ...filterOf('levels', 'confidence', text('confidence'), FILTER_PARAMETERS.confidence, place),
    ...filterOf('sectors', 'industry', text('industry'), FILTER_PARAMETERS.industry, place),
    ...filterOf('tlps', 'tlp', text('tlp'), TLP_LIST, place),
  };
  return { id, alias, title, description, filter };
}

const TLP_LIST = {
  parse: (text: string): readonly Tlp[] | undefined => {
    const markings = new Set(text.split(',').map(parseTlp));
    return markings.has(undefined) ? undefined : TLP_MARKINGS.filter((tlp) => markings.has(tlp));
  },
  allowed: () => TLP_MARKINGS,
};

interface Reader<T> {
  readonly parse: (text: string, context: unknown) => T | undefined;
  readonly allowed: (context: unknown) => readonly string[] | string;
}

function filterOf<K extends string, T>(
  key: K,
  name: string,
  text: string,
  { parse, allowed }: Reader<T>,
  place: string,
): Partial<Record<K, T>> {
  if (text === '') return {};
  const value = parse(text, undefined);
  if (value !== undefined) return { [key]: value } as Record<K, T>;
  throw new CollectionError(
    `${place}: ${name} must be of ${[allowed(undefined)].flat().join(', ')}, comma-separated`,
  );
}

function refuseTwice(all: readonly Collection[], property: 'id' | 'alias' | 'title'): void {
  const seen = new Set<string>();
  for (const collection of all) {
    const value = collection[property].toLowerCase();
    if (seen.has(value))
      throw new CollectionError(`two collections have the ${property} ${collection[property]}`);
    seen.add(value);
  }
}
