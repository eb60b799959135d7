import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import {
  LIST_FORMATS,
  LIST_PARAMETERS,
  type ListRequest,
  parseListRequest,
} from '../../model/list-parameters.ts';
import { TIERS } from '../../model/tier.ts';
import { CSV_COLUMNS, renderItemCsv } from '../../render/list/item-csv.ts';
import { LIST_FORMAT_INFO, listChunks } from '../../render/list/list.ts';
import { answerPage, CACHE_HEADERS, TYPED_CACHE_HEADERS } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import { type ListPage, ListPages } from '../list-pages.ts';
import { dependsOnAccept } from '../media-type.ts';
import type { Operation } from '../operation.ts';
import { pairsOf, requireFormat } from '../parameters.ts';
import { EXAMPLE_ITEM } from '../schemas/item.ts';
import { EXAMPLE_ITEM_JSON, LIST, LIST_EXAMPLE } from '../schemas/list.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers, SAVED } from '../schemas/page-answers.ts';
import { Deadlines } from '../sending.ts';
import type { HeaderList } from '../standing-headers.ts';

const PATH = '/api/v1/iocs';

const DESCRIPTION = 'A page of the list.';

const OPERATION: Operation = {
  id: 'listIocs',
  tag: 'IOCs',
  summary: 'List IOCs',
  description:
    'Current IOCs, the newest first; with since the oldest first, and what was taken back. Free keys get JSON, and what their look-back reaches.',
  query: LIST_PARAMETERS,
  requestHeaders: PAGE_REQUEST_HEADERS,
  answers: pageAnswers([
    {
      status: 200,
      description: DESCRIPTION,
      mediaType: 'application/json',
      schema: LIST,
      example: LIST_EXAMPLE,
    },
    {
      status: 200,
      description: DESCRIPTION,
      mediaType: 'text/csv',
      schema: { type: 'string', description: 'RFC 4180, with a header.' },
      example: `${CSV_COLUMNS.join(',')}\r\n${renderItemCsv(EXAMPLE_ITEM)}\r\n`,
      headers: SAVED,
    },
    {
      status: 200,
      description: DESCRIPTION,
      mediaType: 'text/plain',
      schema: { type: 'string', description: 'A value a line.' },
      example: `${EXAMPLE_ITEM.value}\n`,
      headers: SAVED,
    },
    {
      status: 200,
      description: DESCRIPTION,
      mediaType: 'application/x-ndjson',
      schema: { type: 'string', description: 'An item a line.' },
      example: `${JSON.stringify(EXAMPLE_ITEM_JSON)}\n`,
      headers: SAVED,
    },
  ]),
  errors: ['insufficient_tier', 'not_acceptable'],
};

/** `GET /api/v1/iocs`: current IOCs as JSON, and for Pro keys as CSV, bare values or NDJSON. */
export function iocsList(app: FastifyInstance, parts: RouteParts): void {
  const { store, config, clock, log, cache, polls } = parts;
  const pages = new ListPages(store, config.producer, config.publicUrl + PATH);
  // One for each format: what an item takes is estimated from those written before.
  const bodies = new Map(
    LIST_FORMATS.map((format) => [
      format,
      new Bodies<ListPage>(({ plan }, size) => listChunks(store, plan, size), config, cache),
    ]),
  );
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const { tier } = request.apiKey!;
    const pairs = pairsOf(request, config.apiKeyInQuery);
    requireFormat(pairs, LIST_FORMATS, tier);
    const asked = parseListRequest(pairs, { tier: TIERS[tier], now });
    const typed = dependsOnAccept(request.headers.accept, pairs, LIST_FORMATS);
    const page = await pages.find(asked, now);
    const answer = { bodies: bodies.get(asked.format)!, deadlines, log, polls };
    const cache = typed ? TYPED_CACHE_HEADERS : CACHE_HEADERS;
    return await answerPage(request, reply, { page, content: contentHeaders(asked), cache }, answer);
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'free' }, operation: OPERATION },
    handler,
  });
}

/** A browser saves a list and does not show it: values are hostile. JSON it may show. */
function contentHeaders({ format }: ListRequest): HeaderList {
  const { mediaType, extension } = LIST_FORMAT_INFO[format];
  if (format === 'json') return ['content-type', mediaType];
  return ['content-type', mediaType, 'content-disposition', `attachment; filename="iocs.${extension}"`];
}
