const DAY = 86_400_000;

/** What a tier may do. Requests are counted in rolling windows per key. */
export interface Tier {
  readonly label: string;
  readonly keysPerAccount: number;
  readonly requestsPerMinute: number;
  readonly requestsPerDay: number;
  readonly resultsPerRequest: number;
  /** How far `since` may reach back, in milliseconds. */
  readonly lookBack: number;
  /** How far articles may reach back, in milliseconds. */
  readonly articleLookBack: number;
  /** Whether a list without `since` holds all that stands, or only what the look-back reaches. */
  readonly firstDownload: 'everything' | 'look-back';
  /** `'all'`, or the formats that the tier's keys may ask for. */
  readonly formats: 'all' | readonly string[];
}

/** Every tier there is. A limit that is not in this table does not exist. */
export const TIERS = {
  free: {
    label: 'Free',
    keysPerAccount: 3,
    requestsPerMinute: 10,
    requestsPerDay: 1_000,
    resultsPerRequest: 100,
    lookBack: DAY,
    articleLookBack: 7 * DAY,
    firstDownload: 'look-back',
    formats: ['json'],
  },
  pro: {
    label: 'Pro',
    keysPerAccount: 50,
    requestsPerMinute: 1_000,
    requestsPerDay: 1_000_000,
    resultsPerRequest: 10_000,
    lookBack: 365 * DAY,
    articleLookBack: 365 * DAY,
    firstDownload: 'everything',
    formats: 'all',
  },
} as const satisfies Record<string, Tier>;

export type TierName = keyof typeof TIERS;

/** Tiers from the least to the most. */
export const TIER_NAMES = Object.keys(TIERS) as readonly TierName[];

/** Whether a key of tier `held` may use what asks for tier `needed`. */
export function tierSuffices(held: TierName, needed: TierName): boolean {
  return TIER_NAMES.indexOf(held) >= TIER_NAMES.indexOf(needed);
}
