/**
 * Asks this server with the clients that others wrote: OASIS's TAXII client, STIX library, validator and pattern
 * grammar, MISP's importer and OpenCTI's, from PyPI in virtual environments of their own. Where these cannot be had, as PyPI is out of
 * reach, it says so and is no failure. Run by `npm run test:interop`; `PYTHON` names another interpreter than python3.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
import { pythonEnvironment } from '../python-environment.ts';
import { fillSample } from './sample.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Kept between runs; `.gitignore` names it. */
const ENVIRONMENTS = join(ROOT, '.interop');

/** Each has a file of checks and one of requirements: MISP's and OpenCTI's packages want other versions of the same. */
const SUITES = ['clients', 'opencti'] as const;

/** No suite takes a minute; one that hangs is ended, and has failed. In milliseconds. */
const LONGEST = 300_000;

interface Suite {
  readonly name: (typeof SUITES)[number];
  /** The interpreter that has its requirements; undefined where they cannot be had. */
  readonly python: string | undefined;
}

async function suite(name: Suite['name']): Promise<Suite> {
  const python = await pythonEnvironment(join(ENVIRONMENTS, name), join(HERE, `${name}.txt`));
  return { name, python };
}

/** Serves the sample on loopback while the clients ask, one suite after the other; returns the names of those that failed. */
async function ask(suites: readonly Suite[]): Promise<string[]> {
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
    const failed: string[] = [];
    for (const { name, python } of suites) {
      if (!(await passes(python!, [join(HERE, `${name}.py`), url, text]))) failed.push(name);
    }
    return failed;
  } finally {
    await app.close();
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

async function passes(python: string, args: readonly string[]): Promise<boolean> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const clients = spawn(python, args, { stdio: 'inherit', env, timeout: LONGEST });
  const [code] = (await once(clients, 'exit')) as [number | null];
  return code === 0;
}

const suites = await Promise.all(SUITES.map(suite));
const parsers = await pythonEnvironment(join(ENVIRONMENTS, 'formats'), join(HERE, 'formats.txt'));
const ready = suites.filter(({ python }) => python !== undefined);
const failed = ready.length > 0 ? await ask(ready) : [];
if (parsers !== undefined) {
  const file = join(ROOT, 'test/render/formats/independent.test.ts');
  const env = { ...process.env, PYTHON: parsers };
  const tests = spawn(process.execPath, ['--test', file], { stdio: 'inherit', env, timeout: LONGEST });
  if (((await once(tests, 'exit')) as [number | null])[0] !== 0) failed.push('formats');
}
for (const { name, python } of [...suites, { name: 'formats', python: parsers }]) {
  if (python === undefined) {
    process.stderr.write(
      `interop: ${name} was not tested: it could not be installed (no python3 with venv, or PyPI is out of reach).\n`,
    );
  }
}
for (const name of failed) process.stderr.write(`interop: checks of ${name} failed, see above.\n`);
if (failed.length > 0) process.exitCode = 1;
