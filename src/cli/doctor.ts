import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { type Config, ConfigError, credentialOf, isSecret, loadConfig, SETTINGS } from '../config.ts';
import { formatTimestamp } from '../model/time.ts';
import { hasSqliteStore } from '../store/sqlite/open.ts';
import { type Store, StoreError } from '../store/store.ts';
import { type Command, EXIT, type Terminal, textOption, UsageError, type Values } from './command.ts';
import { feedFindings } from './doctor-feeds.ts';
import type { Finding } from './finding.ts';
import { openStore, STORE_HELP, STORE_OPTIONS } from './store.ts';
import { VERSION } from './version.ts';

const GIGABYTE = 1024 ** 3;

/** How settings end that name a file with a secret. */
const FILE = '_FILE';

/** `doctor`: what is configured, what is wrong, how to mend it. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Tell what is configured and what is wrong, with the remedy.',
  synopsis: '[options]',
  options: { ...STORE_OPTIONS, json: { type: 'boolean' } },
  help: { ...STORE_HELP, json: 'print each finding as a line of JSON' },
  examples: ['soc-defenders doctor', 'soc-defenders doctor --json | jq "select(.state != \\"ok\\")"'],
  async run(values, operands, terminal) {
    if (operands.length > 0)
      throw new UsageError(`doctor: ${operands[0]} is not an option. See: soc-defenders doctor --help`);
    const findings: Finding[] = [
      ['ok', `soc-defenders ${VERSION} on Node ${process.version}, SQLite ${process.versions.sqlite}`],
    ];
    const config = configuration(values, terminal, findings);
    if (config !== undefined) {
      directory(config, findings);
      await storeFindings(config, values, terminal, findings);
    }
    for (const [state, what, remedy] of findings) {
      const line =
        values.json === true ? JSON.stringify({ state, what, remedy }) : textLine(state, what, remedy);
      await terminal.write(`${line}\n`);
    }
    return findings.some(([state]) => state === 'bad') ? EXIT.unhealthy : EXIT.ok;
  },
};

function textLine(state: string, what: string, remedy: string | undefined): string {
  return `${state.padEnd(4)}  ${what}${remedy === undefined ? '' : `\n      → ${remedy}`}`;
}

function configuration(values: Values, terminal: Terminal, findings: Finding[]): Config | undefined {
  const data = textOption(values, 'data');
  try {
    const config = loadConfig(terminal.env, data === undefined ? {} : { SOC_DATA_DIR: data });
    for (const { name, fallback } of SETTINGS) {
      const set = name === 'SOC_DATA_DIR' && data !== undefined ? data : terminal.env[name];
      const shown = set && isSecret(name) ? 'set (not shown)' : set;
      findings.push([
        'ok',
        `${name} is ${shown || (fallback === '' ? 'empty' : fallback)}${set ? '' : ' (default)'}`,
      ]);
    }
    // Feeds read them when they run: what is wrong is told here.
    for (const { name } of SETTINGS.filter(({ name: file }) => file.endsWith(FILE)))
      credentialOf(terminal.env, name.slice(0, -FILE.length));
    if (!isLoopback(config.host) && config.trustProxy.length === 0) {
      const remedy =
        'put a reverse proxy with TLS in front and name it in SOC_TRUST_PROXY, or bind to 127.0.0.1';
      findings.push(['warn', `keys travel unencrypted to ${config.host}:${config.port}`, remedy]);
    }
    const { admin } = config;
    if (admin !== undefined && !isLoopback(admin.host)) {
      const what = `health and metrics are told to whoever reaches ${admin.host}:${admin.port}`;
      findings.push(['warn', what, 'let only your monitoring reach it, or set SOC_ADMIN_HOST to 127.0.0.1']);
    }
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.push(['bad', error.message, 'correct the setting: docs/configuration.md lists them all']);
    return undefined;
  }
}

function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === '::1' || host === 'localhost';
}

function directory({ dataDirectory }: Config, findings: Finding[]): void {
  if (!existsSync(dataDirectory)) {
    findings.push([
      'warn',
      `the data directory ${dataDirectory} is not there yet`,
      'serve and import make it',
    ]);
    return;
  }
  try {
    accessSync(dataDirectory, constants.W_OK);
  } catch {
    findings.push([
      'bad',
      `the data directory ${dataDirectory} cannot be written`,
      'give it to the user that runs the server',
    ]);
    return;
  }
  if (isOpenToOthers(dataDirectory))
    findings.push([
      'warn',
      `everybody on this machine can read the store in ${dataDirectory}`,
      `take that from them: chmod -R o= ${dataDirectory}`,
    ]);
  const { bavail, bsize } = statfsSync(dataDirectory);
  const free = (bavail * bsize) / GIGABYTE;
  const what = `${free.toFixed(1)} GB free in ${dataDirectory}`;
  findings.push(free < 1 ? ['bad', what, 'free some space: a full disk stops every import'] : ['ok', what]);
}

/** Whether others than the owner and the group may read files of a directory. */
function isOpenToOthers(directory: string): boolean {
  if (process.platform === 'win32' || (statSync(directory).mode & 0o001) === 0) return false;
  return readdirSync(directory)
    .filter((name) => /\.sqlite(?:-wal)?$/.test(name))
    .some((name) => (statSync(join(directory, name)).mode & 0o004) !== 0);
}

async function storeFindings(
  config: Config,
  values: Values,
  terminal: Terminal,
  findings: Finding[],
): Promise<void> {
  const { dataDirectory } = config;
  if (!existsSync(dataDirectory)) return;
  if (statSync(dataDirectory).isDirectory() && !hasSqliteStore(dataDirectory)) {
    findings.push(['warn', `there is no store in ${dataDirectory} yet`, 'serve and import make it']);
    return;
  }
  let store: Store;
  try {
    store = await openStore(values, terminal, 'in-thread');
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    findings.push([
      'bad',
      `the store cannot be opened: ${error.message}`,
      'see docs/operating.md, “When the store does not open”',
    ]);
    return;
  }
  try {
    await inspect(store, terminal, findings);
    findings.push(...(await feedFindings(store, config, terminal.clock())));
  } finally {
    await store.close();
  }
}

async function inspect(store: Store, terminal: Terminal, findings: Finding[]): Promise<void> {
  const now = terminal.clock();
  const health = await store.health();
  findings.push([
    'ok',
    `${health.indicators.toLocaleString('en')} IOCs in ${health.location}, schema ${health.schemaVersion}`,
  ]);
  const { complete, listed, known } = health.lists;
  if (!complete) {
    const far = `${listed.toLocaleString('en')} of ${known.toLocaleString('en')}`;
    findings.push(['ok', `lists have ${far} IOCs so far: a server fills them while it runs`]);
  }
  const ahead = health.lastStamp - now;
  if (ahead > 3_600_000) {
    const what = `the newest version is stamped ${formatTimestamp(health.lastStamp)}, ahead of the clock`;
    findings.push([
      'bad',
      what,
      'the clock was wrong once, or is now: nothing new is visible before that time',
    ]);
  } else if (ahead > 5_000) {
    findings.push([
      'warn',
      `${Math.ceil(ahead / 1000)} s of publications are still to become visible`,
      'wait: a thousand versions a second',
    ]);
  }
  const keys = await store.listKeys();
  const active = keys.filter((key) => key.revokedAt === undefined && (key.expiresAt ?? Infinity) > now);
  if (active.length === 0)
    findings.push(['warn', 'there is no API key in force', 'make one: soc-defenders key create']);
  else findings.push(['ok', `${active.length} API ${active.length === 1 ? 'key' : 'keys'} in force`]);
  for (const key of active.filter(({ expiresAt }) => (expiresAt ?? Infinity) - now < 14 * 86_400_000)) {
    findings.push([
      'warn',
      `key ${key.prefix}… (${key.name}) expires ${formatTimestamp(key.expiresAt!)}`,
      key.successor === undefined
        ? 'make its successor in time: soc-defenders key rotate'
        : 'it was replaced: see that all its clients use the successor',
    ]);
  }
  // Those of feeds are told with their feeds.
  const run = (await store.listRuns(50)).find(({ feed }) => feed === undefined);
  if (run?.state === 'failed')
    findings.push([
      'warn',
      `the last import (${run.input}) failed: ${run.failure}`,
      `see: soc-defenders runs ${run.id}`,
    ]);
  else if (run !== undefined && run.endedAt === undefined)
    findings.push([
      'warn',
      `the last import (${run.input}), begun ${formatTimestamp(run.startedAt)}, has not ended`,
      'unless it still runs it was cut off: what it took is kept; import the file again for the rest',
    ]);
}
