import { DEVICE_LIFE, SESSION_IDLE, SESSION_LIFE } from '../model/session.ts';
import type { Clock } from '../model/time.ts';
import type { Log } from '../observe/log.ts';
import type { Store } from '../store/store.ts';
import { USAGE_KEPT } from '../store/usage.ts';

/** So many IOCs are looked at again in one transaction. */
const REVIEW = 500;

interface Upkeep {
  readonly clock: Clock;
  /** Once it is aborted, what is under way is finished and nothing else begun. */
  readonly signal: AbortSignal;
  /** For how long replaced versions are kept whole, in milliseconds. */
  readonly keepVersions: number;
  readonly log: Log;
}

/**
 * What a server does every minute: tells what has faded or expired, clears away what no reader sees any more, forgets what is
 * too old, and ends rotated keys. What goes wrong is logged, and tried again the next time.
 */
export async function keepUp(store: Store, { clock, signal, keepVersions, log }: Upkeep): Promise<void> {
  try {
    while ((await store.review(clock(), REVIEW)) === REVIEW) if (signal.aborted) return;
    while ((await store.sweep(clock())) > 0) if (signal.aborted) return;
    // Receipts ask for versions for as long as what was sent is kept.
    const facts = Math.max(keepVersions, USAGE_KEPT);
    const old = () => ({ whole: clock() - keepVersions, facts: clock() - facts });
    while ((await store.forgetVersions(old())) > 0) if (signal.aborted) return;
    await store.forgetSessions({
      idle: clock() - SESSION_IDLE,
      begun: clock() - SESSION_LIFE,
      seen: clock() - DEVICE_LIFE,
    });
    for (const { id, prefix } of await store.retireKeys(clock()))
      log.info('rotated key ended', { id, key: prefix });
  } catch (error) {
    log.warn('upkeep failed', { error: (error as Error).message });
  }
}
