import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { pythonEnvironment } from '../scripts/python-environment.ts';
import { prepareStore } from './data.ts';
import { start } from './processes.ts';
import { type Figure, round } from './report.ts';

interface Served {
  readonly port: number;
  readonly keys: readonly string[];
}

type Tell = (text: string) => void;

/** Asks for one page, and reads all of it. */
type Ask = (query: string) => Promise<string>;

const OBJECTS = 1_000;
const OURS = '/api/taxii2/api/collections/all/';
const THEIRS = '/api/collections/627795c0-1220-4415-8b71-759d8cc0a614/';
const ACCEPT = 'application/taxii+json;version=2.1';
const PASSWORD = 'bench';

const NAMES = { whole: 'one page with all', poll: 'pages of 100, each from another time on,' } as const;
const KINDS = ['whole', 'poll'] as const;

/** A demonstration is to be beaten by far: the bar is there to notice that something is wrong. */
const BAR = { atLeast: 10 } as const;

/**
 * Pages a second against those of the reference server of OASIS, medallion with its memory backend, which is given the same thousand objects.
 * One client asks both, a page at a time, and what it needs itself counts against ours. Where medallion cannot be had, the figures say so.
 */
export async function medallionFigures(work: string, tell: Tell): Promise<Figure[]> {
  const requirements = fileURLToPath(new URL('medallion.txt', import.meta.url));
  const environment = await pythonEnvironment(join(work, 'medallion'), requirements);
  if (environment.state !== 'ready') {
    const measured = 'not measured: medallion could not be installed from PyPI';
    return KINDS.map((kind) => ({ name: nameOf(kind), measured, value: NaN, bar: BAR }));
  }
  // The identity and the TLP definitions are objects too.
  const directory = join(work, 'store-995');
  await prepareStore(directory, OBJECTS - 5, tell);
  const ours = await start<Served>('server.ts', [directory]);
  try {
    const { port, keys } = ours.told;
    let turn = 0;
    const askOurs: Ask = (query) => {
      // A key may ask a thousand times a minute.
      const key = keys[Math.floor((turn += 1) / 900) % keys.length]!;
      return ask(`http://127.0.0.1:${port}${OURS}${query}`, `Bearer ${key}`);
    };
    const theirs = await startMedallion(
      environment.python,
      join(work, 'medallion-data'),
      await seedOf(askOurs),
    );
    try {
      return await figuresOf(askOurs, theirs.ask, tell);
    } finally {
      theirs.stop();
    }
  } finally {
    await ours.stop();
  }
}

async function figuresOf(ours: Ask, theirs: Ask, tell: Tell): Promise<Figure[]> {
  const whole = `objects/?limit=${OBJECTS}`;
  const [mine, other] = [idsOf(await ours(whole)), idsOf(await theirs(whole))];
  if (mine.length !== OBJECTS || mine.join() !== other.join())
    throw new Error(`medallion has ${other.length} objects, and we have ${mine.length}, or others`);
  const entries = JSON.parse(await ours(`manifest/?limit=${OBJECTS}`)) as Manifest;
  const times = entries.objects.slice(100, 800).map((entry) => entry.date_added);
  const poll = (turn: number): string =>
    `objects/?limit=100&added_after=${times[(turn * 7) % times.length]!}`;
  const queries = { whole: () => whole, poll };
  const figures: Figure[] = [];
  for (const kind of KINDS) {
    tell(nameOf(kind));
    const [our, their] = [await rate(ours, queries[kind]), await rate(theirs, queries[kind])];
    const measured = `${round(our)} pages/s against ${round(their)}`;
    figures.push({ name: nameOf(kind), measured, value: our / their, bar: BAR });
  }
  return figures;
}

function nameOf(kind: keyof typeof NAMES): string {
  return `TAXII: ${NAMES[kind]} of 1,000, pages a second against medallion's with the same`;
}

/** Pages a second that one client reads, one after the other. */
async function rate(page: Ask, query: (turn: number) => string): Promise<number> {
  const began = performance.now();
  let turn = 0;
  while (performance.now() - began < 3_000) await page(query((turn += 1)));
  return turn / ((performance.now() - began) / 1_000);
}

async function ask(url: string, authorization: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization, accept: ACCEPT } });
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return await answer.text();
}

interface Manifest {
  readonly objects: readonly { readonly id: string; readonly date_added: string; readonly version: string }[];
}

function idsOf(envelope: string): string[] {
  return (JSON.parse(envelope) as { objects: { id: string }[] }).objects.map(({ id }) => id);
}

/** What medallion's memory backend is filled with: all that we serve, added when it was added here. */
async function seedOf(ours: Ask): Promise<object> {
  const { objects } = JSON.parse(await ours(`objects/?limit=${OBJECTS}`)) as { objects: object[] };
  const manifest = (JSON.parse(await ours(`manifest/?limit=${OBJECTS}`)) as Manifest).objects;
  const mediaTypes = ['application/stix+json;version=2.1'];
  const collection = {
    id: THEIRS.split('/').at(-2),
    title: 'All indicators',
    can_read: true,
    can_write: false,
    media_types: mediaTypes,
    objects,
    manifest,
  };
  const information = { title: 'Bench', versions: [ACCEPT], max_content_length: 10_000_000 };
  return {
    '/discovery': { title: 'Bench', default: '/api/', api_roots: ['/api/'] },
    api: { information, status: [], collections: [collection] },
  };
}

async function startMedallion(
  python: string,
  directory: string,
  seed: object,
): Promise<{ readonly ask: Ask; stop(): void }> {
  mkdirSync(directory, { recursive: true });
  const [filename, config] = [join(directory, 'seed.json'), join(directory, 'config.json')];
  writeFileSync(filename, JSON.stringify(seed));
  const module = 'medallion.backends.memory_backend';
  const backend = { module, module_class: 'MemoryBackend', filename };
  writeFileSync(
    config,
    JSON.stringify({ backend, users: { any: PASSWORD }, taxii: { max_page_size: OBJECTS } }),
  );
  const port = await freePort();
  const child = spawn(join(dirname(python), 'medallion'), ['--port', String(port), config], {
    stdio: 'ignore',
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const authorization = `Basic ${Buffer.from(`any:${PASSWORD}`).toString('base64')}`;
  const theirs: Ask = (query) => ask(`http://127.0.0.1:${port}${THEIRS}${query}`, authorization);
  for (let tries = 0; ; tries += 1) {
    try {
      await theirs('objects/?limit=1');
      return { ask: theirs, stop: kill };
    } catch (error) {
      if (tries === 100 || child.exitCode !== null) throw error;
      await wait(100);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
