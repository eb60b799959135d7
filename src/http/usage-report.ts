import { addLatencies, latencyPercentile } from '../model/latency.ts';
import { formatTimestamp } from '../model/time.ts';
import type { AddressUse, KeyUsage } from '../store/store.ts';

const DAY = 86_400_000;

/** So many addresses are told, those used last. */
const MOST_ADDRESSES = 100;

/** Requests by status, and how long they took. */
export interface RequestsReport {
  readonly requests: number;
  readonly by_status: Readonly<Record<string, number>>;
  /** Milliseconds; `null` where there were no requests. */
  readonly latency_ms: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
}

export interface DayReport {
  /** `2026-01-15`, UTC. */
  readonly date: string;
  readonly requests: number;
  /** Answers with status 400 and more. */
  readonly errors: number;
}

/** What a key did in the last days. */
export interface UsageReport extends RequestsReport {
  readonly days: number;
  readonly endpoints: readonly (RequestsReport & { readonly endpoint: string })[];
  /** Where it came nearest to a limit of requests; `null` where it was not used. */
  readonly rate_limit_peak: {
    readonly date: string;
    readonly limit: number;
    readonly used: number;
  } | null;
  /** Every day, the oldest first. */
  readonly daily: readonly DayReport[];
  readonly addresses: readonly {
    readonly address: string;
    readonly first_used_at: string;
    readonly last_used_at: string;
  }[];
}

type Requests = KeyUsage['requests'];

/** The first millisecond of the first of so many days, today the last of them. */
export function firstDay(days: number, now: number): number {
  return now - (now % DAY) - (days - 1) * DAY;
}

/** Sums up what a key did in the last `days`. */
export function usageReport(
  { requests, marks }: KeyUsage,
  addresses: readonly Omit<AddressUse, 'key'>[],
  days: number,
  now: number,
): UsageReport {
  const first = firstDay(days, now);
  const endpoints = Map.groupBy(requests, ({ endpoint }) => endpoint);
  const byDay = Map.groupBy(requests, ({ day }) => day);
  const [peak] = marks.toSorted((a, b) => b.used / b.limit - a.used / a.limit);
  return {
    days,
    ...summed(requests),
    endpoints: [...endpoints]
      .map(([endpoint, rows]) => ({ endpoint, ...summed(rows) }))
      .sort((a, b) => b.requests - a.requests || (a.endpoint < b.endpoint ? -1 : 1)),
    rate_limit_peak:
      peak === undefined ? null : { date: dateOf(peak.day), limit: peak.limit, used: peak.used },
    daily: Array.from({ length: days }, (_, index) => {
      const day = first + index * DAY;
      const rows = byDay.get(day) ?? [];
      return {
        date: dateOf(day),
        requests: total(rows),
        errors: total(rows.filter(({ status }) => status >= 400)),
      };
    }),
    addresses: addresses.slice(0, MOST_ADDRESSES).map(({ address, firstAt, lastAt }) => ({
      address,
      first_used_at: formatTimestamp(firstAt),
      last_used_at: formatTimestamp(lastAt),
    })),
  };
}

function summed(rows: Requests): RequestsReport {
  const statuses = [...new Set(rows.map(({ status }) => status))].sort((a, b) => a - b);
  const latencies = rows.map((row) => row.latencies).reduce(addLatencies, []);
  const percentile = (part: number): number | null => latencyPercentile(latencies, part) ?? null;
  return {
    requests: total(rows),
    by_status: Object.fromEntries(
      statuses.map((status) => [String(status), total(rows.filter((row) => row.status === status))]),
    ),
    latency_ms: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
  };
}

function total(rows: Requests): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function dateOf(day: number): string {
  return formatTimestamp(day).slice(0, 10);
}
