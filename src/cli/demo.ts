import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { loadConfig } from '../config.ts';
import { takeIn } from '../feeds/take-in.ts';
import { csv } from '../parse/csv.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { demoSamples } from './demo-samples.ts';
import { addKey, overridesOf, SERVER_HELP, SERVER_OPTIONS, serveUntilStopped } from './serve.ts';

/** `demo`: a server with sample indicators, in a directory that is gone when it stops. */
export const demoCommand: Command = {
  name: 'demo',
  summary: 'Run a server with sample indicators of all ten types, and print keys and requests to try.',
  synopsis: '[options]',
  options: { ...SERVER_OPTIONS },
  help: { ...SERVER_HELP },
  examples: ['soc-defenders demo', 'soc-defenders demo --port 0'],
  async run(values, operands, terminal) {
    if (operands.length > 0)
      throw new UsageError(`demo: ${operands[0]} is not an option. See: soc-defenders demo --help`);
    const directory = mkdtempSync(join(tmpdir(), 'soc-defenders-demo-'));
    try {
      const level = terminal.env.SOC_LOG_LEVEL ?? 'warn';
      const overrides = { ...overridesOf(values), SOC_DATA_DIR: directory, SOC_LOG_LEVEL: level };
      const config = loadConfig(terminal.env, overrides);
      const { producer } = config;
      const store = await openSqliteStore({
        directory,
        producer,
        clock: terminal.clock,
        writer: 'thread',
        readerThread: true,
      });
      try {
        const samples = await loadSamples(store, terminal);
        const pro = await addKey(store, 'pro', 'demo', terminal);
        const free = await addKey(store, 'free', 'demo', terminal);
        const onListening = (url: string): void => {
          terminal.write(welcome(url, samples, pro, free)).catch(() => undefined);
        };
        return await serveUntilStopped(store, config, terminal, { onListening });
      } finally {
        await store.close();
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function loadSamples(store: Store, terminal: Terminal): Promise<number> {
  const now = terminal.clock();
  const source = {
    name: 'Demo',
    url: 'https://feed.example.com/',
    category: 'community',
    tlp: 'clear',
    confidence: 50,
  } as const;
  const run = await store.beginRun(source, 'samples', now);
  const bytes = Readable.from([Buffer.from(demoSamples(now))]);
  const { added } = await takeIn(store, run, csv.read(bytes, { now }), { clock: terminal.clock });
  await store.endRun(run, terminal.clock());
  return added;
}

function welcome(url: string, samples: number, pro: string, free: string): string {
  const endpoint = `${url}/api/v1/iocs/stix`;
  const get = (what: string, key: string | undefined, query = '', more = ''): string =>
    `# ${what}\ncurl -s ${key === undefined ? '' : `-H "Authorization: Bearer ${key}" `}${more}"${endpoint}${query}"\n`;
  return [
    `SOC Defenders serves ${samples} sample indicators at ${url}`,
    '',
    `  Pro key   ${pro}`,
    `  Free key  ${free}`,
    '',
    'Try, in another terminal:',
    '',
    get('the current IOCs as a STIX 2.1 bundle', pro),
    get('only addresses and domains of high confidence', pro, '?type=ipv4,domain&confidence=high'),
    get(
      "exactly the standard's bundle, with malware, techniques and relationships",
      pro,
      '?include=related',
      '-H "Accept: application/stix+json;version=2.1" ',
    ),
    get(
      'what the energy sector should know, changed since a time',
      pro,
      '?industry=energy&since=2024-01-01T00:00:00Z',
    ),
    get('401: no key', undefined),
    get('403: the Free tier does not have this endpoint', free),
    get('400: a misspelt filter is refused, never ignored', pro, '?typ=ipv4'),
    `# 429: the Free tier may ask ten times a minute`,
    `for i in $(seq 11); do curl -s -o /dev/null -w "%{http_code} " -H "X-API-Key: ${free}" "${endpoint}"; done; echo`,
    '',
    'Stop with Ctrl-C: all of it is gone then. The real server: npm start',
    '',
  ].join('\n');
}
