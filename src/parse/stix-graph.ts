import { stricterTlp, tlpOfMarkingId, type Tlp } from '../model/marking.ts';
import { referencesOf, tlpOfDefinition, type StixObject, type StixReferences } from './stix-object.ts';
import { copyOf } from './read-item.ts';
import { elementsOf, stated, statedFamily, statedTime } from './stated.ts';

/** An object that IOCs come from. */
export interface StixNode {
  readonly object: StixObject;
  readonly references: StixReferences;
  readonly place: string;
}

/** What an indicator's `indicates` relationships lead to. */
export interface Indicated {
  readonly family: string | undefined;
  readonly names: readonly string[];
  readonly techniques: readonly string[];
  readonly cves: readonly string[];
}

/** The properties of an indicator, vulnerability or attack pattern that are read. */
const KEPT = [
  'type',
  'id',
  'modified',
  'created_by_ref',
  'name',
  'description',
  'pattern',
  'pattern_type',
  'indicator_types',
  'labels',
  'confidence',
  'valid_from',
  'revoked',
  'x_mitre_deprecated',
  'kill_chain_phases',
  'object_marking_refs',
];
/** Names and descriptions are cut to so many characters. */
const LONGEST_TEXT = 2_000;
const NODES = new Set(['indicator', 'vulnerability', 'attack-pattern']);
const ACTORS = new Set(['threat-actor', 'intrusion-set', 'campaign']);

/**
 * What a bundle's objects say of each other. Objects may refer to later ones, so those that IOCs come from are
 * kept, cut down to what is read, until all have been seen. Of two versions of an object the newer one counts.
 */
export class StixGraph {
  readonly #nodes = new Map<string, StixNode>();
  readonly #names = new Map<string, string>();
  readonly #tlps = new Map<string, Tlp>();
  readonly #indicates = new Map<string, string[]>();
  readonly #lastSeen = new Map<string, number>();
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** How many objects are held in memory. */
  get size(): number {
    return this.#nodes.size + this.#names.size + this.#tlps.size + this.#indicates.size + this.#lastSeen.size;
  }

  get nodes(): Iterable<StixNode> {
    return this.#nodes.values();
  }

  add(object: StixObject, place: string): void {
    const type = stated(object.type) ?? '';
    const id = stated(object.id) ?? place;
    if (NODES.has(type)) this.#addNode(id, object, place);
    else if (type === 'relationship') this.#addRelationship(object);
    else if (type === 'sighting') this.#addSighting(object);
    else if (type === 'marking-definition') {
      const tlp = tlpOfDefinition(object);
      if (tlp !== undefined) this.#tlps.set(id, tlp);
    } else if (type === 'identity' || type === 'malware' || ACTORS.has(type)) {
      const name = stated(object.name);
      if (name !== undefined) this.#names.set(id, name);
    }
  }

  /** The name of the identity, malware or actor of an id. */
  nameOf(id: unknown): string | undefined {
    return typeof id === 'string' ? this.#names.get(id) : undefined;
  }

  /** The strictest TLP of an object's markings. */
  tlpOf(object: StixObject): Tlp | undefined {
    let strictest: Tlp | undefined;
    for (const element of elementsOf(object.object_marking_refs)) {
      const id = stated(element) ?? '';
      const tlp = tlpOfMarkingId(id) ?? this.#tlps.get(id);
      if (tlp !== undefined) strictest = strictest === undefined ? tlp : stricterTlp(strictest, tlp);
    }
    return strictest;
  }

  /** When the sightings of an object end, UTC milliseconds. */
  lastSeenOf(id: string): number | undefined {
    return this.#lastSeen.get(id);
  }

  indicatedBy(id: string): Indicated {
    let family: string | undefined;
    const names: string[] = [];
    const techniques: string[] = [];
    const cves: string[] = [];
    for (const target of this.#indicates.get(id) ?? []) {
      if (target.startsWith('malware--')) family ??= statedFamily(this.#names.get(target));
      else if (this.#names.has(target)) names.push(this.#names.get(target)!);
      const node = this.#nodes.get(target);
      if (node?.object.type === 'attack-pattern') techniques.push(...node.references.techniques);
      if (node?.object.type === 'vulnerability') cves.push(...cvesOf(node));
    }
    return { family, names, techniques, cves };
  }

  #addNode(id: string, object: StixObject, place: string): void {
    const earlier = this.#nodes.get(id)?.object;
    if (earlier !== undefined && modifiedOf(earlier) > modifiedOf(object)) return;
    const kept: Record<string, unknown> = {};
    for (const key of KEPT) {
      const property = object[key];
      const isLong = key !== 'pattern' && typeof property === 'string' && property.length > LONGEST_TEXT;
      if (property !== undefined) kept[key] = isLong ? copyOf(property, LONGEST_TEXT) : property;
    }
    this.#nodes.set(id, { object: kept, references: referencesOf(object), place });
  }

  #addRelationship(object: StixObject): void {
    const source = stated(object.source_ref);
    const target = stated(object.target_ref);
    if (object.relationship_type !== 'indicates' || object.revoked === true || !source || !target) return;
    const targets = this.#indicates.get(source);
    if (targets === undefined) this.#indicates.set(source, [target]);
    else if (targets.length < 1000) targets.push(target);
  }

  #addSighting(object: StixObject): void {
    const id = stated(object.sighting_of_ref);
    const time = statedTime(object.last_seen ?? object.first_seen, this.#now);
    if (id === undefined || typeof time !== 'number') return;
    this.#lastSeen.set(id, Math.max(time, this.#lastSeen.get(id) ?? 0));
  }
}

/** When an object was modified, as its own text says; what says nothing is older than all. */
function modifiedOf(object: StixObject): string {
  return stated(object.modified) ?? '';
}

/** The CVE ids of a vulnerability: its external references', else its name when it is one (STIX 2.1 §4.18). */
export function cvesOf({ object, references: { cves } }: StixNode): readonly string[] {
  const name = stated(object.name) ?? '';
  return cves.length === 0 && /^CVE-\d{4}-\d+$/i.test(name) ? [name] : cves;
}
