import { canonicalFilters, type IndicatorRequest, type Presentation } from '../../model/query-parameters.ts';
import type { Producer } from '../../model/producer.ts';
import type { Extent } from '../../store/store.ts';
import { StixIds } from './id.ts';
import { renderIdentity } from './identity.ts';
import { renderTlpDefinitions } from './marking.ts';

/** An export whose content is settled: the request, and what it yields at one moment. */
export interface BundlePlan {
  readonly producer: Producer;
  readonly request: IndicatorRequest;
  /** The moment that the extent was taken at, in UTC milliseconds; the content is read as of it. */
  readonly asOf: number;
  readonly extent: Extent;
}

/**
 * What a plan's bytes depend on, as one text: the filters, how it is written, and its extent, since the first
 * stamp, the last and the count of a selection name its content. Where a page was asked to start or stop does not
 * matter, only where it did.
 */
export function contentKey({ request, extent }: BundlePlan): string {
  const { query, presentation } = request;
  const written = presentationKey(presentation);
  return [canonicalFilters(query, undefined), written, extent.first, extent.last, extent.count].join('|');
}

/** How an export is written, as one text. */
export function presentationKey(presentation: Presentation): string {
  const { format, strict, identity, definitions, related, marking } = presentation;
  return [format, strict, identity, definitions, related, marking.tlpVersion, marking.atLeast].join();
}

/** The bundle's id, derived from its content: the same data has the same id (UUIDv5 in the producer's namespace). */
export function bundleId(plan: BundlePlan): string {
  return new StixIds(plan.producer).objectId('bundle', contentKey(plan));
}

/** What stands before and after a plan's indicators. */
export interface Frame {
  readonly head: string;
  /** Whether an object stands in the head already, so that the next needs a comma. */
  readonly begun: boolean;
  readonly tail: string;
}

/**
 * The frame of a bundle (STIX 2.1 §8), or of the bare array of objects. The standard has neither a version on
 * a bundle nor an empty list of objects; the published endpoint has both.
 */
export function frame(plan: BundlePlan): Frame {
  const { format, strict } = plan.request.presentation;
  const objects = preamble(plan);
  const begun = objects.length > 0;
  if (format === 'objects') return { head: `[${objects.join(',')}`, begun, tail: ']' };
  const version = strict ? '' : '"spec_version":"2.1",';
  const start = `{"type":"bundle",${version}"id":"${bundleId(plan)}"`;
  if (strict && !begun && plan.extent.count === 0) return { head: start, begun, tail: '}' };
  return { head: `${start},"objects":[${objects.join(',')}`, begun, tail: ']}' };
}

function preamble({ producer, request }: BundlePlan): string[] {
  const { identity, definitions, marking } = request.presentation;
  return [
    ...(identity ? [renderIdentity(producer)] : []),
    ...(definitions ? renderTlpDefinitions(marking.tlpVersion, marking.atLeast) : []),
  ];
}
