import { type Config, loadConfig } from '../config.ts';
import { buildApp } from '../http/app.ts';
import { HTTP_DEFAULTS } from '../http/config.ts';
import { makeApiKey } from '../model/api-key.ts';
import type { TierName } from '../model/tier.ts';
import { createLog, type Log } from '../observe/log.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { siblingScript } from '../store/sqlite/thread-calls.ts';
import type { Store } from '../store/store.ts';
import { type Command, EXIT, type Terminal, UsageError, type Values } from './command.ts';
import { Contributions } from './contributions.ts';
import { FeedsService } from './feeds-service.ts';
import { openOperations } from './operations.ts';
import { overridesOf, STORE_HELP, STORE_OPTIONS } from './store.ts';
import { keepUp } from './upkeep.ts';

/** How often what has expired is told, and what no reader sees any more is cleared away, in milliseconds. */
const UPKEEP = 60_000;

export const SERVER_OPTIONS = { host: { type: 'string' }, port: { type: 'string' } } as const;
export const SERVER_HELP = {
  host: 'address to listen on; else SOC_HOST, or 127.0.0.1',
  port: 'port to listen on; else SOC_PORT, or 8080',
} as const;

/** `serve`: the server. */
export const serveCommand: Command = {
  name: 'serve',
  summary: 'Run the server. The first start makes the store and a Pro key, and shows the key once.',
  synopsis: '[options]',
  options: { ...STORE_OPTIONS, ...SERVER_OPTIONS },
  help: { ...STORE_HELP, ...SERVER_HELP },
  examples: [
    'soc-defenders serve',
    'soc-defenders serve --data /var/lib/soc-defenders --port 9000',
    'SOC_PRODUCER_NAME="Example CERT" soc-defenders serve',
  ],
  async run(values, operands, terminal) {
    if (operands.length > 0)
      throw new UsageError(`serve: ${operands[0]} is not an option. See: soc-defenders serve --help`);
    const config = loadConfig(terminal.env, overridesOf(values));
    const store = await openSqliteStore({
      directory: config.dataDirectory,
      producer: config.producer,
      clock: terminal.clock,
      writer: 'thread',
      readerThread: true,
    });
    try {
      if ((await store.listKeys()).length === 0) {
        const key = await addKey(store, 'pro', 'first key', terminal);
        terminal.say('Made the first API key, of the Pro tier. Keep it now: it is not shown again.');
        terminal.say(`  ${key}`);
      }
      return await serveUntilStopped(store, config, terminal, { feeds: feedsOf(values, config, terminal) });
    } finally {
      await store.close();
    }
  },
};

/** Makes a key and returns it whole. */
export async function addKey(
  store: Store,
  tier: TierName,
  name: string,
  terminal: Terminal,
): Promise<string> {
  const { text, prefix, hash } = makeApiKey();
  await store.createKey(
    { hash, prefix, account: 'default', name, tier, allowedNetworks: [] },
    terminal.clock(),
  );
  return text;
}

export interface ServingOptions {
  readonly onListening?: (url: string) => void;
  /** Starts what fetches feeds. */
  readonly feeds?: ((store: Store, log: Log) => FeedsService) | undefined;
}

const FEEDS_THREAD = siblingScript(import.meta.url, 'feeds-thread');

function feedsOf(values: Values, config: Config, { env, clock }: Terminal): ServingOptions['feeds'] {
  if (config.feeds === 'off') return undefined;
  const overrides = overridesOf(values);
  const pretty = process.stderr.isTTY;
  return (store, log) =>
    new FeedsService({ store, log, clock, env, overrides, pretty, script: FEEDS_THREAD });
}

/** Serves a store until the process is asked to stop, then lets answers under way finish. The store stays open. */
export async function serveUntilStopped(
  store: Store,
  config: Config,
  terminal: Terminal,
  { onListening = () => undefined, feeds }: ServingOptions = {},
): Promise<number> {
  const log = createLog({ level: config.logLevel, pretty: process.stderr.isTTY });
  const { producer, trustProxy, apiKeyInQuery, publicUrl, taxii, host, port } = config;
  let service: FeedsService | undefined;
  const operations = await openOperations(config, {
    store,
    clock: terminal.clock,
    feedsThread: () => service?.running,
  }).catch((error: unknown) => refuseAddress(error, config.admin!, 'SOC_ADMIN_PORT'));
  const contributions = new Contributions({
    env: terminal.env,
    overrides: { SOC_DATA_DIR: config.dataDirectory, SOC_LOG_LEVEL: config.logLevel },
    pretty: process.stderr.isTTY,
    log,
  });
  const app = buildApp({
    contribute: (contribution) => contributions.take(contribution),
    store,
    config: { ...HTTP_DEFAULTS, producer, trustProxy, apiKeyInQuery, publicUrl, taxii },
    clock: terminal.clock,
    log,
    meter: operations?.meter,
  });
  let keepingUp: Promise<void> | undefined;
  const upkeep = setInterval(() => {
    // What expired while no server ran may take longer than the interval.
    keepingUp ??= keepUp(store, { ...terminal, keepVersions: config.keepVersions, log }).finally(
      () => (keepingUp = undefined),
    );
  }, UPKEEP);
  try {
    const url = await app
      .listen({ host, port })
      .catch((error: unknown) => refuseAddress(error, { host, port }, '--port'));
    log.info('listening', { url, data: config.dataDirectory, admin: operations?.url });
    operations?.enter('serving');
    onListening(url);
    service = feeds?.(store, log);
    await stopped(terminal.signal);
    log.info('stopping');
    return EXIT.ok;
  } finally {
    // First, so that whoever spreads requests over several servers leaves this one out.
    operations?.enter('stopping');
    clearInterval(upkeep);
    try {
      await Promise.all([app.close(), service?.stop(), keepingUp]);
    } finally {
      await contributions.stop();
      await operations?.close();
      log.flush();
    }
  }
}

/** Says why the system does not let us listen there, and what to do; `choice` is where another port is chosen. */
function refuseAddress(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
  choice: string,
): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} of ${host} is taken: choose another with ${choice}, or 0 for any`,
    EACCES: `port ${port} needs more rights: choose one from 1024 on`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `${host} is not an address of this machine`,
  };
  throw new UsageError(`serve: ${reasons[code ?? ''] ?? message}.`);
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
