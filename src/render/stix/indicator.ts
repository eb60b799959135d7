import { findTechnique } from '../../model/attack.ts';
import type { IocType } from '../../model/ioc.ts';
import { tlpMarkingId } from '../../model/marking.ts';
import { formatTimestamp } from '../../model/time.ts';
import type { Assessment, SourceNote } from '../../score/assess.ts';
import { stixPattern } from './pattern.ts';

/** What an indicator shows besides its assessment. Times are UTC milliseconds. */
export interface Publication {
  /** The indicator's UUID, without `indicator--`. */
  readonly uuid: string;
  /** The producer's identity id. */
  readonly identity: string;
  readonly created: number;
  /** The publication stamp. */
  readonly modified: number;
  readonly validUntil: number | undefined;
}

/**
 * The text of an indicator's `modified` begins at this character of its JSON: what precedes it is of one
 * length for all, so that a version can be compared, and stamped anew, without being parsed.
 */
export const MODIFIED_OFFSET = 211;
const TIMESTAMP_LENGTH = 24;
const REVOKED = ',"revoked":true';

/** The JSON text after an indicator's last property but its marking. It is of one length for every marking. */
export function markingTail(markingId: string): string {
  return `,"object_marking_refs":["${markingId}"]}`;
}

/**
 * Renders one IOC as a STIX 2.1 indicator (STIX 2.1 §4.7), its properties in a fixed order, as compact
 * JSON: the same assessment and publication are the same bytes.
 */
export function renderIndicator(assessment: Assessment, publication: Publication): string {
  const { type, value, tlp } = assessment;
  const phases = killChainPhases(assessment);
  const labels = labelsOf(assessment);
  const name = JSON.stringify(value);
  const created = formatTimestamp(publication.created);
  const modified =
    publication.modified === publication.created ? created : formatTimestamp(publication.modified);
  return (
    `{"type":"indicator","spec_version":"2.1","id":"indicator--${publication.uuid}"` +
    `,"created_by_ref":"${publication.identity}"` +
    `,"created":"${created}","modified":"${modified}"` +
    (assessment.revoked ? REVOKED : '') +
    `,"name":${name},"description":${JSON.stringify(describe(assessment))}` +
    `,"indicator_types":["${indicatorTypes(assessment.threatTypes).join('","')}"]` +
    `,"pattern":${JSON.stringify(stixPattern(type, value))},"pattern_type":"stix","pattern_version":"2.1"` +
    `,"valid_from":"${formatTimestamp(assessment.firstSeen)}"` +
    (publication.validUntil === undefined
      ? ''
      : `,"valid_until":"${formatTimestamp(publication.validUntil)}"`) +
    (phases === '' ? '' : `,"kill_chain_phases":${phases}`) +
    (labels.length > 0 ? `,"labels":${JSON.stringify(labels)}` : '') +
    `,"confidence":${assessment.confidence}` +
    `,"external_references":[${externalReferences(assessment)}]` +
    markingTail(tlpMarkingId(tlp, 1))
  );
}

/** `stix` as it reads when it is published at `modified` instead. */
export function withModified(stix: string, modified: number): string {
  return (
    stix.slice(0, MODIFIED_OFFSET) +
    formatTimestamp(modified) +
    stix.slice(MODIFIED_OFFSET + TIMESTAMP_LENGTH)
  );
}

/** What the text of an indicator says that its sources by themselves do not: they go on being heard, and it ages. */
export function published(stix: string): { readonly revoked: boolean; readonly confidence: number } {
  return {
    revoked: stix.startsWith(REVOKED, MODIFIED_OFFSET + TIMESTAMP_LENGTH + 1),
    // In a string of JSON each quotation mark has a backslash before it, so that no source can write this.
    confidence: Number(/,"confidence":(\d+),"external_references":/.exec(stix)![1]),
  };
}

const NOUNS: Record<IocType, string> = {
  ipv4: 'IPv4 address',
  ipv6: 'IPv6 address',
  domain: 'Domain',
  url: 'URL',
  md5: 'File (MD5)',
  sha1: 'File (SHA-1)',
  sha256: 'File (SHA-256)',
  cve: 'Vulnerability',
  'mitre-attack': 'ATT&CK technique',
  email: 'E-mail address',
};

/** One sentence: what it is, of which family, who reported it. */
export function describe({ type, value, threatTypes, families, actors, reports }: Assessment): string {
  const technique = type === 'mitre-attack' ? findTechnique(value) : undefined;
  const what = technique
    ? `ATT&CK ${technique.isTactic ? 'tactic' : 'technique'} ${technique.name}`
    : NOUNS[type];
  const why = threatTypes.length > 0 ? ` (${threatTypes.join(', ').replaceAll('_', ' ')})` : '';
  const family = families.length > 0 ? ` of ${enumerate(families)}` : '';
  const actor = actors.length === 1 ? `, attributed to ${actors[0]}` : '';
  return `${what}${why}${family}${actor}, reported by ${reporters(reports)}.`;
}

function reporters(reports: readonly SourceNote[]): string {
  if (reports.length === 1) return reports[0]!.source;
  return enumerate([...new Set(reports.map((report) => report.source))]);
}

function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Words of sources and what they are in STIX's indicator-type vocabulary (STIX 2.1 §10.5). */
const INDICATOR_TYPES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:tor|proxy|vpn|anonymi[sz]ation)\b/, 'anonymization'],
  [/\b(?:suspicious|anomalous)\b/, 'anomalous-activity'],
  [/\bcompromised\b/, 'compromised'],
];

function indicatorTypes(threatTypes: readonly string[]): string[] {
  if (threatTypes.length < 2) return [indicatorType(threatTypes[0] ?? '')];
  return [...new Set(threatTypes.map(indicatorType))].sort();
}

function indicatorType(word: string): string {
  const plain = word.toLowerCase().replaceAll('_', ' ');
  for (const [pattern, type] of INDICATOR_TYPES) if (pattern.test(plain)) return type;
  return 'malicious-activity';
}

/** The phases of single techniques that were asked for, as texts: ATT&CK has some two thousand. */
const phasesOfOne = new Map<string, string>();

/** Kill chain phases (STIX 2.1 §2.11) as a JSON list, each once and sorted; empty when there are none. */
function killChainPhases({ type, value, techniques }: Assessment): string {
  if (techniques.length === 0 && type !== 'mitre-attack') return '';
  const ids = type === 'mitre-attack' ? [value, ...techniques] : techniques;
  if (ids.length > 1) return phasesText(ids);
  const known = phasesOfOne.get(ids[0]!);
  if (known !== undefined) return known;
  const text = phasesText(ids);
  // What ATT&CK does not have has none, and is not remembered.
  if (text !== '') phasesOfOne.set(ids[0]!, text);
  return text;
}

function phasesText(ids: readonly string[]): string {
  const phases = new Map<string, object>();
  for (const id of ids) {
    for (const phase of findTechnique(id)?.killChainPhases ?? []) {
      phases.set(`${phase.kill_chain_name} ${phase.phase_name}`, phase);
    }
  }
  const sorted = [...phases.keys()].sort().map((key) => phases.get(key)!);
  return sorted.length === 0 ? '' : JSON.stringify(sorted);
}

function labelsOf({ tags, sectors, families, actors }: Assessment): string[] {
  const labels = new Set<string>();
  for (const tag of tags) labels.add(tag.toLowerCase());
  for (const sector of sectors) labels.add(`industry:${sector}`);
  for (const family of families) labels.add(`malware:${family.toLowerCase()}`);
  for (const actor of actors) labels.add(`actor:${actor.toLowerCase()}`);
  return [...labels];
}

/** External references (STIX 2.1 §2.5) as the elements of a JSON list. */
function externalReferences({ type, value, reports, cves, techniques }: Assessment): string {
  const references = reports.map(sourceReference);
  for (const cve of type === 'cve' ? new Set([value, ...cves]) : cves)
    references.push(`{"source_name":"cve","external_id":${JSON.stringify(cve)}}`);
  for (const id of type === 'mitre-attack' ? new Set([value, ...techniques]) : techniques) {
    const url = JSON.stringify(attackUrl(id));
    references.push(`{"source_name":"mitre-attack","external_id":${JSON.stringify(id)},"url":${url}}`);
  }
  return references.join(',');
}

/** An external reference holds at least one of description, url and external_id (STIX 2.1 §2.5). */
function sourceReference({ source, url, comment }: SourceNote): string {
  const description = comment ?? (url === undefined ? 'Reported by this source.' : undefined);
  return (
    `{"source_name":${JSON.stringify(source)}` +
    (description === undefined ? '' : `,"description":${JSON.stringify(description)}`) +
    (url === undefined ? '}' : `,"url":${JSON.stringify(url)}}`)
  );
}

function attackUrl(id: string): string {
  const kind = id.startsWith('TA') ? 'tactics' : 'techniques';
  return `https://attack.mitre.org/${kind}/${id.replace('.', '/')}/`;
}
