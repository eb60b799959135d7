import type { IndicatorQuery } from '../model/indicator-query.ts';
import type { Delivery, DeliveryFilter, Extent, VersionFacts } from '../store/store.ts';

/** What a page yields: noted on its request, it becomes a receipt once all of it was sent. */
export interface SentPage {
  readonly query: Omit<IndicatorQuery, 'limit'>;
  readonly extent: Extent;
  /** The moment as of which it was read. */
  readonly asOf: number;
  /** Set where it has but a part of what the query lets through: see `DeliveryFilter`. */
  readonly part?: DeliveryFilter['part'];
  /** Its format, where that cannot express all that the query lets through: a name that `carries` knows. */
  readonly format?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the answer holds of published versions; null where it is not made of pages of them. */
    sentPages: readonly SentPage[] | null;
  }
}

/** What was delivered by a page of `endpoint` to `key`; undefined when it was empty. */
export function deliveryOf(page: SentPage, key: string, endpoint: string): Delivery | undefined {
  const { query, extent, asOf, format } = page;
  // Markings of old versions are not looked at.
  const part = page.part ?? (query.tlps === undefined ? undefined : 'current');
  if (extent.count === 0) return undefined;
  const { types, levels, sectors, categories, revoked } = query;
  const filter: DeliveryFilter = {
    endpoint,
    types,
    levels,
    sectors,
    ...(categories !== undefined && { categories }),
    revoked,
    ...(query.left !== undefined && { left: query.left.told }),
    ...(part !== undefined && { part }),
    ...(format !== undefined && { format }),
  };
  return { key, filter, ...boundsOf(query, extent, asOf), firstAt: asOf, lastAt: asOf, answers: 1 };
}

/** Of the versions from the one stamp to the other, all that the filter lets through were in the page. */
function boundsOf(query: SentPage['query'], { more, last }: Extent, asOf: number) {
  const { since = -1, after, until = asOf, order } = query;
  const newest = Math.min(asOf, until);
  if (order === 'oldest-first')
    return { lower: Math.max(since, after ?? -1) + 1, upper: more ? last : newest };
  return { lower: more ? last : since + 1, upper: Math.min(newest, (after ?? Infinity) - 1) };
}

/**
 * Whether a delivery held a version that its format carries: `yes`, or `possibly` where the version was replaced or expired between the first and the last of
 * its answers, where it is not known any more what a filter asks for, or where no filter says what of it was sent.
 */
export function held(version: VersionFacts, delivery: Omit<Delivery, 'key'>): 'yes' | 'possibly' | 'no' {
  const { stamp, until, expires, type, level, sectors, categories, revoked } = version;
  const { filter, lower, upper, firstAt, lastAt } = delivery;
  const excludes = filter.revoked === 'exclude';
  const isFiled =
    (filter.categories === undefined ||
      categories?.some((each) => filter.categories!.includes(each)) !== false) &&
    (filter.levels.length === 0 || filter.levels.includes(level)) &&
    (filter.sectors.length === 0 || filter.sectors.some((each) => sectors.includes(each)));
  // What was filed before is not looked at.
  const hasLeft = !isFiled && (filter.left === 'any' || (filter.left === 'revoked' && revoked));
  const outside =
    stamp < lower ||
    stamp > upper ||
    (filter.types.length > 0 && !filter.types.includes(type)) ||
    !(isFiled || hasLeft) ||
    (excludes && revoked);
  const end = excludes ? Math.min(until, expires) : until;
  if (outside || stamp > lastAt) return 'no';
  if (filter.part === 'any-version') return 'possibly';
  if (end <= firstAt) return 'no';
  const unknown = filter.categories !== undefined && categories === undefined;
  return end <= lastAt || unknown || hasLeft || filter.part !== undefined ? 'possibly' : 'yes';
}
