import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { type ListRequest, parseListRequest } from '../../model/list-parameters.ts';
import type { IocType } from '../../model/ioc.ts';
import { LONGEST_ECHO, ParameterError } from '../../model/parameters.ts';
import type { Producer } from '../../model/producer.ts';
import { TIERS } from '../../model/tier.ts';
import { exportChunks } from '../../render/export-chunks.ts';
import type { ExportFormat } from '../../render/format.ts';
import { EXPORT_FORMATS, findExportFormat } from '../../render/formats.ts';
import { selectionOf } from '../../render/selection.ts';
import { walkSlices } from '../../render/walk.ts';
import type { IndicatorReads } from '../../store/store.ts';
import { answerPage } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import { type ListPage, ListPages } from '../list-pages.ts';
import { pairsOf } from '../parameters.ts';
import { Deadlines } from '../sending.ts';
import type { HeaderList } from '../standing-headers.ts';
import { type ExportOffer, exportOperation } from './iocs-export-operation.ts';

const OFFERS: readonly ExportOffer[] = [
  offer('misp', ['misp']),
  offer('cef', ['cef', 'syslog']),
  offer('sigma', ['sigma']),
  offer('openioc', ['openioc']),
  offer('suricata', ['suricata', 'suricata-ip', 'suricata-domain', 'suricata-md5', 'suricata-sha256']),
  offer('rpz', ['rpz']),
  offer('hosts', ['hosts']),
  offer('splunk', ['splunk']),
  offer('ecs', ['ecs']),
  offer('sentinel', ['sentinel']),
];

function offer(name: string, formats: readonly string[]): ExportOffer {
  return { name, formats: formats.map((format) => findExportFormat(format)!) };
}

/** A page of an export: that of the list of the same filters, under a name of its own. */
interface ExportPage extends ListPage {
  readonly format: ExportFormat;
}

/** `GET /api/v1/iocs/misp` and its like: current IOCs in the formats of other products. */
export function iocsExport(app: FastifyInstance, parts: RouteParts): void {
  const { store, config, clock, log, meter, cache, polls } = parts;
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());
  const noteLeftOut = (format: string, count: number): void => {
    if (count === 0) return;
    meter?.leaveOut(format, count);
    log.debug('an export left out what its format cannot carry', { format, count });
  };
  const bodies = new Map(
    EXPORT_FORMATS.map(({ name }) => [
      name,
      new Bodies<ExportPage>(
        (page, size) => bytesOf(store, page, config.producer, size, noteLeftOut),
        config,
        cache,
      ),
    ]),
  );
  for (const each of OFFERS) {
    const url = `/api/v1/iocs/${each.name}`;
    const pages = new ListPages(store, config.producer, config.publicUrl + url);
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const now = clock();
      const { tier } = request.apiKey!;
      const pairs = pairsOf(request, config.apiKeyInQuery);
      const format = formatOf(pairs, each);
      const rest = pairs.filter(([name]) => name !== 'format');
      const asked = parseListRequest(withTypes(rest, format), { tier: TIERS[tier], now });
      refuseForeignTypes(asked.query.types, format);
      // `given` says where links lead, so it keeps the parameter; no envelope is made but for JSON.
      const wanted: ListRequest = { ...asked, format: 'ndjson', given: pairs.filter(isFilter) };
      const list = await pages.find(wanted, now, format.name, format.rises);
      const page = { ...list, format, sent: list.sent.map((sent) => ({ ...sent, format: format.name })) };
      const answer = { bodies: bodies.get(format.name)!, deadlines, log, polls };
      return await answerPage(request, reply, { page, content: contentHeaders(format) }, answer);
    };
    const auth = { tier: 'pro', basic: true } as const;
    const operation = exportOperation(each);
    app.route({ method: ['GET', 'HEAD'], url, config: { auth, operation }, handler });
  }
}

async function* bytesOf(
  store: IndicatorReads,
  { plan, format, newest }: ExportPage,
  producer: Producer,
  size: number,
  noteLeftOut: (format: string, count: number) => void,
): AsyncGenerator<Uint8Array> {
  const lastModified = format.rises === true ? newest : Math.max(plan.extent.first, plan.extent.last);
  const setting = { producer, name: plan.request.filters, lastModified };
  const slices = walkSlices(plan.query, plan.extent, async (query) => {
    const slice = await store.items(query, plan.asOf, size);
    return { ...slice, count: slice.items.length };
  });
  const items = (async function* () {
    for await (const slice of slices) yield slice.items;
  })();
  const texts = (async function* () {
    const { leftOut } = yield* exportChunks(format, items, {
      ...setting,
      selection: selectionOf(plan.query, format.types),
    });
    noteLeftOut(format.name, leftOut);
  })();
  for await (const text of texts) yield Buffer.from(text);
}

/** Where no type is asked for, those that the format has, so that the limit counts what can be in it. */
function withTypes(
  pairs: readonly (readonly [string, string])[],
  { types }: ExportFormat,
): readonly (readonly [string, string])[] {
  return pairs.some(([name]) => name === 'type') ? pairs : [...pairs, ['type', types.join(',')]];
}

/** Throws `ParameterError` for types that the format has not: what is ignored in silence misleads. */
function refuseForeignTypes(asked: readonly IocType[], { label, types }: ExportFormat): void {
  const foreign = asked.filter((type) => !types.includes(type));
  if (foreign.length === 0) return;
  const reason = `${label} has no ${foreign.join(', ')}, only ${types.join(', ')}`;
  throw new ParameterError([{ parameter: 'type', value: foreign.join(), reason, allowed: types }]);
}

function isFilter([name]: readonly [string, string]): boolean {
  return name !== 'cursor' && name !== 'offset';
}

/** The first format unless `format` names another. Throws `ParameterError`. */
function formatOf(pairs: readonly (readonly [string, string])[], { formats }: ExportOffer): ExportFormat {
  const given = pairs.filter(([name]) => name === 'format').map(([, value]) => value);
  const format =
    given.length === 0 ? formats[0] : formats.find(({ name }) => name === given[0]!.toLowerCase());
  if (format !== undefined && given.length < 2) return format;
  const allowed = formats.map(({ name }) => name);
  const reason = given.length > 1 ? 'is given more than once' : `must be one of ${allowed.join(', ')}`;
  throw new ParameterError([
    { parameter: 'format', value: given.join().slice(0, LONGEST_ECHO), reason, allowed },
  ]);
}

/** A browser saves an export and does not show it: values are hostile. */
function contentHeaders({ name, mediaType, fileExtension }: ExportFormat): HeaderList {
  return [
    'content-type',
    mediaType,
    'content-disposition',
    `attachment; filename="iocs-${name}.${fileExtension}"`,
  ];
}
