import { queryPairs } from '../model/parameters.ts';
import { type IndicatorRequest, parseIndicatorRequest } from '../model/query-parameters.ts';
import { TIERS, type TierName } from '../model/tier.ts';

/** What a query means changes with time only by its look-back, which moves once a minute. In milliseconds. */
const MINUTE = 60_000;

/** Longer queries, and more of them than so many, are read anew each time. */
const LONGEST = 512;
const MOST = 1_000;

interface Reading {
  readonly minute: number;
  readonly request: IndicatorRequest;
}

/** Reads query strings, those that come again and again only once a minute. */
export class Readings {
  readonly #apiKeyInQuery: boolean;
  readonly #known = new Map<string, Reading>();

  /** `apiKeyInQuery`: the parameter `api_key` is none of the export's, and left out. */
  constructor(apiKeyInQuery: boolean) {
    this.#apiKeyInQuery = apiKeyInQuery;
  }

  /** The request that a raw query string makes. Throws `ParameterError`. */
  read(raw: string, tier: TierName, now: number): IndicatorRequest {
    const key = `${tier} ${raw}`;
    const minute = Math.ceil(now / MINUTE);
    const known = this.#known.get(key);
    if (known?.minute === minute) return known.request;
    const pairs = queryPairs(raw).filter(([name]) => !(this.#apiKeyInQuery && name === 'api_key'));
    const request = parseIndicatorRequest(pairs, { tier: TIERS[tier], now });
    if (raw.length <= LONGEST && !raw.includes('api_key')) this.#keep(key, { minute, request });
    return request;
  }

  #keep(key: string, reading: Reading): void {
    this.#known.delete(key);
    this.#known.set(key, reading);
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
  }
}
