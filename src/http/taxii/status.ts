import { randomUUID } from 'node:crypto';

import type { ContributionRecord, ObjectOutcome } from '../../model/contribution.ts';
import { taxiiTimestamp } from '../../render/taxii/timestamp.ts';

/** The version of what states none (§4.3.1). */
const UNVERSIONED = 'none';

/** What became of a contribution, as a status resource (TAXII 2.1 §4.3.1): it has been dealt with when it is answered. */
export function statusOf(
  objects: readonly ObjectOutcome[],
  account: string,
  now: number,
): ContributionRecord {
  const id = randomUUID();
  const told = (taken: boolean): object[] =>
    objects
      .filter((object) => object.taken === taken)
      .map(({ id: object, version, message }) => ({ id: object, version: version || UNVERSIONED, message }));
  const [successes, failures] = [told(true), told(false)];
  const status = JSON.stringify({
    id,
    status: 'complete',
    request_timestamp: taxiiTimestamp(now),
    total_count: objects.length,
    success_count: successes.length,
    // An empty list is left out (§2).
    ...(successes.length > 0 && { successes }),
    failure_count: failures.length,
    ...(failures.length > 0 && { failures }),
    pending_count: 0,
  });
  return { id, account, status };
}
