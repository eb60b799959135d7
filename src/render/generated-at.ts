import { formatTimestamp } from '../model/time.ts';

/**
 * What answers call `generated_at`, RFC 3339: the stamp of the newest version in the store, so that equal content is equal
 * bytes; while nothing has been published, the present (UTC milliseconds both).
 */
export function generatedAt(newest: number, now: number): string {
  return formatTimestamp(newest > 0 ? newest : now);
}
