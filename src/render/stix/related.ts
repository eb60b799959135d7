import { findTechnique } from '../../model/attack.ts';
import { EPOCH } from './epoch.ts';
import type { StixIds } from './id.ts';

/** What is read of an indicator to tell what it points to. */
interface Indicator {
  readonly id: string;
  readonly created_by_ref: string;
  readonly created: string;
  readonly modified: string;
  readonly revoked?: boolean;
  readonly labels?: readonly string[];
  readonly external_references?: readonly Reference[];
  readonly object_marking_refs: readonly string[];
}

interface Reference {
  readonly source_name: string;
  readonly external_id?: string;
  readonly url?: string;
}

const FAMILY = 'malware:';
const ACTOR = 'actor:';

/**
 * Tells what indicators point to as STIX objects: vulnerabilities, attack patterns, malware families and groups, each
 * once, and one relationship for each pair. The same indicators give the same bytes.
 */
export class RelatedObjects {
  readonly #ids: StixIds;
  readonly #told = new Set<string>();

  constructor(ids: StixIds) {
    this.#ids = ids;
  }

  /** The objects for one slice: indicators as JSON objects joined by `,`. Empty when there are none. */
  render(slice: Uint8Array): string {
    const indicators = JSON.parse(`[${Buffer.from(slice).toString('utf8')}]`) as Indicator[];
    return indicators.flatMap((indicator) => this.#ofOne(indicator)).join(',');
  }

  #ofOne(indicator: Indicator): string[] {
    const objects: string[] = [];
    const targets = new Map<string, string>();
    for (const reference of indicator.external_references ?? []) {
      const target = this.#referenced(reference);
      if (target === undefined) continue;
      targets.set(target.id, target.type === 'vulnerability' ? 'related-to' : 'indicates');
      this.#tell(target, indicator, objects);
    }
    for (const label of indicator.labels ?? []) {
      const target = this.#labelled(label);
      if (target === undefined) continue;
      targets.set(target.id, 'indicates');
      this.#tell(target, indicator, objects);
    }
    for (const [id, kind] of targets) objects.push(this.#relationship(indicator, kind, id));
    return objects;
  }

  /** Told once; no marking, as what several indicators share is public knowledge. */
  #tell(target: Target, { created_by_ref }: Indicator, objects: string[]): void {
    if (this.#told.has(target.id)) return;
    this.#told.add(target.id);
    const { type, id, ...rest } = target;
    const common = { type, spec_version: '2.1', id, created_by_ref, created: EPOCH, modified: EPOCH };
    objects.push(JSON.stringify({ ...common, ...rest }));
  }

  #referenced({ source_name, external_id, url }: Reference): Target | undefined {
    if (external_id === undefined) return undefined;
    if (source_name === 'cve') {
      const references = [{ source_name, external_id }];
      const id = this.#ids.objectId('vulnerability', external_id);
      return { type: 'vulnerability', id, name: external_id, external_references: references };
    }
    const technique = source_name === 'mitre-attack' ? findTechnique(external_id) : undefined;
    // A tactic is a phase of the kill chain, which the indicator carries itself.
    if (technique === undefined || technique.isTactic) return undefined;
    return {
      type: 'attack-pattern',
      id: this.#ids.objectId('attack-pattern', external_id),
      name: technique.name,
      ...(technique.killChainPhases.length > 0 && { kill_chain_phases: technique.killChainPhases }),
      external_references: [{ source_name, external_id, ...(url !== undefined && { url }) }],
    };
  }

  #labelled(label: string): Target | undefined {
    if (label.startsWith(FAMILY) && label.length > FAMILY.length) {
      const name = label.slice(FAMILY.length);
      return { type: 'malware', id: this.#ids.objectId('malware', name), name, is_family: true };
    }
    if (label.startsWith(ACTOR) && label.length > ACTOR.length) {
      const name = label.slice(ACTOR.length);
      return { type: 'intrusion-set', id: this.#ids.objectId('intrusion-set', name), name };
    }
    return undefined;
  }

  #relationship(indicator: Indicator, kind: string, target: string): string {
    return JSON.stringify({
      type: 'relationship',
      spec_version: '2.1',
      id: this.#ids.objectId('relationship', `${indicator.id} ${kind} ${target}`),
      created_by_ref: indicator.created_by_ref,
      created: indicator.created,
      modified: indicator.modified,
      ...(indicator.revoked === true && { revoked: true }),
      relationship_type: kind,
      source_ref: indicator.id,
      target_ref: target,
      object_marking_refs: indicator.object_marking_refs,
    });
  }
}

interface Target {
  readonly type: 'vulnerability' | 'attack-pattern' | 'malware' | 'intrusion-set';
  readonly id: string;
  readonly name: string;
  readonly [property: string]: unknown;
}
