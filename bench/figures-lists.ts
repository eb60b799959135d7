import { join } from 'node:path';

import { IOC_TYPES } from '../src/model/ioc.ts';
import { prepareStore } from './data.ts';
import type { LoadResult } from './load.ts';
import { load, type Running, start } from './processes.ts';
import { type Figure, median, round } from './report.ts';

interface Served {
  readonly port: number;
  readonly keys: readonly string[];
}

type Tell = (text: string) => void;

const BUNDLE = '/api/v1/iocs/stix?limit=10000';
const FORMATS = ['json', 'csv', 'txt'] as const;

/** The figures of lists, look-up, search and statistics, each beside the bundle or at a large store. */
export async function listFigures(work: string, quick: boolean, tell: Tell): Promise<Figure[]> {
  const size = quick ? 300_000 : 1_000_000;
  const [small, large] = [join(work, 'store-100k'), join(work, `store-${size}`)];
  await prepareStore(small, 100_000, tell);
  await prepareStore(large, size, tell);
  const figures: Figure[] = [];
  const near = await start<Served>('server.ts', [small]);
  const far = await start<Served>('server.ts', [large]);
  // One client for a server: no key is used again within its minute.
  const client = new Client(near, quick ? 1 : 2);
  try {
    figures.push(...(await throughputFigures(client, quick ? 1 : 3, tell)));
    figures.push(...(await latencyFigures(client, new Client(far, quick ? 2 : 6), size, tell)));
  } finally {
    await near.stop();
    await far.stop();
  }
  return figures;
}

export class Client {
  readonly #server: Running<Served>;
  readonly seconds: number;
  #turn = 0;

  constructor(server: Running<Served>, seconds: number) {
    this.#server = server;
    this.seconds = seconds;
  }

  /** Asks for paths in turn; each key for as many as a minute allows. */
  ask(
    connections: number,
    count: number,
    path: (index: number) => string,
    pause?: number,
  ): Promise<LoadResult> {
    const { keys, port } = this.#server.told;
    const requests = Array.from({ length: count }, (_, index) => {
      if (index % 900 === 0) this.#turn = (this.#turn + 1) % keys.length;
      const key = keys[this.#turn]!;
      return `GET ${path(index)} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${key}\r\n\r\n`;
    });
    return load({
      port,
      connections,
      seconds: this.seconds,
      expect: 200,
      requests,
      ...(pause !== undefined && { pause }),
    });
  }

  /** The times of the oldest and the newest version. */
  async stamps(): Promise<readonly [oldest: number, newest: number]> {
    const modified = async (query: string): Promise<number> => {
      const headers = { authorization: `Bearer ${this.#server.told.keys[0]!}` };
      const url = `http://127.0.0.1:${this.#server.told.port}/api/v1/iocs?limit=1${query}`;
      const { data } = (await (await fetch(url, { headers })).json()) as { data: { modified: string }[] };
      return Date.parse(data[0]!.modified);
    };
    return [await modified('&since=2020-01-01'), await modified('')];
  }
}

/** Bytes a second of each format of ten thousand IOCs, against those of the bundle, from the cache and without it. */
async function throughputFigures(client: Client, rounds: number, tell: Tell): Promise<Figure[]> {
  const [oldest, newest] = await client.stamps();
  let turn = 0;
  const since = (): string => {
    turn = (turn + 7_919) % (newest - oldest - 11_000);
    return `&since=${new Date(oldest + turn).toISOString()}`;
  };
  const hot = (path: string): Promise<LoadResult> => client.ask(2, 40_000, () => path);
  const cold = (path: string): Promise<LoadResult> => client.ask(2, 4_000, () => path + since());
  const figures: Figure[] = [];
  for (const [name, ask] of [
    ['hot', hot],
    ['cold', cold],
  ] as const) {
    for (const format of FORMATS) {
      tell(`${name}: a list of 10,000 as ${format}, against the bundle`);
      const list = `/api/v1/iocs?limit=10000&format=${format}`;
      await ask(BUNDLE);
      const pairs: (readonly [LoadResult, LoadResult])[] = [];
      for (let index = 0; index < rounds; index += 1) pairs.push([await ask(list), await ask(BUNDLE)]);
      const rates = pairs.map(([ours, theirs]) => [ours.bytes, theirs.bytes] as const);
      const [mine, bundle] = [0, 1].map((side) =>
        median(rates.map((pair) => pair[side]! / client.seconds / 1e6)),
      );
      tell(`${name} ${format}: ${round(mine!)} MB/s against ${round(bundle!)} MB/s`);
      const lists = median(pairs.map(([ours]) => ours.perSecond));
      figures.push({
        name: `${name}, list of 10,000 as ${format}, bytes a second against the bundle's`,
        measured: `${round(mine!)} MB/s (${round(lists)} lists/s) against ${round(bundle!)} MB/s`,
        value: median(rates.map(([ours, theirs]) => ours / theirs)),
        bar: { atLeast: 0.5 },
      });
    }
  }
  return figures;
}

/** Parts of values: rare, frequent, of no value, and such that many values have all their trigrams. */
const PARTS = [
  'files/12345',
  'host-77',
  'example.com',
  '192.0.2.1',
  'http://',
  'abcdef',
  '.sh/files',
  'deadbeef',
];

async function latencyFigures(near: Client, far: Client, size: number, tell: Tell): Promise<Figure[]> {
  const stored = `${size.toLocaleString('en')} stored`;
  tell(`look-up, search and statistics at ${stored}`);
  const look = await far.ask(
    1,
    90_000,
    (index) => `/api/v1/lookup?value=host-${(index * 7_919) % size}.example.com`,
  );
  const search = await far.ask(1, 9_000, (index) => {
    const part = PARTS[index % PARTS.length]!;
    return `/api/v1/iocs/search?q=${encodeURIComponent(index % 2 === 0 ? part : `${part}${index % 10}`)}`;
  });
  const filters = IOC_TYPES.flatMap((type) =>
    ['low', 'medium', 'high'].map((level) => `type=${type}&confidence=${level}`),
  );
  const count = await far.ask(
    1,
    9_000,
    (index) => `/api/v1/iocs/count?${filters[index % filters.length]!}`,
    2,
  );
  // An answer is remembered for a second: the slowest is one that was read anew.
  const statistics = (client: Client): Promise<LoadResult> =>
    client.ask(1, 9_000, () => '/api/v1/iocs/stats', 2);
  const [few, many] = [await statistics(near), await statistics(far)];
  return [
    {
      name: `exact look-up at ${stored}, p99 in ms`,
      measured: `p50 ${round(look.p50)} ms, greatest ${round(look.max)} ms`,
      value: look.p99,
      bar: { atMost: 3 },
    },
    {
      name: `search for a part at ${stored}, p99 in ms`,
      measured: `p50 ${round(search.p50)} ms, greatest ${round(search.max)} ms, of ${PARTS.length * 2} kinds of parts`,
      value: search.p99,
      bar: { atMost: 150 },
    },
    {
      name: `count of a filter by type and confidence at ${stored}, p99 in ms`,
      measured: `p50 ${round(count.p50)} ms, greatest ${round(count.max)} ms`,
      value: count.p99,
      bar: { atMost: 25 },
    },
    {
      name: `statistics at ${stored}, the slowest answer in ms`,
      measured: `against ${round(few.max)} ms at 100,000 stored`,
      value: many.max,
      bar: { atMost: 25 },
    },
  ];
}
