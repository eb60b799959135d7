import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { once } from 'node:events';

import { IOC_TYPES, type IocType } from '../src/model/ioc.ts';
import { SOC_DEFENDERS } from '../src/model/producer.ts';
import { SECTORS } from '../src/model/sector.ts';
import type { Sighting } from '../src/model/sighting.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import type { Store } from '../src/store/store.ts';

const DAY = 86_400_000;

/** Of a hundred IOCs so many are of each type; the rest are URLs. */
const SHARES: Readonly<Partial<Record<IocType, number>>> = {
  domain: 15,
  ipv4: 12,
  sha256: 5,
  md5: 2,
  sha1: 2,
  ipv6: 1,
  email: 1,
  cve: 1,
  'mitre-attack': 1,
};
const TYPE_OF_HUNDRED: readonly IocType[] = [
  ...Object.entries(SHARES).flatMap(([type, share]) => Array<IocType>(share).fill(type as IocType)),
  ...Array<IocType>(60).fill('url'),
];
const CONFIDENCES = [15, 50, 85, 100];
const FAMILIES = ['Mozi', 'Emotet', 'AgentTesla', undefined];

/** A sighting of the size and shape that real feeds have, the same for the same number. */
export function sampleSighting(index: number, now: number): Sighting {
  const scattered = Math.imul(index, 2_654_435_761) >>> 0;
  const type = TYPE_OF_HUNDRED[scattered % 100]!;
  const family = FAMILIES[(scattered >>> 8) % 4];
  const sector = (scattered >>> 12) % 64;
  return {
    type,
    value: sampleValue(type, index),
    entry: String(3_500_000 + index),
    firstSeen: now - 10 * DAY,
    lastSeen: now - (scattered % DAY),
    confidence: CONFIDENCES[(scattered >>> 16) % 4]!,
    threatType: 'malware_download',
    ...(family !== undefined && { family }),
    tags: ['32-bit', 'elf', 'mips', 'Mozi'],
    ...(sector < SECTORS.length && { sectors: [SECTORS[sector]!] }),
    reference: `https://feed.example.com/url/${3_500_000 + index}/`,
  };
}

function sampleValue(type: IocType, index: number): string {
  const hex = (algorithm: string): string => createHash(algorithm).update(String(index)).digest('hex');
  const values: Record<IocType, () => string> = {
    ipv4: () => [10, index >>> 16, (index >>> 8) & 255, index & 255].join('.'),
    ipv6: () => `2001:db8:${(index >>> 16).toString(16)}:${(index & 0xffff).toString(16)}::1`,
    domain: () => `host-${index}.example.com`,
    url: () => `http://192.0.2.${index & 255}:${1024 + (index % 60_000)}/files/${index}/bin.sh`,
    md5: () => hex('md5'),
    sha1: () => hex('sha1'),
    sha256: () => hex('sha256'),
    cve: () => `CVE-2024-${10_000 + index}`,
    'mitre-attack': () => `T${10_000 + index}`,
    email: () => `sender-${index}@example.org`,
  };
  return values[type]();
}

/** Fills a store with `count` sample IOCs, unless its directory is there already, and its lists. Tells how far it is. */
export async function prepareStore(
  directory: string,
  count: number,
  tell: (text: string) => void,
): Promise<void> {
  const isThere = existsSync(directory);
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: Date.now,
    writer: 'thread',
  });
  if (!isThere) await fillStore(store, count, tell);
  await store.fillLists();
  while ((await store.indexValues(10_000)) > 0);
  await store.close();
}

async function fillStore(store: Store, count: number, tell: (text: string) => void): Promise<void> {
  const now = Date.now();
  const source = {
    name: 'Example Feed',
    url: 'https://feed.example.com/',
    tlp: 'clear',
    confidence: 50,
  } as const;
  const run = await store.beginRun(source, 'bench', now);
  for (let index = 0; index < count; index += 1000) {
    const batch = Array.from({ length: Math.min(1000, count - index) }, (_, offset) =>
      sampleSighting(index + offset, now),
    );
    await store.ingest(run, batch, now);
    if (index % 50_000 === 0)
      tell(`filling a store: ${index.toLocaleString('en')} of ${count.toLocaleString('en')}`);
  }
  await store.endRun(run, now);
}

/** Writes a CSV in the layout of URLhaus with `count` URLs of documentation addresses. */
export async function writeUrlhausCsv(path: string, count: number): Promise<void> {
  const out = createWriteStream(path);
  const time = new Date(Date.now() - DAY).toISOString().slice(0, 19).replace('T', ' ');
  out.write('# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\r\n');
  for (let index = 0; index < count; index += 1) {
    const id = 3_500_000 + index;
    const url = `http://192.0.2.${index & 255}:${1024 + (index % 60_000)}/files/${index}/bin.sh`;
    const row = `"${id}","${time}","${url}","online","${time}","malware_download","32-bit,elf,mips,Mozi","https://urlhaus.abuse.ch/url/${id}/","reporter"\r\n`;
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** The types, levels and sectors that growth is measured for: each alone, and together. */
export function filterCombinations(): string[] {
  const rare = IOC_TYPES.filter((type) => type !== 'url' && type !== 'domain');
  return [
    '',
    ...IOC_TYPES.map((type) => `type=${type}`),
    'confidence=low',
    'confidence=medium',
    'confidence=high',
    'industry=energy',
    'revoked=exclude',
    'type=url&confidence=high',
    'type=cve&confidence=low',
    'type=url&industry=energy',
    'confidence=high&industry=energy',
    'type=domain&confidence=high&industry=energy',
    'type=ipv4,ipv6',
    'confidence=low,high',
    'industry=energy,water',
    `type=${rare.join(',')}&confidence=medium,high`,
    'type=ipv4,domain&confidence=low,medium&industry=energy,water,healthcare',
    'type=ipv4&confidence=high&revoked=exclude',
  ];
}
