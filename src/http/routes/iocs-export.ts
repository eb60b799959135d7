import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { type ListRequest, parseListRequest } from '../../model/list-parameters.ts';
import { ParameterError } from '../../model/parameters.ts';
import type { Producer } from '../../model/producer.ts';
import { TIERS } from '../../model/tier.ts';
import { exportChunks } from '../../render/export-chunks.ts';
import type { ExportFormat } from '../../render/format.ts';
import { EXPORT_FORMATS, findExportFormat } from '../../render/formats.ts';
import { FIREWALL_PROFILES } from '../../render/firewall/profiles.ts';
import { walkSlices } from '../../render/walk.ts';
import type { IndicatorReads } from '../../store/store.ts';
import { answerPage } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import { type ListPage, ListPages } from '../list-pages.ts';
import { pairsOf } from '../parameters.ts';
import { Deadlines } from '../sending.ts';
import type { HeaderList } from '../standing-headers.ts';

/** A path with the formats that it has; `parameter` chooses one, the first unless it is required. */
interface ExportPath {
  readonly path: string;
  readonly formats: readonly string[];
  readonly parameter: 'format' | 'profile';
  readonly required: boolean;
}

const FIREWALL = FIREWALL_PROFILES.map(({ name }) => name);

const PATHS: readonly ExportPath[] = [
  exportPath('misp', ['misp']),
  exportPath('cef', ['cef', 'syslog']),
  exportPath('sigma', ['sigma']),
  exportPath('openioc', ['openioc']),
  exportPath('suricata', ['suricata', 'suricata-ip', 'suricata-domain', 'suricata-md5', 'suricata-sha256']),
  exportPath('rpz', ['rpz']),
  exportPath('hosts', ['hosts']),
  { path: '/api/v1/iocs/firewall', formats: FIREWALL, parameter: 'profile', required: true },
  exportPath('splunk', ['splunk']),
  exportPath('ecs', ['ecs']),
  exportPath('sentinel', ['sentinel']),
];

function exportPath(name: string, formats: readonly string[]): ExportPath {
  return { path: `/api/v1/iocs/${name}`, formats, parameter: 'format', required: false };
}

/** A page of an export: that of the list of the same filters, under a name of its own. */
interface ExportPage extends ListPage {
  readonly format: ExportFormat;
}

/** `GET /api/v1/iocs/misp` and its like: current IOCs in the formats of other products. */
export function iocsExport(app: FastifyInstance, parts: RouteParts): void {
  const { store, config, clock, log, cache } = parts;
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());
  const bodies = new Map(
    EXPORT_FORMATS.map(({ name }) => [
      name,
      new Bodies<ExportPage>((page, size) => bytesOf(store, page, config.producer, size), config, cache),
    ]),
  );
  for (const each of PATHS) {
    const pages = new ListPages(store, config.producer, each.path);
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const now = clock();
      const { tier } = request.apiKey!;
      const pairs = pairsOf(request, config.apiKeyInQuery);
      const format = formatOf(pairs, each);
      const rest = pairs.filter(([name]) => name !== each.parameter);
      const asked = parseListRequest(withTypes(rest, format), { tier: TIERS[tier], now });
      // `given` says where links lead, so it keeps the parameter; no envelope is made but for JSON.
      const wanted: ListRequest = { ...asked, format: 'ndjson', given: pairs.filter(isFilter) };
      const expresses = { types: format.types, revoked: format.tellsRevoked };
      const page = { ...(await pages.find(wanted, now, format.name)), format, expresses };
      const answer = { bodies: bodies.get(format.name)!, deadlines, log };
      return await answerPage(request, reply, page, contentHeaders(format), answer);
    };
    app.route({ method: ['GET', 'HEAD'], url: each.path, config: { auth: { tier: 'pro' } }, handler });
  }
}

async function* bytesOf(
  store: IndicatorReads,
  { plan, format }: ExportPage,
  producer: Producer,
  size: number,
): AsyncGenerator<Uint8Array> {
  const lastModified = Math.max(plan.extent.first, plan.extent.last);
  const setting = { producer, name: plan.request.filters, lastModified };
  const slices = walkSlices(plan.query, plan.extent, async (query) => {
    const slice = await store.items(query, plan.asOf, size);
    return { ...slice, count: slice.items.length };
  });
  const items = (async function* () {
    for await (const slice of slices) yield slice.items;
  })();
  for await (const text of exportChunks(format, items, setting)) yield Buffer.from(text);
}

/** Where no type is asked for, those that the format has, so that the limit counts what can be in it. */
function withTypes(
  pairs: readonly (readonly [string, string])[],
  { types }: ExportFormat,
): readonly (readonly [string, string])[] {
  return pairs.some(([name]) => name === 'type') ? pairs : [...pairs, ['type', types.join(',')]];
}

function isFilter([name]: readonly [string, string]): boolean {
  return name !== 'cursor' && name !== 'offset';
}

function formatOf(pairs: readonly (readonly [string, string])[], each: ExportPath): ExportFormat {
  const given = pairs.filter(([name]) => name === each.parameter).map(([, value]) => value);
  const name = given[0] ?? (each.required ? undefined : each.formats[0]);
  const format = name !== undefined && each.formats.includes(name) ? findExportFormat(name) : undefined;
  if (format !== undefined && given.length < 2) return format;
  const reason = `one of ${each.formats.join(', ')} is expected`;
  throw new ParameterError([{ parameter: each.parameter, reason }]);
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
