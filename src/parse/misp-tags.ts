import { parseTlp, stricterTlp, strictestTlp, type Tlp, tlpOfTag } from '../model/marking.ts';
import { parseSector, type Sector } from '../model/sector.ts';
import { elementsOf, fieldsOf, stated, statedFamily } from './stated.ts';

/** What MISP's tags and galaxy clusters say. */
export interface MispTags {
  readonly tlp: Tlp | undefined;
  readonly family: string | undefined;
  readonly techniques: readonly string[];
  readonly sectors: readonly Sector[];
  readonly tags: readonly string[];
}

const GALAXY = /^misp-galaxy:([^=]{1,100})="(.*)"$/s;
/** So many tags and clusters of one event or attribute are kept; all are read for their TLP. */
const MOST_TAGS = 200;
const TECHNIQUE = /\bT\d{4}(?:\.\d{3})?$/;
const FAMILY_GALAXY =
  /^(?:malpedia|ransomware|botnet|tool|rat|banker|stealer|backdoor|android|cryptominers|exploit-kit|tds|mitre-(?:.*-)?(?:malware|tool))$/;

/**
 * What the tags and galaxies of a MISP event or attribute (`holder`) say: TLP, malware family, ATT&CK techniques, sectors; what is
 * left of them are tags, of galaxy clusters their values.
 */
export function mispTags(holder: Readonly<Record<string, unknown>>): MispTags {
  const said = [...tagNames(holder), ...clusterNames(holder)];
  const tlp = strictestTlp(said.map(readableTlp));
  const names = new Set(said.slice(0, MOST_TAGS));
  let family: string | undefined;
  const techniques: string[] = [];
  const sectors: Sector[] = [];
  const tags: string[] = [];
  for (const name of names) {
    if (readableTlp(name) !== undefined) continue;
    const [, galaxy = '', cluster = ''] = GALAXY.exec(name) ?? [];
    const technique = galaxy.endsWith('attack-pattern') ? TECHNIQUE.exec(cluster)?.[0] : undefined;
    const sector = galaxy === 'sector' ? parseSector(cluster) : undefined;
    if (technique !== undefined) techniques.push(technique);
    else if (sector !== undefined) sectors.push(sector);
    else if (FAMILY_GALAXY.test(galaxy) && family === undefined) family = familyOf(cluster);
    else tags.push(galaxy === '' ? name : cluster);
  }
  return { tlp, family, techniques, sectors, tags };
}

/** What an attribute's own tags say, and beside it what the event's do. */
export function withEventTags(own: MispTags, event: MispTags): MispTags {
  const tlp = own.tlp !== undefined && event.tlp !== undefined ? stricterTlp(own.tlp, event.tlp) : undefined;
  return {
    tlp: tlp ?? own.tlp ?? event.tlp,
    family: own.family ?? event.family,
    techniques: [...new Set([...own.techniques, ...event.techniques])],
    sectors: [...new Set([...own.sectors, ...event.sectors])],
    tags: [...new Set([...own.tags, ...event.tags])],
  };
}

/** A marking that cannot be read stays a tag: it is read with care where the feed's own is known. */
function readableTlp(tag: string): Tlp | undefined {
  return tlpOfTag(tag) === undefined ? undefined : parseTlp(tag);
}

function familyOf(cluster: string): string | undefined {
  return statedFamily(cluster.replace(/ - S\d{4}$/, ''));
}

function tagNames(holder: Readonly<Record<string, unknown>>): string[] {
  return elementsOf(holder.Tag).flatMap((tag) => stated(fieldsOf(tag)?.name) ?? []);
}

function clusterNames(holder: Readonly<Record<string, unknown>>): string[] {
  return elementsOf(holder.Galaxy).flatMap((galaxy) =>
    elementsOf(fieldsOf(galaxy)?.GalaxyCluster).flatMap((element) => {
      const cluster = fieldsOf(element);
      const type = stated(cluster?.type) ?? stated(fieldsOf(galaxy)?.type);
      const value = stated(cluster?.value);
      return type === undefined || value === undefined ? [] : `misp-galaxy:${type}="${value}"`;
    }),
  );
}
