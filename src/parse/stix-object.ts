import { findTechnique } from '../model/attack.ts';
import { parseTlp, type Tlp } from '../model/marking.ts';
import { elementsOf, fieldsOf, stated } from './stated.ts';

/** A STIX object's properties as the input has them: unchecked. */
export type StixObject = Readonly<Record<string, unknown>>;

/** What an object's `external_references` name (STIX 2.1 §2.5). */
export interface StixReferences {
  /** The first page that is neither a CVE's nor ATT&CK's; else the first. */
  readonly page: string | undefined;
  readonly cves: readonly string[];
  readonly techniques: readonly string[];
}

/** So many references of an object are read. */
const MOST_REFERENCES = 100;
const ATTACK_NAMES = new Set(['mitre-attack', 'mitre-mobile-attack', 'mitre-ics-attack']);

export function referencesOf(object: StixObject): StixReferences {
  const pages: string[] = [];
  const catalogued: string[] = [];
  const cves: string[] = [];
  const techniques: string[] = [];
  for (const element of elementsOf(object.external_references).slice(0, MOST_REFERENCES)) {
    const reference = fieldsOf(element);
    const source = stated(reference?.source_name)?.toLowerCase() ?? '';
    const id = stated(reference?.external_id);
    const page = stated(reference?.url);
    const isCatalogue = source === 'cve' || ATTACK_NAMES.has(source);
    if (id !== undefined && source === 'cve') cves.push(id);
    if (id !== undefined && ATTACK_NAMES.has(source) && /^TA?\d{4}/i.test(id)) techniques.push(id);
    if (page !== undefined) (isCatalogue ? catalogued : pages).push(page);
  }
  return { page: pages[0] ?? catalogued[0], cves, techniques };
}

/** The TLP that a marking-definition object stands for (STIX 2.1 §7.2.1.4 and the TLP 2.0 extension), or undefined. */
export function tlpOfDefinition(object: StixObject): Tlp | undefined {
  const definition = fieldsOf(object.definition);
  const word = stated(definition?.tlp) ?? stated(object.name);
  return word === undefined ? undefined : parseTlp(word);
}

/** The tactics of `kill_chain_phases` (STIX 2.1 §2.11) that none of the techniques already belongs to. */
export function tacticsBeside(techniques: readonly string[], object: StixObject): string[] {
  const covered = new Set(techniques.flatMap((id) => phaseKeys(id.toUpperCase())));
  return elementsOf(object.kill_chain_phases).flatMap((element) => {
    const phase = fieldsOf(element);
    const key = `${stated(phase?.kill_chain_name) ?? ''} ${stated(phase?.phase_name) ?? ''}`;
    const tactic = TACTICS.get(key);
    return tactic === undefined || covered.has(key) ? [] : [tactic];
  });
}

function phaseKeys(id: string): string[] {
  const phases = findTechnique(id)?.killChainPhases ?? [];
  return phases.map((phase) => `${phase.kill_chain_name} ${phase.phase_name}`);
}

/** ATT&CK's tactics by kill chain and phase; their ids lie below TA0200. */
const TACTICS = new Map<string, string>();
for (let number = 1; number < 200; number += 1) {
  const id = `TA${String(number).padStart(4, '0')}`;
  for (const key of phaseKeys(id)) TACTICS.set(key, id);
}
