import type { Answer, Asked, Site } from './site.ts';

/** What a server gets wrong. */
export interface Faults {
  /** `more` without `next`. */
  readonly noNext?: boolean;
  /** No X-TAXII-Date-Added headers. */
  readonly noDates?: boolean;
  /** `next` always leads to the first page. */
  readonly stuck?: boolean;
  /** Always another `next` and an empty page. */
  readonly promises?: boolean;
  /** A bare `{}` in place of an empty envelope. */
  readonly bare?: boolean;
  readonly contentType?: string;
  /** Knows its addresses only without the slash at their end. */
  readonly noSlash?: boolean;
  /** Has forgotten the cursor, once, after so many pages. */
  readonly forgets?: number;
  /** The last page has a `next`, too. */
  readonly nextAtEnd?: boolean;
}

export interface Held {
  readonly id: string;
  readonly added: string;
  readonly modified?: string;
}

const ROOT = '/api';
export const COLLECTION = '91a7b528-80eb-42ed-a74d-c6fbd5a26116';
export const OTHER = '52892447-4d7e-4f70-b94d-d7f22742ff63';

/** A small TAXII 2.1 server: discovery, one API root, two collections of which the first has what is held. */
export class TaxiiServer {
  held: readonly Held[] = [];
  pageSize = 2;
  #pages = 0;
  readonly #site: Site;
  readonly #faults: Faults;

  constructor(site: Site, faults: Faults = {}) {
    this.#site = site;
    this.#faults = faults;
    this.#serve('/taxii2/', () => ({
      title: 'Example',
      default: `${site.origin}${ROOT}/`,
      api_roots: [`${ROOT}/`, 'https://elsewhere.example.com/api/'],
    }));
    this.#serve(`${ROOT}/`, () => ({
      title: 'Root',
      versions: ['application/taxii+json;version=2.1'],
      max_content_length: 1,
    }));
    this.#serve(`${ROOT}/collections/`, () => ({
      collections: [
        { id: COLLECTION, title: 'Indicators', can_read: true, can_write: false },
        { id: OTHER, title: 'Private', can_read: false, can_write: false },
      ],
    }));
    this.#serve(`${ROOT}/collections/${COLLECTION}/objects/`, (asked) => this.#objects(asked));
  }

  /** The queries for objects so far, each as text; then forgets them. */
  queries(): string[] {
    const asked = this.#site.asked.splice(0).filter(({ path }) => /\/objects\/?$/.test(path));
    return asked.map(({ query }) => decodeURIComponent(query.toString()));
  }

  #serve(path: string, answer: (asked: Asked) => object | Answer): void {
    this.#site.serve(this.#faults.noSlash === true ? path.slice(0, -1) : path, (asked) => {
      const given = answer(asked);
      if ('body' in given || 'status' in given) return given;
      const type = this.#faults.contentType ?? 'application/taxii+json;version=2.1';
      return { body: JSON.stringify(given), headers: { 'content-type': type } };
    });
  }

  #objects({ query }: Asked): Answer {
    const faults = this.#faults;
    this.#pages += 1;
    const cursor = query.get('next');
    if (cursor !== null && faults.forgets !== undefined && this.#pages === faults.forgets + 1)
      return { status: 404, body: '{"title":"no such cursor"}' };
    const since = query.get('added_after') ?? '';
    const wanted = this.held.filter(({ added }) => added > since);
    const from = faults.stuck === true ? 0 : Number(cursor ?? 0);
    const page = faults.promises === true ? [] : wanted.slice(from, from + this.pageSize);
    const more = faults.promises === true || from + this.pageSize < wanted.length;
    const next = faults.promises === true ? String(this.#pages) : String(from + this.pageSize);
    const hasNext = (more && faults.noNext !== true) || (faults.nextAtEnd === true && page.length > 0);
    const objects = page.map(({ id, added, modified }) => ({
      type: 'indicator',
      id,
      modified: modified ?? added,
    }));
    const body =
      objects.length === 0 && !more && faults.bare === true
        ? '{}\n'
        : JSON.stringify({ more, ...(hasNext && { next }), objects });
    const dates =
      faults.noDates === true || page.length === 0
        ? {}
        : { 'X-TAXII-Date-Added-First': page[0]!.added, 'X-TAXII-Date-Added-Last': page.at(-1)!.added };
    return { body, headers: { 'content-type': faults.contentType ?? 'application/taxii+json', ...dates } };
  }
}

/** Objects added a second apart from a second of 2026-10-01 on. */
export function held(count: number, from = 0): Held[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `indicator--${from + index}`,
    added: new Date(Date.UTC(2026, 9, 1) + (from + index) * 1000).toISOString().replace('Z', '123Z'),
  }));
}
