/**
 * Builds `src/enrich/attack-names.json`: which malware family or group a name in MITRE ATT&CK stands for.
 * Usage: `node scripts/build-attack-names.ts [FILE]`, where FILE (default
 * `../shared/data/attack/enterprise_software_groups.json`) lists software and groups with their aliases.
 *
 * A wrong conclusion is worse than none, so a name is left out when it
 * - belongs to what ATT&CK has withdrawn;
 * - has fewer than four letters and digits (`at`, `Net`, `RTM`);
 * - is that of a tool which is part of a system or has honest users (`PsExec`, `ngrok`): see `ATTACK_TOOLS`;
 * - stands for several things, but a program keeps its own name beside a group of the same name (`Akira`);
 * - is an ordinary word or a person's name (`Play`, `Kevin`), or what others call something else: see the lists below.
 * Some words are safe where something is labelled with them, but not in a sentence: see `LABEL_ONLY`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { nameKey } from '../src/enrich/name-key.ts';

interface Entry {
  readonly type: 'malware' | 'tool' | 'intrusion-set';
  readonly name: string;
  readonly aliases: readonly string[];
  readonly revoked: boolean;
  readonly deprecated: boolean;
}

const SHORTEST = 4;

/** Tools that are made for attacks, and so tell something of what carries their name. */
const ATTACK_TOOLS = new Set(
  (
    'Mimikatz, Windows Credential Editor, pwdump, gsecdump, HTRAN, Cachedump, Fgdump, Pass-The-Hash Toolkit, ' +
    'MimiPenguin, Pupy, PowerSploit, Koadic, QuasarRAT, Remcos, LaZagne, Empire, PoshC2, CrackMapExec, SILENTTRINITY, ' +
    'Sliver, Imminent Monitor, Donut, Mythic, PcShare, Brute Ratel C4, Rubeus, AsyncRAT, Covenant, CARROTBALL, ' +
    'CSPY Downloader, IronNetInjector, ShimRatReporter, MailSniper, Peirates, NPPSPY'
  ).split(', '),
);

/** Words, chemical elements, first names and names of things that are not meant by who writes them. */
const ORDINARY =
  'Axiom, Cleaver, Mirage, NICKEL, Swallowtail, WebMasters, Krypton, Equation, Buckeye, RADIUM, Dust Storm, ZINC, ' +
  'ELECTRUM, IRIDIUM, BROMINE, TAAL, MONSOON, Strider, Blackfly, Cicada, POTASSIUM, ACTINIUM, EUROPIUM, BISMUTH, ' +
  'Phosphorus, Newscaster, Tick, Elfin, Leviathan, Gadolinium, Reaper, PLATINUM, MERCURY, Rancor, Chafer, Silence, ' +
  'GALLIUM, Machete, BARIUM, Springtail, Inception, Whitefly, Chimera, RUBIDIUM, Rattlesnake, ZIRCONIUM, TANTALUM, ' +
  'PLUTONIUM, HEXANE, Lyceum, BITTER, CHROMIUM, Tortoise Shell, MANGANESE, Mantis, AMERICIUM, Play, SILICON, ' +
  'Confucius, Armageddon, ProjectM, MSUpdater, UPS Team, Snake, RIPTIDE, Lurid, BISCUIT, PHOTO, CHOPSTICK, CALENDAR, ' +
  'SHIPSHAPE, BACKSPACE, SPACESHIP, LOWBALL, VIPER, Page, Emissary, Mis-Type, S-Type, Rover, Epic, Crimson, Flame, ' +
  'Flamer, Scorpion, HAYMAKER, WINDSHIELD, SOUNDBITE, Matryoshka, Gazer, DRIFTWOOD, Helminth, Reaver, FLIPSIDE, ' +
  'Aurora, Chaos, Mosquito, VERMIN, UPPERCUT, Proton, SKID, Carbon, Micropsia, Octopus, Cannon, Denis, Empire, ' +
  'GoldenEye, Samas, DROPSHOT, GRIFFON, PLEAD, Avenger, Goopy, Trinity, Anchor, Lucifer, Crutch, Spark, TEARDROP, ' +
  'SUNSPOT, Raindrop, Explosive, SUPERNOVA, Nebulae, BoomBox, Peppy, Soldier, Pandora, Ferocious, TrailBlazer, ' +
  'Meteor, PowerLess, James, Shark, CANOPY, DEADEYE, Prestige, Royal, ANDROMEDA, Sardonic, Disco, NightClub, Samurai, ' +
  'Ninja, PACEMAKER, BUSHWALK, Apostle, DEADWOOD, Spica, DUSTPAN, Solar, Mango, REPTILE, MEDUSA, BOOKWORM, Agenda, ' +
  'Embargo, Wiper, Kevin, Milan, Elise, Calisto, Cuba, Skeleton Key, Cherry Picker, Token Control, NetC, httpclient, ' +
  'ZLib, CallMe, WinMM, Sys10, OSInfo, RemoteCMD, webhp, Rising Sun, Line Runner, Line Dancer, Kaba, Sogu, ' +
  'ELMER, Mori, BADNEWS, DnsSystem, SysUpdate, IPsec Helper, Unknown Logger, BackConfig, TURNEDUP, LookBack, SpeakUp, ' +
  'Group5, Group 72, Group 74, Group 88, Group123';

/** Aliases that feeds and vendors give to something else. */
const SOMETHING_ELSE = new Map([
  ['Formbook', 'feeds tell it from XLoader, its successor'],
  ['Retefe', 'a banking trojan for Windows; ATT&CK means Dok for macOS'],
  ['Sasfis', 'a widespread trojan of criminals, not OLDBAIT alone'],
  ['Crossrider', 'an adware platform, not Shlayer alone'],
  ['Trojan.Killdisk', 'a detection of many wipers'],
  ['QBot', 'a variant of Gafgyt as well'],
  ['xRAT', 'a trojan for Android as well'],
  ['BlackByte', 'more often the ransomware than the group'],
]);

/** Names that are safe as a label of malware, and ordinary words or names in a sentence. */
const LABEL_ONLY =
  'Sliver, Havoc, Bumblebee, Clop, Warzone, SUNBURST, Conti, Ramsay, Akira, Maze, Pony, Mythic, Covenant, Donut, ' +
  'Bazar, Valak, Regin, Sidewinder, Patchwork, Dragonfly, Windigo, POLONIUM, STRONTIUM, THALLIUM, Bahamut, ' +
  'Doki, Kessel, Umbreon, Megazord, TajMahal, RainyDay, BabyShark, Hildegard, ZIPLINE, PITSTOP, Sea Turtle';

const file = resolve(
  process.argv[2] ?? join(import.meta.dirname, '../../shared/data/attack/enterprise_software_groups.json'),
);
const target = join(import.meta.dirname, '../src/enrich/attack-names.json');
const entries = (JSON.parse(readFileSync(file, 'utf8')) as Entry[]).filter(
  ({ revoked, deprecated }) => !revoked && !deprecated,
);
const ordinary = new Set(ORDINARY.split(', ').map(nameKey));
const elsewhere = new Set([...SOMETHING_ELSE.keys()].map(nameKey));
const labelOnly = new Set(LABEL_ONLY.split(', ').map(nameKey));
const bearers = bearersOf(entries);
const table = {
  families: namesOf(entries.filter(({ type }) => type !== 'intrusion-set')),
  actors: namesOf(entries.filter(({ type }) => type === 'intrusion-set')),
};
const used = new Set([...Object.keys(table.families), ...Object.keys(table.actors)]);
writeFileSync(
  target,
  `{\n"families":${lines(table.families)},\n"actors":${lines(table.actors)},\n` +
    `"labelOnly":${JSON.stringify([...labelOnly].filter((key) => used.has(key)).sort())}\n}\n`,
);
const counts = [table.families, table.actors].map((names) => Object.keys(names).length);
console.error(`${target}: ${counts[0]} names of families, ${counts[1]} of groups`);

/** Which entries bear a name, by its key. */
function bearersOf(all: readonly Entry[]): Map<string, Set<Entry>> {
  const bearers = new Map<string, Set<Entry>>();
  for (const entry of all) {
    for (const name of [entry.name, ...entry.aliases]) {
      const key = nameKey(name);
      bearers.set(key, (bearers.get(key) ?? new Set()).add(entry));
    }
  }
  return bearers;
}

function namesOf(of: readonly Entry[]): Record<string, string> {
  const names: Record<string, string> = {};
  for (const entry of of) {
    if (entry.type === 'tool' && !ATTACK_TOOLS.has(entry.name)) continue;
    for (const alias of [entry.name, ...entry.aliases]) {
      const key = nameKey(alias);
      if (key.length < SHORTEST || ordinary.has(key) || elsewhere.has(key)) continue;
      if (standsFor(key, entry)) names[key] = entry.name;
    }
  }
  return Object.fromEntries(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a name means this entry: it alone bears it, or it is a program of that name, and no other program bears it. */
function standsFor(key: string, entry: Entry): boolean {
  const others = [...bearers.get(key)!].filter((other) => other !== entry);
  if (others.length === 0) return true;
  return (
    entry.type !== 'intrusion-set' &&
    nameKey(entry.name) === key &&
    others.every(({ type }) => type === 'intrusion-set')
  );
}

function lines(names: Readonly<Record<string, string>>): string {
  const rows = Object.entries(names).map(([key, name]) => `${JSON.stringify(key)}:${JSON.stringify(name)}`);
  return `{\n${rows.join(',\n')}\n}`;
}
