import type { Tier } from '../model/tier.ts';
import type { RequestLedger, WindowState } from '../store/store.ts';
import { RollingCount } from './rolling-count.ts';

/** What became of one request. */
export interface RateVerdict {
  readonly allowed: boolean;
  /** The window nearest to exhaustion; of two that are exhausted, the one that is so for longer. Times are UTC milliseconds. */
  readonly window: 'minute' | 'day';
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
}

type Limits = Pick<Tier, 'requestsPerMinute' | 'requestsPerDay'>;

/** A key whose requests come fast takes up to so many at once, never more than this part of its limit or of what is left. */
const LARGEST_LEASE = 50;
const LIMIT_PART = 20;
const LEFT_PART = 5;

/**
 * Limits each key's requests a minute and a day. Counts live in the ledger, which all processes share; a key
 * in steady use takes small leases from it and spends them here, where its rolling windows are counted too, so
 * that one process is exact.
 */
export class RateLimiter {
  readonly #ledger: RequestLedger;
  readonly #most: number;
  readonly #budgets = new Map<string, KeyBudget>();
  /** That of the last request: mostly that of the next. */
  #last: KeyBudget | undefined;

  /** Remembers the `most` keys used last. */
  constructor(ledger: RequestLedger, most = 5_000) {
    this.#ledger = ledger;
    this.#most = most;
  }

  /**
   * Counts one request of a key, at once where the ledger need not be asked. Rejects with `StoreError` when the
   * ledger cannot answer.
   */
  take(keyId: string, limits: Limits, now: number): RateVerdict | Promise<RateVerdict> {
    if (this.#last?.keyId !== keyId) this.#last = this.#budgetOf(keyId, limits);
    return this.#last.take(now);
  }

  #budgetOf(keyId: string, limits: Limits): KeyBudget {
    const budget = this.#budgets.get(keyId) ?? new KeyBudget(this.#ledger, keyId, limits);
    this.#budgets.delete(keyId);
    this.#budgets.set(keyId, budget);
    if (this.#budgets.size > this.#most) this.#budgets.delete(this.#budgets.keys().next().value!);
    return budget;
  }
}

class KeyBudget {
  readonly keyId: string;
  readonly #ledger: RequestLedger;
  readonly #limits: { readonly perMinute: number; readonly perDay: number };
  readonly #minuteCount = new RollingCount(60_000, 1_000);
  readonly #dayCount = new RollingCount(86_400_000, 300_000);
  readonly #largestLease: number;
  #lease = 0;
  #size = 1;
  #refilledAt = -Infinity;
  #minute: WindowState | undefined;
  #day: WindowState | undefined;
  /** Until when the ledger need not be asked: its windows do not move before. */
  #freshUntil = -Infinity;
  #refill: Promise<void> | undefined;

  constructor(ledger: RequestLedger, keyId: string, limits: Limits) {
    this.#ledger = ledger;
    this.keyId = keyId;
    this.#limits = { perMinute: limits.requestsPerMinute, perDay: limits.requestsPerDay };
    const least = Math.min(limits.requestsPerMinute, limits.requestsPerDay);
    this.#largestLease = Math.max(1, Math.min(LARGEST_LEASE, Math.floor(least / LIMIT_PART)));
  }

  take(now: number): RateVerdict | Promise<RateVerdict> {
    return this.#takeHere(now) ?? this.#takeFromLedger(now);
  }

  /** Undefined where the ledger has to be asked first. */
  #takeHere(now: number): RateVerdict | undefined {
    const full = this.#fullHere(now);
    if (full !== undefined) return full;
    // What was learnt in a future that the clock had wrong says nothing.
    const fresh = now < this.#freshUntil && now > this.#refilledAt - 60_000;
    if (fresh && this.#lease > 0) return this.#spend(now);
    if (fresh && this.#exhausted()) return this.#verdict(false, now);
    return undefined;
  }

  async #takeFromLedger(now: number): Promise<RateVerdict> {
    for (;;) {
      this.#refill ??= this.#ask(now).finally(() => {
        this.#refill = undefined;
      });
      await this.#refill;
      const verdict = this.#takeHere(now);
      if (verdict !== undefined) return verdict;
    }
  }

  #spend(now: number): RateVerdict {
    this.#lease -= 1;
    this.#minuteCount.add(now);
    this.#dayCount.add(now);
    return this.#verdict(true, now);
  }

  /** Refused because of what this process itself has let through, whatever the ledger says. */
  #fullHere(now: number): RateVerdict | undefined {
    const { perMinute, perDay } = this.#limits;
    const day = fullWindow('day', this.#dayCount, perDay, now);
    const minute = fullWindow('minute', this.#minuteCount, perMinute, now);
    return day === undefined || (minute !== undefined && minute.resetAt > day.resetAt) ? minute : day;
  }

  #exhausted(): boolean {
    return this.#minute?.remaining === 0 || this.#day?.remaining === 0;
  }

  async #ask(now: number): Promise<void> {
    const fast = now - this.#refilledAt < 1_000;
    this.#size = fast ? Math.min(this.#size * 2, this.#largestLease) : 1;
    const left = Math.min(this.#minute?.remaining ?? 1, this.#day?.remaining ?? 1);
    const want = this.#lease > 0 ? 0 : Math.max(1, Math.min(this.#size, Math.ceil(left / LEFT_PART)));
    const grant = await this.#ledger.takeRequests(this.keyId, want, this.#limits, now);
    this.#refilledAt = now;
    this.#lease += grant.granted;
    this.#minute = grant.minute;
    this.#day = grant.day;
    this.#freshUntil = Math.max(now + 1, Math.min(this.#blocking(grant.minute), this.#blocking(grant.day)));
  }

  /** When a window's state changes for us: the end of its exhaustion, or of what it says remains. */
  #blocking({ resetAt, remaining }: WindowState): number {
    return remaining === 0 && this.#lease === 0 ? resetAt : Math.min(resetAt, this.#refilledAt + 60_000);
  }

  #verdict(allowed: boolean, now: number): RateVerdict {
    const minute = this.#left(this.#minute, this.#minuteCount.count(now));
    const day = this.#left(this.#day, this.#dayCount.count(now));
    const window = isNearer(minute, day) ? 'minute' : 'day';
    const { limit, remaining, resetAt } = window === 'minute' ? minute : day;
    return { allowed, window, limit, remaining, resetAt: Math.max(resetAt, now) };
  }

  #left(state: WindowState | undefined, counted: number): WindowState {
    const { limit, remaining, resetAt } = state ?? { limit: 0, remaining: 0, resetAt: 0 };
    return { limit, resetAt, remaining: Math.max(0, Math.min(remaining + this.#lease, limit - counted)) };
  }
}

function isNearer(minute: WindowState, day: WindowState): boolean {
  if (day.remaining > 0) return minute.remaining <= day.remaining;
  return minute.remaining === 0 && minute.resetAt > day.resetAt;
}

function fullWindow(
  window: RateVerdict['window'],
  count: RollingCount,
  limit: number,
  now: number,
): RateVerdict | undefined {
  if (count.count(now) < limit) return undefined;
  return { allowed: false, window, limit, remaining: 0, resetAt: count.leavesAt(now) };
}
