/** How far the word of a feed is believed, 0 to 100, by how its entries come about. `docs/feeds.md` has the same scale. */
export const RELIABILITY = {
  /** The publisher checks each entry and answers for it. */
  verified: 90,
  /** Many contribute, and somebody reviews. */
  curated: 75,
  /** Analysts write reports, and we extract values from them. */
  analysed: 65,
  /** Sensors or crawlers collect, and nobody reviews. */
  automatic: 50,
  /** It says what something is, not that it does harm. */
  contextual: 30,
} as const;
