import { type ConfidenceLevel } from '../../model/confidence.ts';
import type { IocItem, ItemSource } from '../../model/ioc-item.ts';
import type { IocType } from '../../model/ioc.ts';
import type { Tlp } from '../../model/marking.ts';
import type { Sector } from '../../model/sector.ts';
import { formatTimestamp } from '../../model/time.ts';

/** A source as an item in JSON names it. */
interface SourceJson {
  readonly feed_name: string;
  readonly category: string | null;
  readonly origin: ItemSource['origin'];
  readonly reference_url: string | null;
  readonly article_id: string | null;
  readonly article_title: string | null;
  readonly article_url: string | null;
  readonly comment?: string;
}

/** An item in JSON: what the list has of an IOC. Times are RFC 3339, UTC. */
interface ItemJson {
  readonly id: string;
  readonly created: string;
  readonly modified: string;
  readonly type: IocType;
  readonly value: string;
  readonly confidence: ConfidenceLevel;
  readonly score: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly valid_until?: string;
  readonly revoked?: true;
  readonly tlp: Tlp;
  readonly source: SourceJson;
  readonly other_sources?: readonly SourceJson[];
  readonly context: string;
  readonly tags: readonly string[];
  readonly mitre_techniques: readonly string[];
  readonly industries: readonly Sector[];
  readonly threat_types?: readonly string[];
  readonly malware_families?: readonly string[];
  readonly threat_actors?: readonly string[];
  readonly cves?: readonly string[];
}

/** Writes an item as one line of JSON; `parseItems` reads all of it back. */
export function renderItemJson(item: IocItem): string {
  return JSON.stringify(itemJson(item));
}

function itemJson(item: IocItem): ItemJson {
  const { validUntil, threatTypes, families, actors, cves } = item;
  const [source, ...others] = item.sources.map(sourceJson);
  return {
    id: item.id,
    created: formatTimestamp(item.created),
    modified: formatTimestamp(item.modified),
    type: item.type,
    value: item.value,
    confidence: item.level,
    score: item.confidence,
    first_seen: formatTimestamp(item.firstSeen),
    last_seen: formatTimestamp(item.lastSeen),
    ...(validUntil !== undefined && { valid_until: formatTimestamp(validUntil) }),
    ...(item.revoked && { revoked: true }),
    tlp: item.tlp,
    source: source!,
    ...(others.length > 0 && { other_sources: others }),
    context: item.description,
    tags: item.tags,
    mitre_techniques: item.techniques,
    industries: item.sectors,
    ...(threatTypes.length > 0 && { threat_types: threatTypes }),
    ...(families.length > 0 && { malware_families: families }),
    ...(actors.length > 0 && { threat_actors: actors }),
    ...(cves.length > 0 && { cves }),
  };
}

function sourceJson({ name, category, origin, url, comment, article }: ItemSource): SourceJson {
  return {
    feed_name: name,
    category: category ?? null,
    origin,
    reference_url: url ?? null,
    article_id: article?.id ?? null,
    article_title: article?.title ?? null,
    article_url: article === undefined && origin === 'article' ? (url ?? null) : (article?.url ?? null),
    ...(comment !== undefined && { comment }),
  };
}

/** The items of JSON objects in UTF-8 that commas join. */
export function parseItems(bytes: Uint8Array): IocItem[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return (JSON.parse(`[${text}]`) as ItemJson[]).map(itemOfJson);
}

function itemOfJson(json: ItemJson): IocItem {
  return {
    id: json.id,
    type: json.type,
    value: json.value,
    confidence: json.score,
    level: json.confidence,
    firstSeen: Date.parse(json.first_seen),
    lastSeen: Date.parse(json.last_seen),
    ...(json.valid_until !== undefined && { validUntil: Date.parse(json.valid_until) }),
    created: Date.parse(json.created),
    modified: Date.parse(json.modified),
    revoked: json.revoked ?? false,
    tlp: json.tlp,
    description: json.context,
    threatTypes: json.threat_types ?? [],
    families: json.malware_families ?? [],
    actors: json.threat_actors ?? [],
    tags: json.tags,
    techniques: json.mitre_techniques,
    cves: json.cves ?? [],
    sectors: json.industries,
    sources: [json.source, ...(json.other_sources ?? [])].map(sourceOfJson),
  };
}

function sourceOfJson(json: SourceJson): ItemSource {
  const { feed_name: name, category, origin, reference_url: url, comment } = json;
  const { article_id: id, article_title: title, article_url: address } = json;
  return {
    name,
    ...(category !== null && { category }),
    ...(url !== null && { url }),
    ...(comment !== undefined && { comment }),
    origin,
    ...(id !== null && { article: { id, title: title ?? '', ...(address !== null && { url: address }) } }),
  };
}
