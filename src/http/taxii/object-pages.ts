import { ApiError } from '../../errors.ts';
import type { Collection } from '../../model/collection.ts';
import type { TaxiiRequest } from '../../model/taxii-parameters.ts';
import { entryOf, envelope, type PageKind } from '../../render/taxii/envelope.ts';
import type { Soon } from '../../store/store.ts';
import type { SentPage } from '../delivery.ts';
import type { HeaderList } from '../standing-headers.ts';
import { type CollectionPages, dateHeaders, type TaxiiPage } from './pages.ts';
import { cutPage, isWanted, type Selection, type Selections } from './selection.ts';
import { textPage } from './text-page.ts';

/** What is read of collections, however it is asked for. */
export class ObjectPages {
  readonly #pages: CollectionPages;
  readonly #selections: Selections;

  constructor(pages: CollectionPages, selections: Selections) {
    this.#pages = pages;
    this.#selections = selections;
  }

  /** A collection's objects (TAXII 2.1 §5.4), or its manifest (§5.3). Throws or rejects with `StoreError`. */
  list(kind: PageKind, collection: Collection, asked: TaxiiRequest, now: number): Soon<TaxiiPage> {
    if (isPlain(asked)) return this.#pages.find(kind, collection, asked, now);
    return this.#selected(kind, collection, asked, now);
  }

  /** One object (TAXII 2.1 §5.6). Throws `ApiError` when the collection does not have it. */
  async object(id: string, collection: Collection, asked: TaxiiRequest, now: number): Promise<TaxiiPage> {
    return envelopePage('objects', await this.#ofObject(id, collection, asked, now), asked, now);
  }

  /** The versions of one object (TAXII 2.1 §5.8). Throws `ApiError` when the collection does not have it. */
  async versions(id: string, collection: Collection, asked: TaxiiRequest, now: number): Promise<TaxiiPage> {
    const all: TaxiiRequest = { ...asked, versions: ['all'] };
    const selection = await this.#ofObject(id, collection, all, now);
    const { versions, next } = selection;
    // Without a version there is no list of them (§5.8.1).
    const listed = versions.length > 0 ? { versions: versions.map(({ version }) => version) } : {};
    const body = { ...(next !== undefined && { more: true, next }), ...listed };
    return textPage(JSON.stringify(body), linksOf(selection, asked), versions.length);
  }

  async #selected(
    kind: PageKind,
    collection: Collection,
    asked: TaxiiRequest,
    now: number,
  ): Promise<TaxiiPage> {
    return envelopePage(kind, await this.#selections.select(collection, asked, now), asked, now);
  }

  async #ofObject(id: string, collection: Collection, asked: TaxiiRequest, now: number): Promise<Selection> {
    const versions = await this.#selections.versionsOf(id, collection, now);
    if (versions.length === 0)
      throw new ApiError('not_found', { message: 'The collection has no object of this id.' });
    return cutPage(
      versions.filter((version) => isWanted(version, asked)),
      asked,
    );
  }
}

/** Whether current versions of indicators are asked for, in their order: these are read as they are stored. */
function isPlain({ ids, types, versions, matches }: TaxiiRequest): boolean {
  const current = versions.length === 1 && versions[0] === 'last';
  return current && matches && ids.length === 0 && (types.length === 0 || types.includes('indicator'));
}

function envelopePage(kind: PageKind, selection: Selection, asked: TaxiiRequest, now: number): TaxiiPage {
  const { versions, next } = selection;
  const texts = versions.map((version) => entryOf(kind, version));
  const sent = kind === 'objects' ? sentOf(selection, now) : null;
  return textPage(envelope(kind, texts, next), linksOf(selection, asked), versions.length, sent);
}

/** No filter says which versions were selected: it is possibly each between the first and the last of them. */
function sentOf({ versions }: Selection, now: number): readonly SentPage[] {
  const stamps = versions.filter(({ ioc }) => ioc !== undefined).map(({ added }) => added);
  const [first = 0, last = 0] = [stamps[0], stamps.at(-1)];
  const any = { types: [], levels: [], sectors: [], revoked: 'include', order: 'oldest-first' } as const;
  const extent = { count: stamps.length, first, last, more: false };
  const query = { ...any, since: first - 1, until: last };
  return [{ query, extent, asOf: now, part: 'any-version' }];
}

function linksOf({ versions }: Selection, asked: TaxiiRequest): HeaderList {
  return dateHeaders(
    versions.map(({ added }) => added),
    asked,
  );
}
