import type { IndicatorReads, Slice } from '../../store/store.ts';
import { walkSlices } from '../walk.ts';
import { type BundlePlan, frame } from './bundle.ts';
import { framed } from './framed.ts';
import { StixIds } from './id.ts';
import { RelatedObjects } from './related.ts';

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
  yield* framed(head, begun, slices(store, plan, size));
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

function slices(store: IndicatorReads, plan: BundlePlan, size: number): AsyncGenerator<Slice> {
  const { request, asOf, extent } = plan;
  const { marking } = request.presentation;
  return walkSlices(request.query, extent, (query) => store.slice(query, marking, asOf, size));
}
