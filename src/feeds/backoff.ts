/** stub */
export function nextAttempt(options: {
  readonly interval: number;
  readonly failures: number;
  readonly retryAt?: number | undefined;
  readonly now: number;
  readonly random: number;
}): number {
  const { interval, failures, retryAt, now } = options;
  return Math.max(now + interval * 2 ** Math.min(failures, 5), retryAt ?? 0);
}
