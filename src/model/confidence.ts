/** Confidence levels with their band on STIX's scale of 0 to 100 and the number a bare level stands for. */
export const CONFIDENCE_LEVELS = {
  low: { from: 1, to: 29, value: 15 },
  medium: { from: 30, to: 69, value: 50 },
  high: { from: 70, to: 100, value: 85 },
} as const;

export type ConfidenceLevel = keyof typeof CONFIDENCE_LEVELS;

/** Level names in rising order; a level's position is its code in the store. */
export const CONFIDENCE_LEVEL_NAMES = Object.keys(CONFIDENCE_LEVELS) as readonly ConfidenceLevel[];

/** The level whose band holds `confidence` (0 to 100). 0, "no statement" on STIX's scale, counts as low. */
export function confidenceLevel(confidence: number): ConfidenceLevel {
  if (confidence >= CONFIDENCE_LEVELS.high.from) return 'high';
  return confidence >= CONFIDENCE_LEVELS.medium.from ? 'medium' : 'low';
}

/** Whether `text` names a level exactly. */
export function isConfidenceLevel(text: string): text is ConfidenceLevel {
  return Object.hasOwn(CONFIDENCE_LEVELS, text);
}

/**
 * Reads a confidence as sources write it: a number from 0 to 100, a share such as `0.8` or `1.0`, or a level's name in any
 * case. Returns undefined for anything else.
 */
export function parseConfidence(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (isConfidenceLevel(word)) return CONFIDENCE_LEVELS[word].value;
  if (!/^\d{1,3}(\.\d+)?$/.test(word)) return undefined;
  // A fraction up to one is on a scale of 0 to 1: nobody is sure of something to 0.8 percent.
  const isShare = word.includes('.') && Number(word) <= 1;
  const number = Math.round(isShare ? Number(word) * 100 : Number(word));
  return number <= 100 ? number : undefined;
}
