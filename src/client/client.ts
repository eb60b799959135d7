import { Poll } from './poll.ts';
import { nextLink, queryOfLink, searchOf } from './query.ts';
import { jsonOf, type RequestOptions, Transport, type TransportOptions } from './transport.ts';
import {
  type Article,
  type ArticleItem,
  type ArticleList,
  type Bundle,
  type CountIocsQuery,
  type ExportStixQuery,
  type IocCount,
  type IocItem,
  type IocList,
  type IocSearch,
  type ListArticlesQuery,
  type ListIocsQuery,
  type Lookup,
  type LookUpQuery,
  PATHS,
  type Queries,
  type SearchIocsQuery,
  type Statistics,
  type Why,
} from './types.ts';

export { ApiError, ConnectionError, type ErrorCode } from './errors.ts';
export { isIndicator, Poll } from './poll.ts';
export type { RequestOptions, TransportOptions } from './transport.ts';
export type * from './types.ts';

/** The queries of paths below `/api/v1/iocs/`, by the last name of the path. */
type QueryByName = {
  [
    Id in keyof Queries as (typeof PATHS)[Id] extends `/api/v1/iocs/${infer Name}` ? Name : never
  ]: Queries[Id];
};

/** What `export` gives: `misp`, `sigma`, `firewall` and so on. */
export type ExportName = Exclude<keyof QueryByName, 'stix' | 'count' | 'search' | `${string}/${string}`>;

/** A page of an export as text. */
export interface ExportPage {
  readonly text: string;
  readonly contentType: string;
  /** What to send as `cursor` for the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** Reads from a server of SOC Defenders. Every method rejects with `ApiError`, `ConnectionError`, or its signal's reason. */
export class SocDefenders {
  readonly #transport: Transport;

  /** Throws `TypeError` for a URL or a key that cannot be one. */
  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
  }

  /** A page of the list of IOCs. */
  async list(query: Omit<ListIocsQuery, 'format'> = {}, options: RequestOptions = {}): Promise<IocList> {
    return await this.#json(PATHS.listIocs, searchOf(query), options);
  }

  /** All IOCs of a list, page after page; `limit` is the size of a page. */
  async *iocs(
    query: Omit<ListIocsQuery, 'format' | 'offset'> = {},
    options: RequestOptions = {},
  ): AsyncGenerator<IocItem, void, undefined> {
    for (let search: URLSearchParams | undefined = searchOf(query); search !== undefined;) {
      const page: IocList = await this.#json(PATHS.listIocs, search, options);
      yield* page.data;
      search = page.links.next === null ? undefined : queryOfLink(page.links.next);
    }
  }

  /** A page of indicators as a STIX bundle. */
  async stix(query: StixQuery = {}, options: RequestOptions = {}): Promise<Bundle> {
    return await this.#json(PATHS.exportStix, searchOf(query), options);
  }

  /** All indicators, page after page, and where to go on next time. `limit` is the size of a page. */
  indicators(query: StixQuery = {}, options: RequestOptions = {}): Poll {
    return new Poll((search) => this.#transport.get(PATHS.exportStix, search, options), searchOf(query));
  }

  /** How many IOCs a filter yields. */
  async count(query: CountIocsQuery = {}, options: RequestOptions = {}): Promise<IocCount> {
    return await this.#json(PATHS.countIocs, searchOf(query), options);
  }

  /** IOCs by their values: `text` is one, defanged or not, or a part of one. */
  async search(
    text: string,
    query: Omit<SearchIocsQuery, 'q'> = {},
    options: RequestOptions = {},
  ): Promise<IocSearch> {
    return await this.#json(PATHS.searchIocs, searchOf({ ...query, q: text }), options);
  }

  /** All that is known of one value. What is not found is not called harmless. */
  async lookup(
    value: string,
    query: Pick<LookUpQuery, 'type'> = {},
    options: RequestOptions = {},
  ): Promise<Lookup> {
    return await this.#json(PATHS.lookUp, searchOf({ ...query, value }), options);
  }

  /** Counts of what is current. */
  async stats(options: RequestOptions = {}): Promise<Statistics> {
    return await this.#json(PATHS.getStatistics, new URLSearchParams(), options);
  }

  /** Why an IOC is in or out, by its indicator's id. */
  async why(id: string, options: RequestOptions = {}): Promise<Why> {
    const path = PATHS.explainIoc.replace('{id}', encodeURIComponent(id));
    return await this.#json(path, new URLSearchParams(), options);
  }

  /** All articles of a list, the newest first, page after page; `limit` is the size of a page. */
  async *articles(
    query: Omit<ListArticlesQuery, 'format'> = {},
    options: RequestOptions = {},
  ): AsyncGenerator<ArticleItem, void, undefined> {
    const search = searchOf(query);
    for (let next: string | null = ''; next !== null;) {
      if (next !== '') search.set('cursor', next);
      const page: ArticleList = await this.#json(PATHS.listArticles, search, options);
      yield* page.data;
      next = page.meta.next_cursor;
    }
  }

  /** One article with what was found in it, by its id. */
  async article(id: string, options: RequestOptions = {}): Promise<Article> {
    const path = PATHS.getArticle.replace('{id}', encodeURIComponent(id));
    return await this.#json(path, new URLSearchParams(), options);
  }

  /** A page of an export in the format of another product, as text. */
  async export<Name extends ExportName>(
    name: Name,
    query: QueryByName[Name],
    options: RequestOptions = {},
  ): Promise<ExportPage> {
    const { text, headers } = await this.#transport.get(
      `${PATHS.listIocs}/${name}`,
      searchOf(query),
      options,
    );
    const link = nextLink(headers.get('link'));
    const next = link === undefined ? undefined : (queryOfLink(link).get('cursor') ?? undefined);
    return { text, contentType: headers.get('content-type') ?? '', next };
  }

  async #json<T>(path: string, query: URLSearchParams, options: RequestOptions): Promise<T> {
    return jsonOf(await this.#transport.get(path, query, options)) as T;
  }
}

/** Bundles are asked for, with their indicators' producer. */
export type StixQuery = Omit<ExportStixQuery, 'format' | 'strict'>;
