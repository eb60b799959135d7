import { isIP } from 'node:net';
import type { ConfidenceLevel } from '../model/confidence.ts';
import type { IocItem } from '../model/ioc-item.ts';
import type { IocType } from '../model/ioc.ts';
import { formatTimestamp } from '../model/time.ts';
import { hostOf } from '../normalise/registrable.ts';
import type { ExportFormat } from './format.ts';

/** A type's name in `threat.indicator.type`, and where its value stands. */
const INDICATORS: Partial<
  Record<IocType, readonly [type: string, fields: (value: string) => object | undefined]>
> = {
  ipv4: ['ipv4-addr', ipFields],
  ipv6: ['ipv6-addr', ipFields],
  domain: ['domain-name', (value) => ({ url: { domain: value } })],
  url: ['url', urlFields],
  md5: ['file', (value) => ({ file: { hash: { md5: value } } })],
  sha1: ['file', (value) => ({ file: { hash: { sha1: value } } })],
  sha256: ['file', (value) => ({ file: { hash: { sha256: value } } })],
  email: ['email-addr', (value) => ({ email: { address: value } })],
};

const CONFIDENCE: Readonly<Record<ConfidenceLevel, string>> = { high: 'High', medium: 'Medium', low: 'Low' };

/** A keyword is not indexed beyond this many characters (ECS, `ignore_above`). */
const LONGEST_KEYWORD = 1_024;

/**
 * Elastic Common Schema 8.17, one document a line, for an ingest pipeline or a bulk request
 * (https://www.elastic.co/docs/reference/ecs/ecs-threat): what indicator match rules look for. `threat.indicator.ip` takes
 * addresses alone, and anything else would fail the document, so networks are left out. Vulnerabilities and techniques are no indicators there.
 */
export const ecs: ExportFormat = {
  name: 'ecs',
  label: 'Elastic Common Schema',
  mediaType: 'application/x-ndjson; charset=utf-8',
  fileExtension: 'ndjson',
  tier: 'pro',
  types: Object.keys(INDICATORS) as IocType[],
  tellsRevoked: false,
  open: () => ({ begin: () => '', item: line, end: () => '' }),
};

function line(item: IocItem): string | undefined {
  const [type, fieldsOf] = INDICATORS[item.type]!;
  const fields = fieldsOf(item.value);
  return fields === undefined ? undefined : `${JSON.stringify(documentOf(item, type, fields))}\n`;
}

function documentOf(item: IocItem, type: string, fields: object): object {
  const references = item.sources.flatMap((source) => source.url ?? []);
  return {
    '@timestamp': formatTimestamp(item.modified),
    ecs: { version: '8.17.0' },
    event: {
      kind: 'enrichment',
      category: ['threat'],
      type: ['indicator'],
      id: item.id,
      risk_score: item.confidence,
    },
    threat: {
      indicator: {
        type,
        ...(item.value.length <= LONGEST_KEYWORD && { name: item.value }),
        ...fields,
        description: item.description,
        confidence: CONFIDENCE[item.level],
        first_seen: formatTimestamp(item.firstSeen),
        last_seen: formatTimestamp(item.lastSeen),
        modified_at: formatTimestamp(item.modified),
        provider: item.sources.map((source) => source.name),
        ...(references.length > 0 && { reference: references[0] }),
        marking: { tlp: item.tlp.toUpperCase(), tlp_version: '2.0' },
      },
      ...(item.families.length > 0 && { software: { name: item.families[0] } }),
      ...(item.actors.length > 0 && { group: { name: item.actors[0] } }),
      ...(item.techniques.length > 0 && { technique: { id: item.techniques } }),
    },
    tags: item.tags,
  };
}

function ipFields(value: string): object | undefined {
  return isIP(value) === 0 ? undefined : { ip: value };
}

function urlFields(value: string): object {
  const domain = hostOf(value);
  return { url: { full: value, original: value, ...(domain !== undefined && { domain }) } };
}
