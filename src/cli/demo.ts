import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { loadConfig } from '../config.ts';
import { takeIn } from '../feeds/take-in.ts';
import { hashPassword } from '../model/password.ts';
import { csv } from '../parse/csv.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { DEMO_LABS, demoArticle } from './demo-article.ts';
import { demoSamples } from './demo-samples.ts';
import { addKey, SERVER_HELP, SERVER_OPTIONS, serveUntilStopped } from './serve.ts';
import { overridesOf } from './store.ts';

/** `demo`: a server with sample indicators, in a directory that is gone when it stops. */
export const demoCommand: Command = {
  name: 'demo',
  summary:
    'Run a server with sample indicators of all ten types, and print keys, an account and requests to try.',
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
        const password = await addAccount(store, terminal);
        const onListening = (url: string): void => {
          terminal.write(welcome(url, samples, { pro, free, password })).catch(() => undefined);
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
  const { article, sightings } = demoArticle(now);
  const reports = await store.beginRun(DEMO_LABS, 'sample report', now);
  await store.ingest(reports, sightings, now, undefined, [article]);
  await store.endRun(reports, terminal.clock());
  return added;
}

/** Who signs in to the console: its keys are those that are printed. */
const ACCOUNT = 'default';

/** Makes the account and returns its password, which nobody else knows. */
async function addAccount(store: Store, terminal: Terminal): Promise<string> {
  const password = randomBytes(12).toString('base64url');
  const hashed = await hashPassword(password);
  await store.createAccount({ name: ACCOUNT, tier: 'pro', password: hashed }, terminal.clock());
  return password;
}

interface Secrets {
  readonly pro: string;
  readonly free: string;
  readonly password: string;
}

function welcome(url: string, samples: number, { pro, free, password }: Secrets): string {
  const endpoint = `${url}/api/v1/iocs/stix`;
  const ask = (what: string, key: string | undefined, at: string, more = ''): string =>
    `# ${what}\ncurl -s ${key === undefined ? '' : `-H "Authorization: Bearer ${key}" `}${more}"${at}"\n`;
  const get = (what: string, key: string | undefined, query = '', more = ''): string =>
    ask(what, key, endpoint + query, more);
  return [
    `SOC Defenders serves ${samples} sample indicators at ${url}`,
    '',
    `  Pro key   ${pro}`,
    `  Free key  ${free}`,
    '',
    `  In a browser, the API to read and to try:  ${url}/docs`,
    `  In a browser, the console:                 ${url}/console/`,
    `    account ${ACCOUNT}, password ${password}`,
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
    ask('a list of IOCs, with a Free key too', free, `${url}/api/v1/iocs?type=domain&limit=5`),
    ask(
      'all that is known of one value, written as reports write it',
      free,
      `${url}/api/v1/lookup?value=cdn-update%5B.%5Dexample%5B.%5Dnet`,
    ),
    ask('the reports that IOCs were found in', free, `${url}/api/v1/articles`),
    ask('a list as a firewall fetches it', pro, `${url}/api/v1/iocs/firewall?profile=paloalto-domain`),
    ask(
      'the collections of the TAXII 2.1 server',
      pro,
      `${url}/api/taxii2/api/collections/`,
      '-H "Accept: application/taxii+json;version=2.1" ',
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
