import type { IndicatorQuery } from '../../model/indicator-query.ts';
import { COUNT_PARAMETERS, parseCountRequest } from '../../model/list-parameters.ts';
import { type Parameter, ParameterError, readParameters } from '../../model/parameters.ts';
import { choice, type ParameterContext } from '../../model/query-parameters.ts';
import type { FirewallRequest } from '../../render/firewall/list.ts';
import { FIREWALL_PROFILES } from '../../render/firewall/profiles.ts';
import { typeParameter } from '../schemas/types-of-formats.ts';

const { revoked: _revoked, ...FILTERS } = COUNT_PARAMETERS;

/** Every parameter of a firewall list. It is one file: there are no pages, and nothing in it is revoked. */
export const FIREWALL_PARAMETERS = {
  profile: {
    ...choice(
      FIREWALL_PROFILES.map(({ name }) => name),
      'Which product reads the list, and which kind of list it is.',
    ),
    example: FIREWALL_PROFILES[0]!.name,
    required: true,
  },
  ...FILTERS,
  type: typeParameter(FIREWALL_PROFILES),
  limit: {
    parse: (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined),
    allowed: () => 'a number from 1 to as many as the profile takes',
    doc: 'At most so many entries; as many as the product takes unless said otherwise.',
    schema: { type: 'integer', minimum: 1 },
  } satisfies Parameter<number, ParameterContext>,
} as const;

/** Which list the parameters ask for. Throws `ParameterError`. */
export function firewallRequestOf(
  pairs: readonly (readonly [string, string])[],
  context: ParameterContext,
): Omit<FirewallRequest, 'asOf'> {
  const { profile: name, limit, type } = readParameters(FIREWALL_PARAMETERS, pairs, context);
  const profile = FIREWALL_PROFILES.find((each) => each.name === name);
  if (profile === undefined) {
    const allowed = FIREWALL_PARAMETERS.profile.allowed(context);
    throw new ParameterError([{ parameter: 'profile', reason: 'is needed: which list is wanted', allowed }]);
  }
  if (limit !== undefined && limit > profile.mostEntries) {
    const allowed = `a number from 1 to ${profile.mostEntries}, which is as many as ${profile.label} takes`;
    throw new ParameterError([
      { parameter: 'limit', value: String(limit), reason: `must be ${allowed}`, allowed },
    ]);
  }
  const foreign = type?.filter((each) => !profile.types.includes(each)) ?? [];
  if (foreign.length > 0) {
    const reason = `${profile.label} has no ${foreign.join(', ')}, only ${profile.types.join(', ')}`;
    throw new ParameterError([{ parameter: 'type', value: foreign.join(), reason, allowed: profile.types }]);
  }
  const filters = pairs.filter(([parameter]) => parameter !== 'profile' && parameter !== 'limit');
  const query: Omit<IndicatorQuery, 'limit'> = {
    ...parseCountRequest(filters, context),
    types: type ?? profile.types,
    revoked: 'exclude',
    order: 'newest-first',
  };
  return { profile, query, limit: limit ?? profile.mostEntries };
}
