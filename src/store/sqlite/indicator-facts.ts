import { type ConfidenceLevel, CONFIDENCE_LEVEL_NAMES, confidenceLevel } from '../../model/confidence.ts';
import { SECTORS, type Sector } from '../../model/sector.ts';

/** What filters look at of a rendered indicator. */
export interface IndicatorFacts {
  /** When its validity ends; Infinity for never. */
  readonly expires: number;
  readonly level: ConfidenceLevel;
  readonly sectors: readonly Sector[];
  readonly revoked: boolean;
}

interface Indicator {
  readonly confidence: number;
  readonly labels?: readonly string[];
  readonly revoked?: boolean;
  readonly valid_until?: string;
}

/** The facts of an indicator from its text. */
export function indicatorFacts(stix: string): IndicatorFacts {
  const { confidence, labels = [], revoked, valid_until: until } = JSON.parse(stix) as Indicator;
  const level = confidenceLevel(confidence);
  return {
    expires: until === undefined ? Infinity : Date.parse(until),
    level: CONFIDENCE_LEVEL_NAMES.find((name) => name === level)!,
    sectors: SECTORS.filter((sector) => labels.includes(`industry:${sector}`)),
    revoked: revoked === true,
  };
}
