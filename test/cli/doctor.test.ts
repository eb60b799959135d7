import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';

import { SETTINGS } from '../../src/config.ts';
import { type Bench, bench, jsonLines, type RunOptions } from './commands.ts';

interface Finding {
  readonly state: 'ok' | 'warn' | 'bad';
  readonly what: string;
  readonly remedy?: string;
}

async function examine({ run }: Bench, options: RunOptions = {}) {
  const { code, out, talk } = await run(['doctor', '--json'], options);
  assert.equal(talk, '');
  const findings = jsonLines<Finding>(out);
  for (const { state, remedy } of findings) assert.equal(remedy === undefined, state === 'ok');
  const find = (pattern: RegExp): Finding | undefined => findings.find(({ what }) => pattern.test(what));
  return {
    code,
    findings,
    find,
    worst: (state: Finding['state']) => findings.filter((f) => f.state === state),
  };
}

test('a healthy store has nothing but good findings, and exit code 0', async (t) => {
  const here = bench(t);
  await here.run(['key', 'create']);
  await here.run(['import', here.file('list.txt', '192.0.2.1\n198.51.100.1\n')]);
  const { code, findings, find } = await examine(here);
  assert.equal(code, 0);
  assert.deepEqual(new Set(findings.map(({ state }) => state)), new Set(['ok']));
  assert.ok(find(/^2 IOCs in .*, schema \d+$/));
  assert.ok(find(/^1 API key in force$/));
  for (const { name } of SETTINGS) assert.ok(find(new RegExp(`^${name} is `)), name);
});

test('as text, each finding is a line with its remedy below', async (t) => {
  const { run, directory } = bench(t);
  const { code, out } = await run(['doctor', '--data', join(directory, 'none')]);
  assert.equal(code, 0);
  assert.match(out, /^ok {4}soc-defenders \d/);
  assert.match(
    out,
    /\nwarn {2}the data directory .*none is not there yet\n {6}→ serve and import make it\n$/,
  );
  assert.match(
    (await run(['doctor', '--data', directory])).out,
    /\nwarn {2}there is no store in .+ yet\n {6}→ serve and import make it\n$/,
  );
});

test('a wrong setting is bad, and told with what it may be', async (t) => {
  for (const [env, reason] of [
    [{ SOC_PORT: 'http' }, /SOC_PORT: "http" is not a port/],
    [{ SOC_PROT: '8080' }, /SOC_PROT: no such setting/],
  ] as const) {
    const { code, worst } = await examine(bench(t), { env });
    assert.equal(code, 4);
    assert.match(worst('bad')[0]!.what, reason);
  }
});

test('an address that all can reach without a proxy is a warning', async (t) => {
  const here = bench(t);
  const { code, find } = await examine(here, { env: { SOC_HOST: '0.0.0.0' } });
  assert.equal(code, 0);
  assert.equal(find(/keys travel unencrypted to 0\.0\.0\.0:8080/)?.state, 'warn');
  const proxied = await examine(here, { env: { SOC_HOST: '0.0.0.0', SOC_TRUST_PROXY: '192.0.2.1' } });
  assert.equal(proxied.find(/unencrypted/), undefined);
});

test('health and metrics that all can reach are a warning', async (t) => {
  const here = bench(t);
  const open = await examine(here, { env: { SOC_ADMIN_PORT: '9090', SOC_ADMIN_HOST: '0.0.0.0' } });
  assert.equal(open.code, 0);
  assert.equal(open.find(/whoever reaches 0\.0\.0\.0:9090/)?.state, 'warn');
  for (const env of [{ SOC_ADMIN_PORT: '9090' }, { SOC_ADMIN_HOST: '0.0.0.0' }])
    assert.equal((await examine(here, { env })).find(/whoever reaches/), undefined);
});

test('a directory that cannot be written is bad', { skip: process.getuid?.() === 0 }, async (t) => {
  const here = bench(t);
  mkdirSync(here.data);
  chmodSync(here.data, 0o500);
  const { code, find } = await examine(here);
  chmodSync(here.data, 0o700);
  assert.equal(code, 4);
  assert.equal(find(/cannot be written/)?.state, 'bad');
});

test('a data directory that is a file is bad', async (t) => {
  const here = bench(t);
  here.file('data', 'not a directory');
  const { code, find } = await examine(here);
  assert.equal(code, 4);
  assert.equal(find(/the store cannot be opened/)?.state, 'bad');
});

test('a store of a newer program is bad, and left as it is', async (t) => {
  const here = bench(t);
  await here.makeStore();
  const path = join(here.data, 'indicators.sqlite');
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 9999');
  database.close();
  const { code, find } = await examine(here);
  assert.equal(code, 4);
  assert.match(find(/the store cannot be opened/)?.what ?? '', /newer/);
  for (const command of [
    ['import', here.file('a.txt', '192.0.2.1\n')],
    ['export'],
    ['key', 'list'],
    ['runs'],
  ]) {
    const refused = await here.run(command);
    assert.equal(refused.code, 1);
    assert.match(refused.talk, /^The store: .*newer/);
  }
});

test('a store of another producer is bad', async (t) => {
  const here = bench(t);
  await here.run(['import', here.file('a.txt', '192.0.2.1\n198.51.100.1\n')]);
  const { code, worst } = await examine(here, { env: { SOC_PRODUCER_NAME: 'Example CERT' } });
  assert.equal(code, 4);
  assert.match(worst('bad')[0]!.what, /the store cannot be opened/);
});

test('a store without a key in force is a warning, whether revoked, expired or never made', async (t) => {
  const here = bench(t);
  await here.makeStore();
  assert.equal((await examine(here)).find(/no API key in force/)?.state, 'warn');
  const { out } = await here.run(['key', 'create', '--expires', '2d']);
  assert.equal((await examine(here)).find(/expires \d{4}-/)?.state, 'warn');
  const later = await examine(here, { clock: () => Date.now() + 3 * 86_400_000 });
  assert.equal(later.find(/no API key in force/)?.state, 'warn');
  await here.run(['key', 'revoke', out.trim()]);
  const { code, find } = await examine(here);
  assert.equal(find(/no API key in force/)?.state, 'warn');
  assert.equal(code, 0);
});

test('an import that failed last is a warning that names its run, until one succeeds', async (t) => {
  const here = bench(t);
  const cut =
    '{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"indicator","pat';
  assert.equal((await here.run(['import', here.file('cut.json', cut)])).code, 3);
  const { code, find } = await examine(here);
  const finding = find(/the last import \(.*cut\.json\) failed: /);
  assert.equal(code, 0);
  assert.equal(finding?.state, 'warn');
  assert.equal(finding.remedy, 'see: soc-defenders runs 1');
  await here.run(['import', here.file('a.txt', '192.0.2.1\n198.51.100.1\n')]);
  assert.equal((await examine(here)).find(/the last import/), undefined);
});

test('a setting that names a file which is not there is bad, also before a feed asks for it', async (t) => {
  const here = bench(t);
  const path = join(here.directory, 'none.key');
  const { code, worst } = await examine(here, { env: { SOC_ABUSECH_AUTH_KEY_FILE: path } });
  assert.equal(code, 4);
  assert.match(worst('bad')[0]!.what, /^SOC_ABUSECH_AUTH_KEY_FILE: .+none\.key cannot be read \(ENOENT\)/);
});

test('an import that never ended, as its process was killed, is a warning until one ends', async (t) => {
  const here = bench(t);
  await here.withStore((store) =>
    store.beginRun({ name: 'own', tlp: 'clear', confidence: 50 }, 'cut.txt', 0),
  );
  const finding = (await examine(here)).find(/the last import/);
  assert.equal(finding?.state, 'warn');
  assert.match(finding.what, /\(cut\.txt\), begun 1970-01-01T00:00:00\.000Z, has not ended$/);
  assert.match(finding.remedy ?? '', /import the file again/);
  await here.run(['import', here.file('a.txt', '192.0.2.1\n198.51.100.1\n')]);
  assert.equal((await examine(here)).find(/the last import/), undefined);
});

test('a stamp far ahead of the clock is bad, a little ahead a warning', async (t) => {
  const here = bench(t);
  // A store that has been read stamps no version in the past.
  await here.makeStore();
  await here.run(['export']);
  await here.run(['import', here.file('a.txt', '192.0.2.1\n198.51.100.1\n')]);
  const state = async (ahead: number) =>
    (await examine(here, { clock: () => Date.now() - ahead })).find(/stamped|still to become visible/)?.state;
  assert.equal(await state(0), undefined);
  assert.equal(await state(60_000), 'warn');
  assert.equal(await state(7_200_000), 'bad');
});
