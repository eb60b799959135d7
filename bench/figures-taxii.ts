import { join } from 'node:path';

import { prepareStore } from './data.ts';
import { Client } from './figures-lists.ts';
import { medallionFigures } from './figures-medallion.ts';
import type { LoadResult } from './load.ts';
import { anonymousMemory, type Running, start } from './processes.ts';
import { type Figure, median, round } from './report.ts';

interface Served {
  readonly port: number;
  readonly keys: readonly string[];
}

type Tell = (text: string) => void;

const OBJECTS = '/api/taxii2/api/collections/all/objects/';
const BUNDLE = '/api/v1/iocs/stix';

/** The figures of the TAXII server: its pages beside those of the export, and a first download of all there is. */
export async function taxiiFigures(work: string, quick: boolean, tell: Tell): Promise<Figure[]> {
  const size = quick ? 300_000 : 1_000_000;
  const [small, large] = [join(work, 'store-100k'), join(work, `store-${size}`)];
  await prepareStore(small, 100_000, tell);
  await prepareStore(large, size, tell);
  const near = await start<Served>('server.ts', [small]);
  const figures: Figure[] = [];
  try {
    figures.push(...(await pageFigures(near, quick ? 1 : 2, quick ? 1 : 5, tell)));
  } finally {
    await near.stop();
  }
  const far = await start<Served>('server.ts', [large]);
  try {
    figures.push(...(await downloadFigures(far, size, tell)));
  } finally {
    await far.stop();
  }
  figures.push(...(await medallionFigures(work, tell)));
  return figures;
}

/** Pages a second against the export's of as many indicators, from the cache and without it. */
async function pageFigures(
  near: Running<Served>,
  seconds: number,
  rounds: number,
  tell: Tell,
): Promise<Figure[]> {
  const client = new Client(near, seconds);
  const [oldest, newest] = await client.stamps();
  let turn = 0;
  const time = (): string => {
    turn = (turn + 7_919) % (newest - oldest - 11_000);
    return new Date(oldest + turn).toISOString();
  };
  const figures: Figure[] = [];
  for (const limit of [10_000, 100]) {
    const indicators = await indicatorsIn(near.told, `${OBJECTS}?limit=${limit}`);
    for (const [name, count, at] of [
      ['hot', 100_000, () => '2020-01-01T00:00:00Z'],
      ['cold', 4_000, time],
    ] as const) {
      tell(`TAXII: ${name} pages of ${limit}`);
      const page = (): Promise<LoadResult> =>
        client.ask(2, count, () => `${OBJECTS}?limit=${limit}&added_after=${at()}`);
      const bundle = (): Promise<LoadResult> =>
        client.ask(2, count, () => `${BUNDLE}?limit=${indicators}&since=${at()}`);
      await page();
      await bundle();
      const pairs: [LoadResult, LoadResult][] = [];
      for (let round_ = 0; round_ < rounds; round_ += 1) pairs.push([await page(), await bundle()]);
      const [pages, bundles] = [0, 1].map((side) => median(pairs.map((pair) => pair[side]!.perSecond)));
      const bytes = median(pairs.map(([ours, theirs]) => ours.bytes / theirs.bytes));
      figures.push({
        name: `TAXII: ${name} page of ${limit}, pages a second against the export's of as many indicators`,
        measured: `${round(pages!)} pages/s against ${round(bundles!)}; ${round(bytes)} by bytes`,
        value: median(pairs.map(([ours, theirs]) => ours.perSecond / theirs.perSecond)),
        bar: { atLeast: 0.9 },
      });
    }
  }
  return figures;
}

/** How many of a page's objects are indicators: the identity and the TLP definitions count towards its limit. */
async function indicatorsIn({ port, keys }: Served, path: string): Promise<number> {
  const headers = { authorization: `Bearer ${keys.at(-1)!}` };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const { objects } = (await answer.json()) as { objects: { type: string }[] };
  return objects.filter(({ type }) => type === 'indicator').length;
}

/** One client that downloads everything by pages of ten thousand. */
async function downloadFigures(
  { told, child }: Running<Served>,
  size: number,
  tell: Tell,
): Promise<Figure[]> {
  tell(`TAXII: a first download of ${size.toLocaleString('en')}`);
  let memory = 0;
  const watching = setInterval(() => {
    memory = Math.max(memory, anonymousMemory(child.pid!) ?? 0);
  }, 100);
  const started = performance.now();
  let objects = 0;
  let bytes = 0;
  for (let next: string | undefined = ''; next !== undefined;) {
    const query: string = next === '' ? '' : `&next=${encodeURIComponent(next)}`;
    const url = `http://127.0.0.1:${told.port}${OBJECTS}?limit=10000${query}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${told.keys[1]!}` } });
    const text = await answer.text();
    const page = JSON.parse(text) as { next?: string; objects?: readonly unknown[] };
    objects += page.objects?.length ?? 0;
    bytes += text.length;
    next = page.next;
  }
  clearInterval(watching);
  const seconds = (performance.now() - started) / 1_000;
  return [
    {
      name: `TAXII: first download of ${size.toLocaleString('en')} by pages of 10,000, objects a second`,
      measured: `${objects.toLocaleString('en')} objects, ${round(bytes / 1e6)} MB in ${round(seconds)} s, parsed by the client`,
      value: objects / seconds,
      bar: { atLeast: 20_000 },
    },
    {
      name: 'TAXII: anonymous memory under that download, MB',
      measured: 'the greatest of samples every 100 ms',
      value: memory,
      bar: { atMost: 300 },
    },
  ];
}
