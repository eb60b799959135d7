import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { canonicalFilters } from '../../model/query-parameters.ts';
import { TIERS } from '../../model/tier.ts';
import { type FirewallRequest, readFirewallList } from '../../render/firewall/list.ts';
import { answerPage, type AnswerPage } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import type { SentPage } from '../delivery.ts';
import { entityTags } from '../etag.ts';
import { Fresh } from '../fresh.ts';
import { pairsOf } from '../parameters.ts';
import { Deadlines } from '../sending.ts';
import type { HeaderList } from '../standing-headers.ts';
import { IOCS_FIREWALL_OPERATION } from './iocs-firewall-operation.ts';
import { firewallRequestOf } from './iocs-firewall-request.ts';

const PATH = '/api/v1/iocs/firewall';

/** To be raised when the same content is written in other bytes than before. */
const RENDERING = 2;

/** Of so many lists it is remembered how many entries they have, and whether there was room for all. */
const MOST_COUNTS = 1_000;

/** A list at one moment, and the name of its content. */
interface FirewallPage extends AnswerPage {
  readonly list: FirewallRequest;
  /** How many IOCs match. */
  readonly matched: number;
}

/** `GET /api/v1/iocs/firewall`: the highest ranked of all IOCs that match, as many as a firewall takes, in one file. */
export function iocsFirewall(
  app: FastifyInstance,
  { store, config, clock, log, cache, polls }: RouteParts,
): void {
  const pages = new Fresh<FirewallPage>(store, 1_000);
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());
  const counts = new Map<string, { readonly entries: number; readonly whole: boolean }>();
  const chunks = async function* (page: FirewallPage, size: number): AsyncGenerator<Uint8Array> {
    const { text, entries, whole } = await readFirewallList(store, page.list, size);
    counts.set(page.etags.identity, { entries, whole });
    if (counts.size > MOST_COUNTS) counts.delete(counts.keys().next().value!);
    yield Buffer.from(text);
  };
  const bodies = new Bodies<FirewallPage>(chunks, config, cache);

  /** The first and last stamp and the count name the content: see "The publication stamp" in docs/architecture.md. */
  const measure = async (list: FirewallRequest): Promise<FirewallPage> => {
    const { query, asOf } = list;
    const count = await store.count(query, asOf);
    const { first } = await store.extent({ ...query, limit: 1 }, asOf);
    const { first: last } = await store.extent({ ...query, order: 'oldest-first', limit: 1 }, asOf);
    const named = [RENDERING, 'firewall', list.profile.name, list.limit];
    const content = [...named, canonicalFilters(list.query, undefined), first, last, count];
    const page = {
      list,
      matched: count,
      plan: { extent: { count: Math.min(count, list.limit) }, request: { query: list.query } },
      etags: entityTags(content.join('|')),
      links: [],
      headers: count > 0 ? ['last-modified', new Date(first).toUTCString()] : [],
    };
    return {
      ...page,
      // Whether all that it can have is in it is known once it is made.
      get sent(): readonly SentPage[] {
        const made = counts.get(page.etags.identity);
        const whole = made !== undefined && (made.whole || made.entries === count);
        const extent = { count, first, last, more: false };
        return [{ query, extent, asOf, format: list.profile.name, ...(!whole && { part: 'current' }) }];
      },
    };
  };

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const context = { tier: TIERS[request.apiKey!.tier], now };
    const list = { ...firewallRequestOf(pairsOf(request, config.apiKeyInQuery), context), asOf: now };
    const { profile, query, limit } = list;
    const page = await pages.find(JSON.stringify([profile.name, query, limit]), now, () => measure(list));
    const headers = (): HeaderList => {
      const entries = counts.get(page.etags.identity)?.entries;
      return [
        'content-type',
        'text/plain; charset=utf-8',
        'content-disposition',
        `attachment; filename="iocs-${profile.name}.txt"`,
        'x-iocs-matched',
        String(page.matched),
        ...(entries === undefined ? [] : ['x-iocs-left-out', String(page.matched - entries)]),
      ];
    };
    return await answerPage(request, reply, { page, content: headers }, { bodies, deadlines, log, polls });
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'pro', basic: true }, operation: IOCS_FIREWALL_OPERATION },
    handler,
  });
}
