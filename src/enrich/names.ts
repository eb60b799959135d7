import attack from './attack-names.json' with { type: 'json' };
import { nameKey } from './name-key.ts';
import { OWN_ACTORS, OWN_FAMILIES, OWN_LABEL_ONLY } from './own-names.ts';

const FAMILIES = joined(attack.families, OWN_FAMILIES);
const ACTORS = joined(attack.actors, OWN_ACTORS);
const LABEL_ONLY = new Set([...attack.labelOnly, ...OWN_LABEL_ONLY.map(nameKey)]);

/** How Malpedia names families, by platform: `win.emotet`. */
const PLATFORM = /^(?:win|elf|apk|osx|ios|js|jar|py|ps1|vbs|php|jsp|asp|aspx|sh|aix|fas)\./i;

/** What is written behind a name that is known without it: `RemcosRAT`, `Conti ransomware`. */
const KIND_OF_MALWARE = /(?:rat|stealer|ransomware|malware|trojan|botnet|backdoor|loader)$/;
const SHORTEST_STEM = 4;
const LONGEST_NAME = 60;

/** The printable name of the malware family that a label names, in any spelling; undefined for any other label. */
export function familyNamed(label: string): string | undefined {
  return label.length > LONGEST_NAME ? undefined : familyOfKey(nameKey(label.replace(PLATFORM, '')));
}

/** The name of the group that a label names, in any spelling; undefined for any other label. */
export function actorNamed(label: string): string | undefined {
  return label.length > LONGEST_NAME ? undefined : ACTORS.get(nameKey(label));
}

const KEYS = Map.groupBy(ACTORS.keys(), (key) => ACTORS.get(key)!);

/** Every name of a group, as letters and digits in lower case: `apt28`, `fancybear`; of the name as this program prints it. */
export function actorKeys(name: string): readonly string[] {
  return KEYS.get(name) ?? [nameKey(name)];
}

/** A name found in a text. */
export interface NameInText {
  readonly kind: 'family' | 'actor';
  readonly name: string;
}

/** What the words of a text name whose letters and digits are `key`; ordinary words name nothing there. */
export function namedInText(key: string): NameInText | undefined {
  if (LABEL_ONLY.has(key)) return undefined;
  const family = familyOfKey(key);
  if (family !== undefined) return { kind: 'family', name: family };
  const actor = ACTORS.get(key);
  return actor === undefined ? undefined : { kind: 'actor', name: actor };
}

function familyOfKey(key: string): string | undefined {
  const known = FAMILIES.get(key);
  if (known !== undefined) return known;
  const stem = key.replace(KIND_OF_MALWARE, '');
  return stem.length < SHORTEST_STEM ? undefined : FAMILIES.get(stem);
}

/** Both tables by key; a name of ours is another name of what ATT&CK has, or of something that it does not have. */
function joined(
  table: Readonly<Record<string, string>>,
  own: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, string> {
  const names = new Map(Object.entries(table));
  for (const [name, others] of Object.entries(own)) {
    for (const each of [name, ...others]) names.set(nameKey(each), name);
  }
  return names;
}
