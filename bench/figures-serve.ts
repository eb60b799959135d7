import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { filterCombinations, prepareStore } from './data.ts';
import type { LoadResult, LoadTask } from './load.ts';
import { anonymousMemory, load, type Running, start, startNginx } from './processes.ts';
import { type Figure, median, round } from './report.ts';

const PATH = '/api/v1/iocs/stix';
const NGINX_PORT = 18_777;

interface Served {
  readonly port: number;
  readonly keys: readonly string[];
}

type Tell = (text: string) => void;

export const SERVE_PARTS = ['hot', 'cold', 'not-modified', 'growth', 'fairness'] as const;

/** The figures of serving: of all of `SERVE_PARTS`, or of those that `wanted` names. */
export async function serveFigures(
  work: string,
  quick: boolean,
  wanted: ReadonlySet<string>,
  tell: Tell,
): Promise<Figure[]> {
  const small = join(work, 'store-100k');
  const size = quick ? 300_000 : 1_000_000;
  const large = join(work, `store-${size}`);
  await prepareStore(small, 100_000, tell);
  if (wanted.has('growth') || wanted.has('fairness')) await prepareStore(large, size, tell);
  const figures: Figure[] = [];
  const server = await start<Served>('server.ts', [small]);
  const bench = new Bench(server, quick ? 1.5 : 4, quick ? 1 : 3);
  try {
    const body = await bench.body();
    writeFileSync(join(work, 'bundle.json'), body);
    writeFileSync(join(work, 'bundle.json.gz'), gzipSync(body, { level: 6 }));
    if (wanted.has('hot')) figures.push(...(await hotFigures(bench, work, tell)));
    if (wanted.has('cold')) figures.push(...(await coldFigures(bench, work, tell)));
    if (wanted.has('not-modified')) figures.push(await notModifiedFigure(bench, tell));
    if (wanted.has('growth')) {
      const grown = await start<Served>('server.ts', [large]);
      try {
        figures.push(await growthFigure(bench, new Bench(grown, bench.seconds, bench.rounds), tell));
      } finally {
        await grown.stop();
      }
    }
    if (wanted.has('fairness')) {
      // Anew, so that its memory is that of this load.
      const fresh = await start<Served>('server.ts', [large]);
      try {
        figures.push(...(await fairnessFigures(new Bench(fresh, quick ? 3 : 10, 1), size, tell)));
      } finally {
        await fresh.stop();
      }
    }
  } finally {
    await server.stop();
  }
  return figures;
}

class Bench {
  readonly server: Running<Served>;
  readonly seconds: number;
  readonly rounds: number;
  #key = 0;
  #stamps: { oldest: number; newest: number } | undefined;

  constructor(server: Running<Served>, seconds: number, rounds: number) {
    this.server = server;
    this.seconds = seconds;
    this.rounds = rounds;
  }

  /** One request as it goes over the wire. */
  request(query: string, key: string, headers = ''): string {
    return `GET ${PATH}?${query} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${key}\r\n${headers}\r\n`;
  }

  /** So many requests, each key used for as many in a row as a minute allows. */
  requests(count: number, query: (index: number) => string, headers = ''): string[] {
    const { keys } = this.server.told;
    return Array.from({ length: count }, (_, index) => {
      if (index % 900 === 0) this.#key = 1 + (this.#key % (keys.length - 1));
      return this.request(query(index), keys[this.#key]!, headers);
    });
  }

  async get(query: string, headers: Record<string, string> = {}): Promise<Response> {
    const { port, keys } = this.server.told;
    const url = `http://127.0.0.1:${port}${PATH}?${query}`;
    return await fetch(url, { headers: { authorization: `Bearer ${keys[0]!}`, ...headers } });
  }

  async body(): Promise<Buffer> {
    const response = await this.get('limit=10000', { 'accept-encoding': 'identity' });
    return Buffer.from(await response.arrayBuffer());
  }

  /** The stamps of the oldest and the newest version. */
  async stamps(): Promise<{ oldest: number; newest: number }> {
    if (this.#stamps !== undefined) return this.#stamps;
    const modified = async (query: string): Promise<number> => {
      const { objects } = (await (await this.get(query)).json()) as { objects: { modified: string }[] };
      return Date.parse(objects.at(-1)!.modified);
    };
    this.#stamps = { oldest: await modified('since=2020-01-01&limit=1'), newest: await modified('limit=1') };
    return this.#stamps;
  }

  run(
    task: Omit<LoadTask, 'port' | 'seconds' | 'expect'> & {
      port?: number;
      expect?: number;
      seconds?: number;
    },
  ): Promise<LoadResult> {
    return load({ port: this.server.told.port, seconds: this.seconds, expect: 200, ...task });
  }

  /** The median ratio over several rounds of a measure against its baseline, taken in turn. */
  async against(
    ours: () => Promise<LoadResult>,
    baseline: () => Promise<LoadResult>,
  ): Promise<{ ratio: number; measured: string }> {
    const pairs: [number, number][] = [];
    // Once unmeasured: both sides are compiled and warm when it counts.
    await baseline();
    await ours();
    for (let index = 0; index < this.rounds; index += 1) {
      const base = await baseline();
      pairs.push([(await ours()).perSecond, base.perSecond]);
    }
    const [mine, theirs] = [0, 1].map((side) => median(pairs.map((pair) => pair[side]!)));
    return {
      ratio: median(pairs.map(([our, their]) => our / their)),
      measured: `${round(mine!)} requests/s against ${round(theirs!)}`,
    };
  }
}

async function hotFigures(bench: Bench, work: string, tell: Tell): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, file, coding] of [
    ['hot, 10,000 indicators, against bare Node', 'bundle.json', undefined],
    ['hot with gzip, against bare Node', 'bundle.json.gz', 'gzip'],
  ] as const) {
    tell(name);
    const bare = await start<{ port: number }>('bare-server.ts', [
      'node',
      join(work, file),
      ...(coding ? [coding] : []),
    ]);
    const header = coding === undefined ? '' : `Accept-Encoding: ${coding}\r\n`;
    const requests = (): string[] => bench.requests(60_000, () => 'limit=10000', header);
    await bench.run({ connections: 2, requests: requests() });
    const { ratio, measured } = await bench.against(
      () => bench.run({ connections: 2, requests: requests() }),
      () => bench.run({ connections: 2, requests: requests().slice(0, 10), port: bare.told.port }),
    );
    await bare.stop();
    figures.push({ name, measured, value: ratio, bar: { atLeast: 0.7 } });
  }
  return figures;
}

async function coldFigures(bench: Bench, work: string, tell: Tell): Promise<Figure[]> {
  tell('cold: every request another since');
  const { oldest, newest } = await bench.stamps();
  let turn = 0;
  // Another since each time, over all rounds, with ten thousand versions after each.
  const requests = (): string[] =>
    bench.requests(4_000, () => {
      turn = (turn + 7_919) % (newest - oldest - 11_000);
      return `limit=10000&since=${new Date(oldest + turn).toISOString()}`;
    });
  const ours = (): Promise<LoadResult> => bench.run({ connections: 2, requests: requests() });
  const bare = await start<{ port: number }>('bare-server.ts', ['node', join(work, 'bundle.json')]);
  const againstNode = await bench.against(ours, () =>
    bench.run({ connections: 2, requests: requests().slice(0, 10), port: bare.told.port }),
  );
  await bare.stop();
  const figures: Figure[] = [
    {
      name: 'cold, 10,000 indicators, against bare Node',
      measured: againstNode.measured,
      value: againstNode.ratio,
      bar: { atLeast: 0.15 },
    },
  ];
  const nginx = startNginx(work, NGINX_PORT);
  if (nginx === undefined) {
    tell('nginx is not installed: not compared with it');
    return figures;
  }
  const fromFile = ['GET /bundle.json HTTP/1.1\r\nHost: bench\r\n\r\n'];
  const againstNginx = await bench.against(ours, () =>
    bench.run({ connections: 2, requests: fromFile, port: NGINX_PORT }),
  );
  nginx.stop();
  return [
    ...figures,
    {
      name: 'cold, 10,000 indicators, against nginx with a static file',
      measured: againstNginx.measured,
      value: againstNginx.ratio,
      bar: { atLeast: 0.45 },
    },
  ];
}

async function notModifiedFigure(bench: Bench, tell: Tell): Promise<Figure> {
  tell('not modified');
  const query = 'limit=10000&since=2020-01-01';
  const etag = (await bench.get(query, { 'accept-encoding': 'identity' })).headers.get('etag')!;
  const requests = (): string[] => bench.requests(100_000, () => query, `If-None-Match: ${etag}\r\n`);
  const empty = await start<{ port: number }>('bare-server.ts', ['fastify']);
  const { ratio, measured } = await bench.against(
    () => bench.run({ connections: 32, requests: requests(), expect: 304, seconds: 2 }),
    () =>
      bench.run({
        connections: 32,
        requests: ['GET / HTTP/1.1\r\nHost: bench\r\n\r\n'],
        port: empty.told.port,
      }),
  );
  await empty.stop();
  return {
    name: 'If-None-Match, against an empty fastify route',
    measured,
    value: ratio,
    bar: { atLeast: 0.5 },
  };
}

async function growthFigure(small: Bench, large: Bench, tell: Tell): Promise<Figure> {
  const worst = { ratio: 0, filter: '', measured: '' };
  for (const filter of filterCombinations()) {
    const { count } = await countOf(small, filter);
    const ratios: number[] = [];
    let text = '';
    // An answer of half a millisecond is soon disturbed: what looks high is measured for longer.
    for (let index = 0; index < 5 || (index < 15 && median(ratios) > 1.2); index += 1) {
      const [a, b] = [await coldTime(small, filter, count), await coldTime(large, filter, count)];
      ratios.push(b / a);
      text = `${round(b)} ms against ${round(a)} ms for ${count} indicators`;
    }
    const ratio = median(ratios);
    tell(`growth: ${filter || 'no filter'}: ${round(ratio)} (${text})`);
    if (ratio > worst.ratio) Object.assign(worst, { ratio, filter, measured: text });
  }
  return {
    name: `growth from 100,000 stored, the worst of ${filterCombinations().length} filters: ${worst.filter || 'none'}`,
    measured: worst.measured,
    value: worst.ratio,
    bar: { atMost: 1.3 },
  };
}

/** How many indicators both stores have for a filter in what is asked of them. */
async function countOf(bench: Bench, filter: string): Promise<{ count: number }> {
  const response = await bench.get(
    `limit=10000&format=objects&include_identity=false&since=2020-01-01&${filter}`,
  );
  const objects = (await response.json()) as object[];
  return { count: Math.max(1, Math.floor(objects.length * 0.8)) };
}

/** The median time of a cold answer with `count` indicators, one client at a time. */
async function coldTime(bench: Bench, filter: string, count: number): Promise<number> {
  const { oldest } = await bench.stamps();
  const shift = Math.floor(Math.random() * 1_000);
  const requests = bench.requests(5_400, (index) => {
    const since = new Date(oldest + shift + index * 3).toISOString();
    return `limit=${count}&since=${since}${filter === '' ? '' : `&${filter}`}`;
  });
  return (await load({ port: bench.server.told.port, connections: 1, seconds: 0.5, expect: 200, requests }))
    .p50;
}

async function fairnessFigures(bench: Bench, size: number, tell: Tell): Promise<Figure[]> {
  tell('a small poll beside two clients that pull 10,000 without pause');
  const { oldest, newest } = await bench.stamps();
  const cold = bench.requests(4_000, (index) => {
    return `limit=10000&since=${new Date(oldest + ((index * 7_919) % (newest - oldest - 11_000))).toISOString()}`;
  });
  const delta = bench.requests(
    2_000,
    (index) => `limit=100&since=${new Date(newest - 120 - (index % 50)).toISOString()}`,
  );
  let memory = 0;
  const watching = setInterval(() => {
    memory = Math.max(memory, anonymousMemory(bench.server.child.pid!) ?? 0);
  }, 100);
  const [pulls, polls] = await Promise.all([
    bench.run({ connections: 2, requests: cold }),
    bench.run({ connections: 1, requests: delta, pause: 20 }),
  ]);
  clearInterval(watching);
  return [
    {
      name: 'delta poll of 100 beside two cold clients, p99 in ms',
      measured: `p50 ${round(polls.p50)} ms, greatest ${round(polls.max)} ms, beside ${round(pulls.perSecond)} bundles/s`,
      value: polls.p99,
      bar: { atMost: 25 },
    },
    {
      name: `anonymous resident memory at ${size.toLocaleString('en')} stored under that load, MB`,
      measured: 'the greatest of samples every 100 ms',
      value: memory,
      bar: { atMost: 300 },
    },
  ];
}
