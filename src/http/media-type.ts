import { ApiError } from '../errors.ts';
import { type Preference, preferences } from './negotiate.ts';

/** How the export is labelled: the published endpoint's way, or the standard's (STIX 2.1 §10.2). */
export const MEDIA_TYPES = {
  json: 'application/json; charset=utf-8',
  stix: 'application/stix+json;version=2.1',
} as const;

export type MediaType = keyof typeof MEDIA_TYPES;

/**
 * Which of `offered` an Accept header asks for. Without a header, or where anything will do, it is JSON; STIX is
 * for those who name it. Throws `ApiError` when none will do.
 */
export function chooseMediaType(accept: string | undefined, offered: readonly MediaType[]): MediaType {
  if (accept === undefined || accept === '' || accept === '*/*') return 'json';
  const asked = preferences(accept);
  const json = offered.includes('json') ? best(asked, jsonRank) : undefined;
  const stix = offered.includes('stix') ? best(asked, stixRank) : undefined;
  const jsonQuality = json?.quality ?? 0;
  const stixQuality = stix?.quality ?? 0;
  if (jsonQuality === 0 && stixQuality === 0) throw notAcceptable(offered);
  if (jsonQuality !== stixQuality) return jsonQuality > stixQuality ? 'json' : 'stix';
  return stix !== undefined && stixRank(stix) >= NAMED ? 'stix' : 'json';
}

/**
 * Whether the answer to these parameters depends on the Accept header: without a `format` it is JSON, and that must be
 * taken. Throws `ApiError` where it is not.
 */
export function dependsOnAccept(
  accept: string | undefined,
  pairs: readonly (readonly [string, string])[],
  formats: readonly string[],
): boolean {
  if (pairs.some(([name]) => name === 'format')) return false;
  if (takesJson(accept)) return true;
  const allowed = [MEDIA_TYPES.json];
  throw new ApiError('not_acceptable', {
    message: `Without format this is ${allowed[0]!}, which Accept does not take. Name a format: ${formats.join(', ')}.`,
    details: [
      { header: 'Accept', allowed },
      { parameter: 'format', reason: 'where it is given, Accept is not looked at', allowed: formats },
    ],
  });
}

function takesJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '' || accept === '*/*') return true;
  return (best(preferences(accept), jsonRank)?.quality ?? 0) > 0;
}

/** Ranks of how exactly a member names a type; 0 when it does not. A more exact member decides its quality. */
const NAMED = 3;

function jsonRank({ name }: Preference): number {
  if (name === 'application/json') return NAMED;
  return wildcardRank(name);
}

function stixRank({ name, parameters }: Preference): number {
  if (name !== 'application/stix+json') return wildcardRank(name);
  const version = parameters.get('version');
  if (version === undefined) return NAMED;
  return version === '2.1' ? NAMED + 1 : 0;
}

/** `*` alone is what old Java clients send. */
function wildcardRank(name: string): number {
  if (name === 'application/*') return 2;
  return name === '*/*' || name === '*' ? 1 : 0;
}

function best(asked: readonly Preference[], rank: (member: Preference) => number): Preference | undefined {
  let found: Preference | undefined;
  for (const member of asked) {
    const own = rank(member);
    if (own > 0 && (found === undefined || own > rank(found))) found = member;
  }
  return found;
}

function notAcceptable(offered: readonly MediaType[]): ApiError {
  const types = offered.map((type) => MEDIA_TYPES[type]);
  return new ApiError('not_acceptable', {
    message: `None of the types that Accept names can be answered with. Offered: ${types.join(', ')}.`,
    details: [{ header: 'Accept', allowed: types }],
  });
}
