/**
 * Asks this server with the clients that others wrote: OASIS's TAXII client, STIX library, validator and pattern
 * grammar, and MISP's importer, from PyPI in a virtual environment of their own. Says so and stops where PyPI is out of reach.
 * Run by `npm run test:interop`; `PYTHON` names another interpreter than python3.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { enrich } from '../../src/enrich/enrich.ts';
import { takeContribution } from '../../src/feeds/contribute.ts';
import { buildGate } from '../../src/gate/build.ts';
import { buildApp } from '../../src/http/app.ts';
import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { makeApiKey } from '../../src/model/api-key.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { createLog } from '../../src/observe/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { fillSample } from './sample.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REQUIREMENTS = join(HERE, 'requirements.txt');

/** Kept between runs; `.gitignore` names it. */
const ENVIRONMENT = join(ROOT, '.interop');

/** The interpreter with the clients installed; undefined where they cannot be had. */
function environment(): string | undefined {
  const python = join(ENVIRONMENT, 'bin', 'python');
  const installed = join(ENVIRONMENT, 'installed.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return python;
  const made = spawnSync(process.env.PYTHON ?? 'python3', ['-m', 'venv', '--clear', ENVIRONMENT], {
    stdio: 'inherit',
  });
  if (made.status !== 0) return undefined;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  if (spawnSync(python, pip, { stdio: 'inherit' }).status !== 0) return undefined;
  writeFileSync(installed, wanted);
  return python;
}

/** Serves the sample on loopback while the clients ask; returns their exit code. */
async function ask(python: string): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-interop-'));
  const clock = Date.now;
  const store = await openSqliteStore({ directory, producer: SOC_DEFENDERS, clock, writer: 'in-thread' });
  const log = createLog({ level: 'warn' });
  const gate = buildGate({
    warninglists: [],
    operator: [],
    now: clock(),
    documentation: 'pass',
    version: 'interop',
  });
  const screening = { enrich, gate };
  const app = buildApp({
    store,
    config: HTTP_DEFAULTS,
    clock,
    log,
    contribute: (contribution) => takeContribution(contribution, { store, clock, screening }),
  });
  try {
    await fillSample(store, Date.now());
    const { text, ...kept } = makeApiKey();
    const key = {
      ...kept,
      account: 'interop',
      name: 'interop',
      tier: 'pro' as const,
      allowedNetworks: [],
      canWrite: true,
    };
    await store.createKey(key, Date.now());
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const clients = spawn(python, [join(HERE, 'clients.py'), url, text], { stdio: 'inherit' });
    const [code] = (await once(clients, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await app.close();
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

const python = environment();
if (python === undefined) {
  process.stderr.write(
    'interop: the clients could not be installed (no python3 with venv, or PyPI out of reach): nothing was tested.\n',
  );
} else {
  process.exitCode = await ask(python);
}
