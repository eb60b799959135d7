/**
 * Asks this server with the clients that others wrote: OASIS's TAXII client, STIX library, validator and pattern
 * grammar, MISP's importer and OpenCTI's, from PyPI in virtual environments of their own. Where these cannot be had, as PyPI is out of
 * reach, it says so and is no failure; where PyPI answers and they cannot be installed, it is one. Run by `npm run test:interop`; `PYTHON` names another interpreter than python3.
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
import { pythonEnvironment, type PythonEnvironment } from '../python-environment.ts';
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
  readonly name: string;
  readonly environment: PythonEnvironment;
}

async function suite(name: string): Promise<Suite> {
  return { name, environment: await pythonEnvironment(join(ENVIRONMENTS, name), join(HERE, `${name}.txt`)) };
}

interface ReadySuite {
  readonly name: string;
  readonly python: string;
}

function ready({ name, environment }: Suite): readonly ReadySuite[] {
  return environment.state === 'ready' ? [{ name, python: environment.python }] : [];
}

/** Serves the sample on loopback while the clients ask, one suite after the other; returns the names of those that failed. */
async function ask(suites: readonly ReadySuite[]): Promise<string[]> {
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
      if (!(await passes(python, [join(HERE, `${name}.py`), url, text]))) failed.push(name);
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
const formats = await suite('formats');
const asking = suites.flatMap(ready);
const failed = asking.length > 0 ? await ask(asking) : [];
for (const { python } of ready(formats)) {
  const file = join(ROOT, 'test/render/formats/independent.test.ts');
  const env = { ...process.env, PYTHON: python };
  const tests = spawn(process.execPath, ['--test', file], { stdio: 'inherit', env, timeout: LONGEST });
  if (((await once(tests, 'exit')) as [number | null])[0] !== 0) failed.push(formats.name);
}
const say = (line: string): boolean => process.stderr.write(`interop: ${line}\n`);
for (const { name, environment } of [...suites, formats]) {
  if (environment.state === 'missing') say(`${name} was not tested: ${environment.reason}.`);
  if (environment.state !== 'failed') continue;
  failed.push(name);
  say(`${name} could not be installed, though PyPI answers:\n${environment.reason}`);
}
if (failed.length > 0) {
  say(`${failed.join(', ')} failed, see above.`);
  process.exitCode = 1;
}
