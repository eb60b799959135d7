import { queryPairs } from '../model/parameters.ts';
import type { ParameterContext } from '../model/query-parameters.ts';
import { TIERS, type TierName } from '../model/tier.ts';

/** What a query means changes with time only by its look-back, which moves once a minute. In milliseconds. */
const MINUTE = 60_000;

/** Longer queries, and more of them than so many, are read anew each time. */
const LONGEST = 512;
const MOST = 1_000;

interface Reading<T> {
  readonly minute: number;
  readonly request: T;
}

/** Reads the parameters of a request for `where`. Throws `ParameterError`. */
type Parse<T> = (
  pairs: readonly (readonly [string, string])[],
  context: ParameterContext,
  where: string,
) => T;

/** Reads query strings, those that come again and again only once a minute. */
export class Readings<T> {
  readonly #apiKeyInQuery: boolean;
  readonly #parse: Parse<T>;
  readonly #known: Readonly<Record<TierName, Map<string, Reading<T>>>> = { free: new Map(), pro: new Map() };

  /** `apiKeyInQuery`: the parameter `api_key` is none of a route's, and left out. */
  constructor(apiKeyInQuery: boolean, parse: Parse<T>) {
    this.#apiKeyInQuery = apiKeyInQuery;
    this.#parse = parse;
  }

  /** The request that a raw query string makes, of what `where` names. Throws `ParameterError`. */
  read(raw: string, tier: TierName, now: number, where = ''): T {
    const minute = Math.ceil(now / MINUTE);
    // A query has no spaces: the first one ends it.
    const name = where === '' ? raw : `${raw} ${where}`;
    const known = this.#known[tier].get(name);
    if (known?.minute === minute) return known.request;
    const pairs = queryPairs(raw).filter(([parameter]) => !(this.#apiKeyInQuery && parameter === 'api_key'));
    const request = this.#parse(pairs, { tier: TIERS[tier], now }, where);
    if (name.length <= LONGEST && !raw.includes('api_key'))
      this.#keep(this.#known[tier], name, { minute, request });
    return request;
  }

  #keep(known: Map<string, Reading<T>>, name: string, reading: Reading<T>): void {
    known.delete(name);
    known.set(name, reading);
    if (known.size > MOST) known.delete(known.keys().next().value!);
  }
}
