import { findTechnique } from '../../model/attack.ts';
import type { IocItem } from '../../model/ioc-item.ts';
import type { Tlp } from '../../model/marking.ts';

export interface MispTag {
  readonly name: string;
  readonly colour: string;
}

/** TLP's own colours (FIRST TLP 2.0). */
const TLP_COLOURS: Readonly<Record<Tlp, string>> = {
  clear: '#ffffff',
  green: '#33ff00',
  amber: '#ffc000',
  'amber+strict': '#ffc000',
  red: '#ff2b2b',
};
const COLOUR = '#4b6a88';
/** MISP's column for a tag's name. */
const LONGEST_NAME = 255;
/** Tags of one attribute; readers of ours take 200. */
const MOST_TAGS = 100;

/** The marking as a tag of MISP's `tlp` taxonomy. */
export function tlpTag(tlp: Tlp): MispTag {
  return { name: `tlp:${tlp}`, colour: TLP_COLOURS[tlp] };
}

/**
 * An item's tags: TLP, techniques and families under the names that MISP's galaxies give them, groups and sectors as our STIX
 * labels have them, and its own. They are tags alone, so that MISP makes no galaxy clusters of what we say.
 */
export function itemTags(item: IocItem): MispTag[] {
  const names = [
    ...item.techniques.map(techniqueTag),
    ...item.families.map((family) => `misp-galaxy:malpedia="${family}"`),
    ...item.actors.map((actor) => `actor:${actor.toLowerCase()}`),
    ...item.sectors.map((sector) => `industry:${sector}`),
    // A tag of a source must not pass for a marking of ours.
    ...item.tags.filter((tag) => !/^\s*tlp\s*:/i.test(tag)),
  ];
  const plain = [...new Set(names)].filter((name) => name !== '' && name.length <= LONGEST_NAME);
  return [tlpTag(item.tlp), ...plain.slice(0, MOST_TAGS).map((name) => ({ name, colour: COLOUR }))];
}

function techniqueTag(id: string): string {
  const name = findTechnique(id)?.name;
  return `misp-galaxy:mitre-attack-pattern="${name === undefined ? id : `${name} - ${id}`}"`;
}
