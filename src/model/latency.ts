/** How many buckets latencies are counted in: the last begins at two minutes. */
export const LATENCY_BUCKETS = 42;

/** The first bucket ends here, in milliseconds; each further one is wider by the square root of two. */
const FIRST = 0.1;

/** The bucket of a latency in milliseconds. */
export function latencyBucket(milliseconds: number): number {
  if (!(milliseconds > FIRST)) return 0;
  return Math.min(LATENCY_BUCKETS - 1, Math.ceil(2 * Math.log2(milliseconds / FIRST)));
}

/**
 * The latency, in milliseconds, that the given part of all stay under, from counts by bucket; undefined of none. It is the upper end
 * of a bucket: at most 42 % more than the true one.
 */
export function latencyPercentile(counts: readonly number[], part: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const wanted = Math.max(1, Math.ceil(total * part));
  let seen = 0;
  const bucket = counts.findIndex((count) => (seen += count) >= wanted);
  return Math.round(FIRST * 2 ** (bucket / 2) * 100) / 100;
}

/** Counts by bucket of two sets together. */
export function addLatencies(one: readonly number[], other: readonly number[]): number[] {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, bucket) => {
    return (one[bucket] ?? 0) + (other[bucket] ?? 0);
  });
}
