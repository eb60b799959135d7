import { findTechnique } from '../model/attack.ts';
import { parseSector, type Sector } from '../model/sector.ts';
import type { Derived } from '../model/sighting.ts';
import { nameKey } from './name-key.ts';
import { actorNamed, familyNamed } from './names.ts';
import { SECTOR_TAGS } from './sector-words.ts';
import { TECHNIQUE_WORDS } from './technique-words.ts';

/** More families or groups than this on one record are a list of what somebody collects, not what the record is. */
const MOST_NAMES = 3;

const TECHNIQUES = new Map(
  TECHNIQUE_WORDS.flatMap(({ words, id }) => words.map((word) => [nameKey(word), id])),
);
const SECTORS = new Map(Object.entries(SECTOR_TAGS).map(([tag, sector]) => [nameKey(tag), sector]));

const GALAXY = /^misp-galaxy:[^=]{1,100}="(.{1,200})"$/;
const NAMESPACE =
  /^(?:malware|malware[-_ ]family|family|malpedia|actor|threat[-_ ]actor|apt|group|intrusion[-_ ]set)[:=] ?"?([^"]{1,100})"?$/i;
const SECTOR_NAMESPACE =
  /^(?:(?:target(?:ed)?[-_ ])?(?:sector|industry)|dhs-ciip-sectors:dhs-critical-sectors)[:=] ?"?([^"]{1,100})"?$/i;
const TECHNIQUE_ID = /^(?:T\d{4}(?:\.\d{3})?|TA\d{4})$/i;
const ATTACK_ID = / - [GS]\d{4}$/;

/** What follows from the words that a source puts on a record: its tags, its threat type and its family. */
export function concludeFromLabels(
  tags: readonly string[],
  threatType: string | undefined,
  family: string | undefined,
): Derived[] {
  const found: Derived[] = [];
  for (const tag of tags) found.push(...ofLabel(tag, `tag "${tag}"`));
  if (threatType !== undefined) found.push(...ofThreatType(threatType));
  if (family !== undefined) found.push(...ofFamily(family));
  return found.filter(({ kind }) => !isNamed(kind) || namesOf(kind, found).size <= MOST_NAMES);
}

function ofLabel(tag: string, from: string): Derived[] {
  const sector = sectorNamed(tag);
  if (sector !== undefined) return [{ kind: 'sector', value: sector, from }];
  const label = plain(tag);
  const found: Derived[] = [];
  const technique = techniqueNamed(label);
  if (technique !== undefined) found.push({ kind: 'technique', value: technique, from });
  const family = familyNamed(label);
  if (family !== undefined) return [...found, { kind: 'family', value: family, from }];
  const actor = actorNamed(label);
  if (actor !== undefined) found.push({ kind: 'actor', value: actor, from });
  return found;
}

function ofThreatType(threatType: string): Derived[] {
  const technique = techniqueNamed(threatType);
  return technique === undefined
    ? []
    : [{ kind: 'technique', value: technique, from: `threat type "${threatType}"` }];
}

/** Its canonical name where it has one, and the techniques that words of its name say: `Snake Keylogger`. */
function ofFamily(family: string): Derived[] {
  const from = statedFamily(family);
  const found: Derived[] = [];
  const name = familyNamed(family);
  if (name !== undefined && name !== family) found.push({ kind: 'family', value: name, from });
  for (const word of family.split(/[\s_-]+/)) {
    const technique = techniqueNamed(word);
    if (technique !== undefined) found.push({ kind: 'technique', value: technique, from });
  }
  return found;
}

/** What a conclusion from a stated family says that it follows from. */
export function statedFamily(family: string | undefined): string {
  return `family "${family ?? ''}"`;
}

/** A tag without what says of which vocabulary it is. */
function plain(tag: string): string {
  const value = GALAXY.exec(tag)?.[1] ?? NAMESPACE.exec(tag)?.[1] ?? tag;
  return value.replace(ATTACK_ID, '');
}

function techniqueNamed(label: string): string | undefined {
  if (TECHNIQUE_ID.test(label)) {
    const id = label.toUpperCase();
    return findTechnique(id) === undefined ? undefined : id;
  }
  return TECHNIQUES.get(nameKey(label));
}

function sectorNamed(tag: string): Sector | undefined {
  const value = SECTOR_NAMESPACE.exec(tag)?.[1];
  return value === undefined ? SECTORS.get(nameKey(tag)) : parseSector(value);
}

function isNamed(kind: Derived['kind']): boolean {
  return kind === 'family' || kind === 'actor';
}

function namesOf(kind: Derived['kind'], found: readonly Derived[]): Set<string> {
  return new Set(found.filter((each) => each.kind === kind).map(({ value }) => value));
}
