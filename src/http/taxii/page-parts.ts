import { type IndicatorQuery, leftOf } from '../../model/indicator-query.ts';
import type { TaxiiPlace } from '../../model/taxii-cursor.ts';
import type { TaxiiRequest } from '../../model/taxii-parameters.ts';
import type { PagePart } from '../../render/taxii/envelope.ts';
import type { IndicatorReads } from '../../store/store.ts';

/** The indicators of a page, and where the next one goes on; nowhere when there is no more. */
export interface FoundParts {
  readonly parts: readonly PagePart[];
  readonly next: TaxiiPlace | undefined;
}

/** Where a page begins. */
type Place = Pick<TaxiiRequest, 'place' | 'since' | 'addedAfter'>;

/** When the first download began that a page belongs to, as the newest stamp of then; undefined for a poll. */
export function begunOf({ place, addedAfter }: Place, newest: number): number | undefined {
  return place === undefined && addedAfter === undefined ? newest : place?.begun;
}

/**
 * Finds a page's indicators. A first download leaves out what was retracted before it began, and no more: of what is
 * retracted while it is under way, earlier pages may have given a version that stands. So it has two parts, what stood
 * when it began, and everything since. Rejects with `StoreError`.
 */
export async function findParts(
  store: IndicatorReads,
  filter: Pick<IndicatorQuery, 'types' | 'levels' | 'sectors' | 'tlps'>,
  request: Place,
  limit: number,
  now: number,
  newest: number,
): Promise<FoundParts> {
  const { place, since } = request;
  const all: IndicatorQuery = {
    ...filter,
    order: 'oldest-first',
    revoked: 'include',
    limit,
    ...(since !== undefined && { since }),
    ...(place !== undefined && { after: place.stamp }),
  };
  // A poller goes on from where it has come to; who downloads first has had what stood when that began, or is given it yet.
  const telling = (query: IndicatorQuery): IndicatorQuery => ({
    ...query,
    ...leftOf(query, 'any'),
  });
  const measured = async (query: IndicatorQuery): Promise<PagePart> => ({
    query,
    extent: await store.extent(query, now),
  });
  const begun = begunOf(request, newest);
  if (begun === undefined) {
    const part = await measured(telling(all));
    return found([part], part.extent.more ? { stamp: part.extent.last } : undefined);
  }
  const standing = await measured({ ...all, revoked: 'exclude', until: begun });
  const { count, last, more } = standing.extent;
  if (more) return found([standing], { stamp: last, begun });
  const later = telling({ ...all, after: Math.max(begun, place?.stamp ?? 0) });
  if (count === limit) {
    const rest = await store.extent({ ...later, limit: 1 }, now);
    return found([standing], rest.count > 0 ? { stamp: last, begun } : undefined);
  }
  const rest = await measured({ ...later, limit: limit - count });
  return found([standing, rest], rest.extent.more ? { stamp: rest.extent.last } : undefined);
}

function found(parts: readonly PagePart[], next: TaxiiPlace | undefined): FoundParts {
  return { parts: parts.filter(({ extent }) => extent.count > 0), next };
}
