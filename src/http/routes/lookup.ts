import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { IOC_TYPES, type Ioc, type IocType } from '../../model/ioc.ts';
import { type Parameter, ParameterError, readParameters } from '../../model/parameters.ts';
import { parseIocType } from '../../model/query-parameters.ts';
import { coveringIocs } from '../../normalise/covering.ts';
import { normaliseIoc } from '../../normalise/normalise.ts';
import { refused } from '../../normalise/normalised.ts';
import { lookUp } from '../../render/lookup.ts';
import { StixIds } from '../../render/stix/id.ts';
import type { RouteParts } from '../app.ts';
import type { Operation } from '../operation.ts';
import { pairsOf } from '../parameters.ts';
import { LOOKUP, LOOKUP_EXAMPLE } from '../schemas/lookup.ts';
import { SHORT_ANSWER_HEADERS } from '../schemas/page-answers.ts';
import { sendShort } from '../short-answer.ts';

const PATH = '/api/v1/lookup';

const value: Parameter<string> = {
  parse: (text) => text,
  allowed: () => 'an IOC of one of the ten types, defanged or not',
  doc: 'The value to look up.',
  schema: { type: 'string', minLength: 1 },
};

/** Every parameter of a look-up. */
export const LOOKUP_PARAMETERS = {
  value: { ...value, example: 'bad[.]example[.]com' },
  ioc: { ...value, doc: 'Another name for value.' },
  type: {
    parse: parseIocType,
    allowed: () => IOC_TYPES,
    doc: 'The type of the value, where it could be taken for another.',
    example: 'domain',
  } satisfies Parameter<IocType>,
} as const;

const OPERATION: Operation = {
  id: 'lookUp',
  tag: 'IOCs',
  summary: 'Look one value up',
  description:
    'All that is known of one value, now. What is not known is answered with found: false, which does not mean that it is harmless; covered_by says which published network, domain or host hits it all the same. One of value and ioc is needed.',
  query: LOOKUP_PARAMETERS,
  answers: [
    {
      status: 200,
      description: 'What is known of it.',
      mediaType: 'application/json',
      schema: LOOKUP,
      example: LOOKUP_EXAMPLE,
      headers: SHORT_ANSWER_HEADERS,
    },
  ],
};

/** `GET /api/v1/lookup`: all that is known of one value. */
export function lookup(app: FastifyInstance, { store, config, clock }: RouteParts): void {
  const ids = new StixIds(config.producer);
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const ioc = askedFor(pairsOf(request, config.apiKeyInQuery));
    const now = clock();
    await store.markPolled(now);
    const id = `indicator--${ids.indicatorUuid(ioc.type, ioc.value)}`;
    const [record, ...around] = await Promise.all(
      [ioc, ...coveringIocs(ioc)].map((each) => store.findIoc(each)),
    );
    const covers = around.filter((cover) => cover !== undefined);
    const answer = lookUp(ioc, id, record, covers, now);
    return sendShort(reply, JSON.stringify(answer));
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'free' }, operation: OPERATION },
    handler,
  });
}

/** The one IOC that is asked for, in normal form. Throws `ParameterError`. */
function askedFor(pairs: readonly (readonly [string, string])[]): Ioc {
  const { value: named, ioc, type } = readParameters(LOOKUP_PARAMETERS, pairs, undefined);
  if (named !== undefined && ioc !== undefined)
    throw new ParameterError([{ parameter: 'ioc', reason: 'another name for value: give one of them' }]);
  const text = named ?? ioc;
  if (text === undefined)
    throw new ParameterError([{ parameter: 'value', reason: 'is needed: the value to look up' }]);
  const read = normaliseIoc(text, type);
  // Feeds are let have addresses where they promise domains; who asks for one type wants no other.
  const isOther = read.ok && type !== undefined && read.type !== type;
  const normal = isOther
    ? refused('type_mismatch', `type says ${type}, the value is of type ${read.type}`)
    : read;
  if (normal.ok) return { type: normal.type, value: normal.value };
  const parameter = named === undefined ? 'ioc' : 'value';
  throw new ParameterError([{ parameter, value: text.slice(0, 100), reason: normal.reason }]);
}
