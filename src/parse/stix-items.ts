import { parseSector } from '../model/sector.ts';
import type { ReadItem } from './format.ts';
import { iocItem, rejectionItem, type Said } from './read-item.ts';
import { cvesOf, type StixGraph, type StixNode } from './stix-graph.ts';
import { tacticsBeside, type StixObject } from './stix-object.ts';
import { iocsOfPattern, PatternError } from './stix-pattern.ts';
import { elementsOf, remark, reportedBy, stated, statedFamily, statedTime, statedWords } from './stated.ts';

/** The words of STIX's open vocabulary for what an indicator shows (STIX 2.1 §10.5, STIX 2.0 part 1 §6.6). */
const INDICATOR_TYPES = new Set([
  'anomalous-activity',
  'anonymization',
  'attribution',
  'benign',
  'compromised',
  'malicious-activity',
]);

/** The items of an object that IOCs come from: of an indicator's pattern, a vulnerability, an attack pattern. */
export function stixItems(node: StixNode, graph: StixGraph, now: number): ReadItem[] {
  if (node.object.type === 'indicator') return indicatorItems(node, graph, now);
  return node.object.type === 'vulnerability' ? vulnerabilityItems(node, graph) : techniqueItems(node, graph);
}

function indicatorItems(node: StixNode, graph: StixGraph, now: number): ReadItem[] {
  const { object, place } = node;
  const pattern = stated(object.pattern);
  if (pattern === undefined)
    return [rejectionItem(place, 'malformed_record', nameOf(object), 'it has no pattern')];
  const language = stated(object.pattern_type) ?? 'stix';
  if (language !== 'stix') {
    return [
      rejectionItem(
        place,
        'unsupported_pattern',
        pattern,
        `the pattern's language is ${language.slice(0, 50)}`,
      ),
    ];
  }
  const words = wordsOf(object);
  if (words.types.length > 0 && words.types.every((type) => type === 'benign')) {
    return [rejectionItem(place, 'not_an_ioc', pattern, 'its indicator type is benign')];
  }
  try {
    const { iocs, rest } = iocsOfPattern(pattern);
    const said = saidOfIndicator(node, words, graph, now);
    return [
      ...iocs.map(({ value, typeHint }) => iocItem(value, place, typeHint, said)),
      ...rest.map(({ expression, reason }) =>
        rejectionItem(place, 'unsupported_pattern', expression, reason),
      ),
    ];
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return [
      rejectionItem(place, 'malformed_record', pattern, `its pattern cannot be read: ${error.message}`),
    ];
  }
}

interface Words {
  readonly types: readonly string[];
  readonly tags: readonly string[];
  readonly families: readonly string[];
  readonly sectors: readonly string[];
}

/** STIX 2.0 has the indicator types among the labels; ours carry sectors and families there. */
function wordsOf(object: StixObject): Words {
  const labels = statedWords(elementsOf(object.labels));
  const types = [...statedWords(elementsOf(object.indicator_types)), ...labels.filter(isIndicatorType)];
  const after = (prefix: string): string[] =>
    labels
      .filter((label) => label.toLowerCase().startsWith(prefix))
      .map((label) => label.slice(prefix.length));
  return {
    types: types.filter((type) => type !== 'unknown'),
    tags: labels.filter((label) => !isIndicatorType(label) && !/^(?:industry|malware):/i.test(label)),
    families: after('malware:'),
    sectors: after('industry:'),
  };
}

function isIndicatorType(label: string): boolean {
  return INDICATOR_TYPES.has(label);
}

function saidOfIndicator(node: StixNode, words: Words, graph: StixGraph, now: number): Said {
  const { object, references } = node;
  const id = stated(object.id);
  const indicated = graph.indicatedBy(id ?? '');
  const techniques = [...new Set([...references.techniques, ...indicated.techniques])];
  const { confidence } = object;
  const known = typeof confidence === 'number' && confidence >= 0 && confidence <= 100;
  return {
    ...saidOfAll(node, graph),
    firstSeen: statedTime(object.valid_from, now),
    lastSeen: id === undefined ? undefined : graph.lastSeenOf(id),
    confidence: known ? Math.round(confidence) : undefined,
    threatType: words.types.find((type) => type !== 'benign'),
    family: indicated.family ?? statedFamily(words.families[0]),
    tags: [...new Set([...words.tags, ...indicated.names])],
    techniques: [...techniques, ...tacticsBeside(techniques, object)],
    cves: [...new Set([...references.cves, ...indicated.cves])],
    sectors: words.sectors.flatMap((word) => parseSector(word) ?? []),
  };
}

function vulnerabilityItems(node: StixNode, graph: StixGraph): ReadItem[] {
  const { object, place } = node;
  const said = { ...saidOfAll(node, graph), tags: wordsOf(object).tags };
  const items = cvesOf(node).map((cve) => iocItem(cve, place, 'cve', said));
  const none = 'a vulnerability without a CVE id';
  return items.length > 0 ? items : [rejectionItem(place, 'unsupported_type', nameOf(object), none)];
}

function techniqueItems(node: StixNode, graph: StixGraph): ReadItem[] {
  const { object, place, references } = node;
  const said = { ...saidOfAll(node, graph), tags: wordsOf(object).tags };
  const items = references.techniques.map((id) => iocItem(id, place, 'mitre-attack', said));
  const none = 'an attack pattern without an ATT&CK id';
  return items.length > 0 ? items : [rejectionItem(place, 'unsupported_type', nameOf(object), none)];
}

/** What all STIX objects say in the same properties. */
function saidOfAll({ object, references }: StixNode, graph: StixGraph): Said {
  const text = stated(object.description) ?? stated(object.name);
  return {
    entry: stated(object.id),
    reference: references.page,
    comment: remark(text, reportedBy(graph.nameOf(object.created_by_ref))),
    tlp: graph.tlpOf(object),
    revoked: object.revoked === true || object.x_mitre_deprecated === true ? true : undefined,
  };
}

function nameOf(object: StixObject): string {
  return stated(object.name) ?? stated(object.id) ?? '';
}
