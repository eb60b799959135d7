/**
 * Builds `src/model/attack-table.json`, the ids, names and tactics of MITRE ATT&CK, one entry a line.
 * Usage: `node scripts/build-attack-table.ts [FOLDER]`, where FOLDER (default `../shared/data/attack`) holds
 * `enterprise_techniques.json`, `mobile_ics_techniques.json` and `tactics.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Technique {
  readonly id: string;
  readonly name: string;
  readonly kill_chain: readonly string[];
  readonly tactics: readonly string[];
}

interface Tactic {
  readonly id: string;
  readonly name: string;
  readonly shortname: string;
  readonly domain: 'enterprise' | 'mobile' | 'ics';
}

const KILL_CHAINS = { enterprise: 'mitre-attack', mobile: 'mitre-mobile-attack', ics: 'mitre-ics-attack' };

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../../shared/data/attack'));
const target = join(import.meta.dirname, '../src/model/attack-table.json');
const entries = [...techniqueEntries(), ...tacticEntries()];
writeFileSync(
  target,
  `{\n${entries.map(([id, entry]) => `"${id}":${JSON.stringify(entry)}`).join(',\n')}\n}\n`,
);
console.error(`${target}: ${entries.length} techniques and tactics`);

/** `[id, [name, kill chain, phase, …]]`; retired techniques may have neither kill chain nor phase. */
type Entry = readonly [string, readonly string[]];

function techniqueEntries(): Entry[] {
  return ['enterprise_techniques.json', 'mobile_ics_techniques.json']
    .flatMap((file) => read(file) as readonly Technique[])
    .map(({ id, name, kill_chain: chains, tactics }): Entry => {
      if (chains.length > 1) throw new Error(`${id} is in several kill chains: ${chains.join(', ')}`);
      return [id, [name, ...chains, ...tactics]];
    })
    .sort(byId);
}

function tacticEntries(): Entry[] {
  return (read('tactics.json') as readonly Tactic[])
    .map(({ id, name, shortname, domain }): Entry => [id, [name, KILL_CHAINS[domain], shortname]])
    .sort(byId);
}

function byId(a: Entry, b: Entry): number {
  return a[0] < b[0] ? -1 : 1;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}
