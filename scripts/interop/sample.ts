import type { Sighting, Source } from '../../src/model/sighting.ts';
import type { Store } from '../../src/store/store.ts';

const SOURCES: readonly Source[] = (['clear', 'green', 'amber', 'amber+strict', 'red'] as const).map(
  (tlp) => ({
    name: `Example ${tlp}`,
    url: `https://${tlp.replace('+', '-')}.example.com/`,
    category: 'community',
    tlp,
    confidence: 60,
  }),
);

const HOUR = 3_600_000;

/** Values of every type, some of them written by somebody who knows how patterns are written. */
function sightings(now: number): Sighting[] {
  const lastSeen = now - HOUR;
  const urls = [
    'http://bad.example.com/a.exe',
    "http://bad.example.com/it's",
    'http://bad.example.com/back%5Cslash',
    "http://bad.example.com/'] OR [url:value = 'http://good.example.com/",
    'https://bad.example.com/?q=%22x%22&amp;y=1#[part]',
    'http://xn--bcher-kva.example.com/%F0%9F%98%80',
    `http://bad.example.com/${'long/'.repeat(200)}`,
  ];
  return [
    ...Array.from({ length: 40 }, (_, index): Sighting => ({
      type: 'ipv4',
      value: `192.0.2.${index}`,
      lastSeen,
      confidence: [10, 50, 90][index % 3]!,
    })),
    { type: 'ipv4', value: '198.51.100.0/24', lastSeen },
    { type: 'ipv6', value: '2001:db8::1', lastSeen, tags: ['C2', 'Bücher'] },
    { type: 'ipv6', value: '2001:db8:1::/48', lastSeen },
    ...Array.from({ length: 20 }, (_, index): Sighting => ({
      type: 'domain',
      value: `host-${index}.example.com`,
      lastSeen,
      family: ['Mozi', "O'Family", 'Ba\\ckslash'][index % 3]!,
      sectors: index % 2 === 0 ? ['energy', 'water'] : ['healthcare'],
    })),
    ...urls.map((value): Sighting => ({
      type: 'url',
      value: new URL(value).href,
      lastSeen,
      threatType: 'malware_download',
    })),
    {
      type: 'md5',
      value: 'd41d8cd98f00b204e9800998ecf8427f',
      lastSeen,
      comment: 'line\nbreak "and" \'quotes\'',
    },
    { type: 'sha1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80708', lastSeen, cves: ['CVE-2024-12345'] },
    {
      type: 'sha256',
      value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856',
      lastSeen,
      techniques: ['T1059.001', 'T1105'],
      actors: ['Example Group'],
    },
    { type: 'email', value: "o'hara+tag@example.com", lastSeen },
    { type: 'cve', value: 'CVE-2024-12345', lastSeen },
    { type: 'mitre-attack', value: 'T1059', lastSeen },
    { type: 'mitre-attack', value: 'TA0001', lastSeen },
  ];
}

/** Fills a store with indicators of every type and marking, some changed and some taken back since. */
export async function fillSample(store: Store, now: number): Promise<void> {
  const all = sightings(now);
  for (const [index, source] of SOURCES.entries()) {
    const own = all.filter((_sighting, place) => place % SOURCES.length === index);
    const run = await store.beginRun(source, 'sample', now);
    await store.ingest(run, own, now);
    await store.endRun(run, now);
  }
  const changed = all
    .slice(5, 12)
    .map((sighting): Sighting => ({ ...sighting, confidence: 95, tags: ['seen again'] }));
  await store.markPolled(now);
  const run = await store.beginRun(SOURCES[0]!, 'sample', now);
  await store.ingest(run, changed, now);
  await store.endRun(run, now);
  await store.retract(all.slice(0, 3), 'a false positive', now);
}
