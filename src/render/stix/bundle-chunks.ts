import { setImmediate as nextTurn } from 'node:timers/promises';

import type { IndicatorReads, Slice } from '../../store/store.ts';
import { type BundlePlan, frame } from './bundle.ts';
import { StixIds } from './id.ts';
import { RelatedObjects } from './related.ts';

const COMMA = Buffer.from(',');

/** What a plan promised is not there any more, or not yet: it was read too late. */
export class StalePlanError extends Error {
  override readonly name = 'StalePlanError';
}

/**
 * Writes a plan's bytes, a slice of `size` indicators at a time, and lets other work go between slices. A plan
 * is always the same bytes, however it is sliced. Throws `StalePlanError` when the store no longer holds
 * what the plan promises, rather than write something else under its name.
 */
export async function* bundleChunks(
  store: IndicatorReads,
  plan: BundlePlan,
  size: number,
): AsyncGenerator<Uint8Array> {
  const { head, tail, begun } = frame(plan);
  const walk = slices(store, plan, size);
  // The first slice is read before anything is handed out, so that a store that fails can still be answered for.
  let slice = await walk.next();
  yield Buffer.from(head);
  for (let separate = begun; slice.done !== true; slice = await walk.next()) {
    if (slice.value.count === 0) continue;
    if (separate) yield COMMA;
    separate = true;
    yield slice.value.bytes;
  }
  if (plan.request.presentation.related) yield* relatedChunks(store, plan, size);
  yield Buffer.from(tail);
}

/** A second walk: what the indicators point to comes after all of them, and only its ids are kept meanwhile. */
async function* relatedChunks(
  store: IndicatorReads,
  plan: BundlePlan,
  size: number,
): AsyncGenerator<Uint8Array> {
  const related = new RelatedObjects(new StixIds(plan.producer));
  for await (const slice of slices(store, plan, Math.min(size, 100))) {
    const objects = related.render(slice.bytes);
    if (objects !== '') yield Buffer.from(`,${objects}`);
  }
}

async function* slices(store: IndicatorReads, plan: BundlePlan, size: number): AsyncGenerator<Slice> {
  const { request, asOf, extent } = plan;
  let { after } = request.query;
  let count = 0;
  while (count < extent.count) {
    if (count > 0) await nextTurn();
    const query = {
      ...request.query,
      limit: request.query.limit - count,
      ...(after !== undefined && { after }),
    };
    const slice = await store.slice(query, request.presentation.marking, asOf, size);
    count += slice.count;
    after = slice.last;
    yield slice;
    if (slice.done) break;
  }
  if (count !== extent.count) {
    throw new StalePlanError(`the export changed while it was written: ${count} of ${extent.count} read`);
  }
}
