import type { RejectionCode } from '../model/sighting.ts';
import type { JsonStep } from './json-path.ts';

/** A JSON value found at one of the wanted places, or one that is not taken. */
export type JsonItem =
  | {
      readonly kind: 'record';
      readonly steps: readonly JsonStep[];
      readonly line: number;
      readonly value: unknown;
    }
  | {
      readonly kind: 'bad';
      readonly steps: readonly JsonStep[];
      readonly line: number;
      readonly code: RejectionCode;
      readonly detail: string;
      readonly sample: string;
    };

/** How large and how deeply nested a record may be. */
export interface JsonLimits {
  readonly largest: number;
  readonly deepest: number;
}
