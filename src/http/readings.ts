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
  readonly #known: Readonly<Record<TierName, Map<string, Reading>>> = { free: new Map(), pro: new Map() };

  /** `apiKeyInQuery`: the parameter `api_key` is none of the export's, and left out. */
  constructor(apiKeyInQuery: boolean) {
    this.#apiKeyInQuery = apiKeyInQuery;
  }

  /** The request that a raw query string makes. Throws `ParameterError`. */
  read(raw: string, tier: TierName, now: number): IndicatorRequest {
    const minute = Math.ceil(now / MINUTE);
    const known = this.#known[tier].get(raw);
    if (known?.minute === minute) return known.request;
    const pairs = queryPairs(raw).filter(([name]) => !(this.#apiKeyInQuery && name === 'api_key'));
    const request = parseIndicatorRequest(pairs, { tier: TIERS[tier], now });
    if (raw.length <= LONGEST && !raw.includes('api_key'))
      this.#keep(this.#known[tier], raw, { minute, request });
    return request;
  }

  #keep(known: Map<string, Reading>, raw: string, reading: Reading): void {
    known.delete(raw);
    known.set(raw, reading);
    if (known.size > MOST) known.delete(known.keys().next().value!);
  }
}
