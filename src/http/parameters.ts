import type { FastifyRequest } from 'fastify';

import { ApiError } from '../errors.ts';
import { LONGEST_ECHO, MOST_PROBLEMS, ParameterError, queryPairs } from '../model/parameters.ts';
import { TIERS, type TierName } from '../model/tier.ts';
import { rawQuery } from './credentials.ts';

/** A request's query parameters; `api_key` is none of a route's where it is taken as the key. */
export function pairsOf(request: FastifyRequest, apiKeyInQuery: boolean): [string, string][] {
  const pairs = queryPairs(rawQuery(request.raw.url));
  return apiKeyInQuery ? pairs.filter(([name]) => name !== 'api_key') : pairs;
}

/** Throws `ParameterError` when a request of a path without parameters has some: what is ignored in silence misleads. */
export function refuseParameters(request: FastifyRequest, apiKeyInQuery: boolean): void {
  const problems = pairsOf(request, apiKeyInQuery).map(([parameter, value]) => ({
    parameter: parameter.slice(0, LONGEST_ECHO),
    value: value.slice(0, LONGEST_ECHO),
    reason: 'this path takes no parameters',
  }));
  if (problems.length > 0) throw new ParameterError(problems.slice(0, MOST_PROBLEMS));
}

/** Throws `ApiError` when `format` is one of `all` that keys of the tier may not ask for. */
export function requireFormat(
  pairs: readonly (readonly [string, string])[],
  all: readonly string[],
  tier: TierName,
): void {
  const { formats, label }: { formats: 'all' | readonly string[]; label: string } = TIERS[tier];
  if (formats === 'all') return;
  const format = pairs.find(([name, value]) => name === 'format' && all.includes(value))?.[1];
  if (format === undefined || formats.includes(format)) return;
  const message = `The format ${format} needs a ${TIERS.pro.label} key: ${label} includes ${formats.join(', ')} only.`;
  throw new ApiError('insufficient_tier', { message });
}
