import { setImmediate as nextTurn } from 'node:timers/promises';

import type { IndicatorQuery } from '../model/indicator-query.ts';
import type { Extent } from '../store/store.ts';

/** What a plan promised is not there any more, or not yet: it was read too late. */
export class StalePlanError extends Error {
  override readonly name = 'StalePlanError';
}

/**
 * The slices of a query, read one after the other by `read`, letting other work go in between. Throws `StalePlanError`
 * when the store no longer holds what the extent promises, rather than hand out something else under its name.
 */
export async function* walkSlices<
  S extends { readonly count: number; readonly last: number; readonly done: boolean },
>(query: IndicatorQuery, extent: Extent, read: (query: IndicatorQuery) => Promise<S>): AsyncGenerator<S> {
  let { after } = query;
  let count = 0;
  while (count < extent.count) {
    if (count > 0) await nextTurn();
    const rest = { ...query, limit: query.limit - count, ...(after !== undefined && { after }) };
    const slice = await read(rest);
    count += slice.count;
    after = slice.last;
    yield slice;
    if (slice.done) break;
  }
  if (count !== extent.count) {
    throw new StalePlanError(`the export changed while it was written: ${count} of ${extent.count} read`);
  }
}
