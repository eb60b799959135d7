import { InputError } from '../../parse/format.ts';
import { elementsOf, fieldsOf } from '../../parse/stated.ts';
import type { FetchOutcome } from '../fetch/fetcher.ts';

/** Fetches one resource of a TAXII server as JSON, or what went wrong. */
export type GetResource = (url: string) => Promise<Resource>;
export type Resource = { readonly json: unknown } | Exclude<FetchOutcome, { state: 'fetched' | 'unchanged' }>;

/** Where a collection's objects are, or why that cannot be found out. */
export type FoundCollection =
  | { readonly objects: string; readonly notes: readonly string[] }
  | Exclude<FetchOutcome, { state: 'fetched' | 'unchanged' }>;

interface Collection {
  readonly id: string;
  readonly title: string;
  readonly readable: boolean;
  readonly objects: string;
}

/** So many API roots are looked into. */
const MOST_ROOTS = 20;

/**
 * Finds the collection of a feed from its URL, which is a discovery document, an API root, its collections or one
 * collection (TAXII 2.1 §4, §5). `wanted` is an id or a title; without it there must be one readable collection only.
 * API roots on another origin are passed over, as the credential is not for them. Throws `InputError` with the
 * titles of what there is.
 */
export async function findCollection(
  url: string,
  wanted: string | undefined,
  get: GetResource,
): Promise<FoundCollection> {
  const direct = /^(.*\/collections\/[^/?#]+)(?:\/objects)?\/?$/.exec(url)?.[1];
  if (direct !== undefined) return { objects: `${direct}/objects/`, notes: [] };
  const first = await get(withSlash(url));
  if (!('json' in first)) return first;
  const notes: string[] = [];
  const given = fieldsOf(first.json);
  if (given?.collections !== undefined)
    return { objects: chosen(collectionsOf(given, withSlash(url)), wanted).objects, notes };
  const roots = given?.api_roots === undefined ? [withSlash(url)] : rootsOf(given, url, notes);
  const found: Collection[] = [];
  let trouble: FoundCollection | undefined;
  for (const root of roots) {
    const resource = await get(`${root}collections/`);
    if ('json' in resource) found.push(...collectionsOf(resource.json, `${root}collections/`));
    else {
      trouble ??= resource;
      notes.push(`the API root ${root} could not be read: ${resource.reason}`);
    }
  }
  if (found.length === 0 && trouble !== undefined) return trouble;
  return { objects: chosen(found, wanted).objects, notes };
}

/** The default root first: it is the one that is meant where several have a collection of the same title. */
function rootsOf(discovery: Readonly<Record<string, unknown>>, url: string, notes: string[]): string[] {
  const listed = [discovery.default, ...elementsOf(discovery.api_roots)];
  const roots = new Set<string>();
  for (const entry of listed) {
    const root = typeof entry === 'string' ? URL.parse(entry, url) : null;
    if (root === null) continue;
    if (root.origin !== URL.parse(url)?.origin)
      notes.push(`the API root ${root.origin} is another server's: passed over`);
    else roots.add(withSlash(root.href));
  }
  if (roots.size === 0)
    throw new InputError(
      'the discovery document',
      'it lists no API root on this server: give the URL of an API root',
    );
  return [...roots].slice(0, MOST_ROOTS);
}

function collectionsOf(json: unknown, url: string): Collection[] {
  return elementsOf(fieldsOf(json)?.collections).flatMap((entry) => {
    const fields = fieldsOf(entry);
    const id = fields?.id;
    if (typeof id !== 'string' || id === '' || id.length > 200) return [];
    const title = typeof fields?.title === 'string' ? fields.title.slice(0, 200) : id;
    const objects = `${url}${encodeURIComponent(id)}/objects/`;
    return [{ id, title, readable: fields?.can_read !== false, objects }];
  });
}

function chosen(collections: readonly Collection[], wanted: string | undefined): Collection {
  const readable = collections.filter((collection) => collection.readable);
  const titles = readable.map(({ title, id }) => `"${title}" (${id})`).join(', ') || 'none';
  if (wanted === undefined) {
    if (readable.length === 1) return readable[0]!;
    const reason = `name one of the collections that may be read, by id or title: ${titles}`;
    throw new InputError('the collections', reason);
  }
  const name = wanted.toLowerCase();
  const found =
    collections.find(({ id, title }) => id === wanted || title === wanted) ??
    collections.find(({ id, title }) => id.toLowerCase() === name || title.toLowerCase() === name);
  if (found === undefined)
    throw new InputError('the collections', `there is none called "${wanted}"; there are: ${titles}`);
  if (!found.readable)
    throw new InputError('the collections', `"${wanted}" may not be read with this key; what may: ${titles}`);
  return found;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
