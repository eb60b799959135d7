import type { IocItem } from '../model/ioc-item.ts';
import type { IocType } from '../model/ioc.ts';
import { tlpMarkingId } from '../model/marking.ts';
import { formatTimestamp } from '../model/time.ts';
import type { ExportFormat, ExportSetting, ItemWriter } from './format.ts';
import { stixPattern } from './stix/pattern.ts';

/** The upload API takes this many objects a request, and 100 requests a minute. */
const BATCH = 100;

const TYPES: readonly IocType[] = ['ipv4', 'ipv6', 'domain', 'url', 'md5', 'sha1', 'sha256', 'email'];

/**
 * Bodies of requests to Microsoft Sentinel's upload API, one a line, of up to 100 STIX indicators
 * (https://learn.microsoft.com/azure/sentinel/stix-objects-api, Request body). It wants a `valid_until` later than `valid_from`, or none.
 * What is taken back is sent as revoked, as it stays in the workspace otherwise.
 */
export const sentinel: ExportFormat = {
  name: 'sentinel',
  label: 'Microsoft Sentinel upload batches',
  mediaType: 'application/x-ndjson; charset=utf-8',
  fileExtension: 'ndjson',
  tier: 'pro',
  types: TYPES,
  tellsRevoked: true,
  open: (setting) => new BatchWriter(setting),
};

class BatchWriter implements ItemWriter {
  readonly #setting: ExportSetting;
  #inBatch = 0;

  constructor(setting: ExportSetting) {
    this.#setting = setting;
  }

  begin(): string {
    return '';
  }

  item(item: IocItem): string {
    const object = JSON.stringify(indicator(item, this.#setting));
    const isFirst = this.#inBatch === 0;
    this.#inBatch = (this.#inBatch + 1) % BATCH;
    const head = isFirst
      ? `{"sourcesystem":${JSON.stringify(this.#setting.producer.name)},"stixobjects":[`
      : ',';
    return head + object + (this.#inBatch === 0 ? ']}\n' : '');
  }

  end(): string {
    return this.#inBatch === 0 ? '' : ']}\n';
  }
}

function indicator(item: IocItem, { producer }: ExportSetting): object {
  const { validUntil } = item;
  const labels = [
    ...item.tags,
    ...item.families.map((family) => `malware:${family.toLowerCase()}`),
    ...item.sectors.map((sector) => `industry:${sector}`),
  ];
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: item.id,
    created_by_ref: `identity--${producer.uuid}`,
    created: formatTimestamp(item.created),
    modified: formatTimestamp(item.modified),
    ...(item.revoked && { revoked: true }),
    name: item.value,
    description: item.description,
    indicator_types: ['malicious-activity'],
    pattern: stixPattern(item.type, item.value),
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: formatTimestamp(item.firstSeen),
    ...(validUntil !== undefined &&
      validUntil > item.firstSeen && { valid_until: formatTimestamp(validUntil) }),
    ...(labels.length > 0 && { labels }),
    confidence: item.confidence,
    object_marking_refs: [tlpMarkingId(item.tlp, 1)],
  };
}
