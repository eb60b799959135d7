import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import type { Store } from '../store/store.ts';

/** A name for this process among all that run feeds of a store: host, process and something that no other has. */
export function ownerName(): string {
  return `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
}

/**
 * Gives free the feeds that processes of this machine were running when they died, so that nobody waits for their claims to
 * lapse. `own` are names of claims that this process still holds. Returns the feeds.
 */
export async function freeAbandoned(
  store: Pick<Store, 'listFeeds' | 'settleFeed'>,
  now: number,
  own: readonly string[] = [],
): Promise<readonly string[]> {
  const freed: string[] = [];
  for (const { name, owner, failures } of await store.listFeeds()) {
    if (owner === undefined || own.includes(owner) || !isDead(owner)) continue;
    const reason = 'the process that ran it has died; the next run goes on from there';
    await store.settleFeed(name, owner, {
      state: 'interrupted',
      reason,
      nextAt: now,
      checkedAt: now,
      failures,
    });
    freed.push(name);
  }
  return freed;
}

/** Whether the process of that name is certainly gone. Of other machines nobody here can tell. */
function isDead(owner: string): boolean {
  const [host, pid] = owner.split('/');
  if (host !== hostname()) return false;
  // A container's process has the same number each time.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
