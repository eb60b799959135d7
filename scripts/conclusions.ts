/**
 * Prints what `enrich` concludes from recorded data: for each file how many sightings get a family, a group, a technique and a
 * sector, and each distinct conclusion with how often it is drawn, to be read and judged.
 * Usage: `node scripts/conclusions.ts [--each] [FILE|FOLDER …]`, by default the recorded feeds in `../shared/data`.
 */
import { createReadStream, existsSync, globSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { enrich } from '../src/enrich/enrich.ts';
import type { Derived } from '../src/model/sighting.ts';
import { toSighting } from '../src/normalise/sighting.ts';
import { openInput } from '../src/parse/formats.ts';

const SHARED = process.env.SHARED_DATA ?? join(import.meta.dirname, '../../shared/data');
const KINDS = ['family', 'actor', 'technique', 'sector'] as const;
const FEEDS = [
  'abusech',
  'misp/feed_infoblox',
  'misp/events_eset',
  'csv_infoblox',
  'stix/unit42',
  'stix/mitre_samples',
  'reports',
];

const given = process.argv.slice(2).filter((word) => word !== '--each');
const each = process.argv.includes('--each');
const paths = given.length > 0 ? given.map((path) => resolve(path)) : FEEDS.map((path) => join(SHARED, path));
const drawn = new Map<string, number>();
console.log(`${'file'.padEnd(60)} sightings ${KINDS.map((kind) => kind.padStart(9)).join(' ')}`);
for (const file of paths.flatMap(filesOf)) await tell(file);
if (each) {
  for (const [conclusion, times] of [...drawn].sort(([, a], [, b]) => b - a)) {
    console.log(`${String(times).padStart(7)}  ${conclusion}`);
  }
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return globSync('**/*.*', { cwd: path }).map((file) => join(path, file));
}

async function tell(file: string): Promise<void> {
  const counts = { family: 0, actor: 0, technique: 0, sector: 0 };
  let sightings = 0;
  try {
    const { items } = await openInput(createReadStream(file), { now: Date.now() });
    for await (const batch of items) {
      for (const item of batch) {
        const outcome = item.kind === 'ioc' ? toSighting(item.ioc) : undefined;
        if (outcome?.ok !== true) continue;
        sightings += 1;
        const { derived = [] } = enrich(outcome.sighting);
        for (const kind of KINDS) if (derived.some((one) => one.kind === kind)) counts[kind] += 1;
        for (const one of derived) count(one);
      }
    }
  } catch (error) {
    console.log(`${basename(file)}: ${(error as Error).message}`);
    return;
  }
  if (sightings === 0) return;
  const figures = KINDS.map((kind) => String(counts[kind]).padStart(9)).join(' ');
  console.log(`${basename(file).padEnd(60)} ${String(sightings).padStart(9)} ${figures}`);
}

function count({ kind, value, from }: Derived): void {
  const key = `${kind} ${value} from ${from}`;
  drawn.set(key, (drawn.get(key) ?? 0) + 1);
}
