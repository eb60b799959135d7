import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { nodeTooOld, OLDEST_NODE } from '../../src/cli/node-version.ts';
import { sqliteIsSafe } from '../../src/store/sqlite/connection.ts';
import { ALL_TYPES, bench, indicatorsIn } from './commands.ts';
import { start } from './program.ts';

/** A Node that is linked to another SQLite than its own. */
const withSqlite = (version: string): string => `
  import { DatabaseSync } from 'node:sqlite';
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (sql) {
    this.function('sqlite_version', () => '${version}');
    return Reflect.apply(prepare, this, [sql]);
  };`;

const withNode = (version: string): string =>
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;

const EMPTY_STORE = 0;

test('SQLite from 3.51.3 on is safe, older and unreadable versions are not', () => {
  for (const version of ['3.51.3', '3.51.10', '3.52.0', '3.53.4', '3.100.0', '4.0.0', '10.0.0']) {
    assert.equal(sqliteIsSafe(version), true, version);
  }
  for (const version of ['3.51.2', '3.51', '3.50.99', '3.7.0', '2.99.99', '', 'x', '3.x.9', '0']) {
    assert.equal(sqliteIsSafe(version), false, version);
  }
  assert.equal(sqliteIsSafe(process.versions.sqlite ?? ''), true);
});

test('with a SQLite that corrupts stores the server does not start, and writes nothing', async (t) => {
  const { data } = bench(t);
  const server = start(t, ['serve', '--port', '0', '--data', data], {}, withSqlite('3.51.2'));
  assert.deepEqual(await server.ended, { code: 1, signal: null });
  assert.match(server.talk(), /SQLite 3\.51\.2 can corrupt a store; at least 3\.51\.3 is needed/);
  assert.doesNotMatch(server.talk(), /listening|sk_live_/);
  assert.equal(statSync(join(data, 'indicators.sqlite')).size, EMPTY_STORE);
  assert.equal(existsSync(join(data, 'requests.sqlite')), false);
});

for (const args of [['import', 'list.txt'], ['export'], ['key', 'create'], ['key', 'list'], ['runs']]) {
  test(`with a SQLite that corrupts stores "${args.join(' ')}" leaves a good store alone`, async (t) => {
    const here = bench(t);
    await here.run(['import', here.file('all.csv', ALL_TYPES)]);
    here.file('list.txt', '192.0.2.200\n');
    const operands = args.map((arg) => (arg === 'list.txt' ? join(here.directory, arg) : arg));
    const refused = start(t, [...operands, '--data', here.data], {}, withSqlite('3.40.1'));
    assert.deepEqual(await refused.ended, { code: 1, signal: null });
    assert.equal(
      refused.talk(),
      'The store: SQLite 3.40.1 can corrupt a store; at least 3.51.3 is needed. Use a newer Node 24.\n',
    );
    assert.equal(refused.out(), '');
    assert.equal((await here.exported()).length, 10);
    assert.match((await here.run(['key', 'list'])).talk, /No keys yet/);
  });
}

test('with a SQLite that corrupts stores doctor says so, and how to mend it', async (t) => {
  const here = bench(t);
  await here.run(['key', 'create']);
  const doctor = start(t, ['doctor', '--data', here.data], {}, withSqlite('3.51.2'));
  assert.deepEqual(await doctor.ended, { code: 4, signal: null });
  assert.match(
    doctor.out(),
    /^bad {3}the store cannot be opened: SQLite 3\.51\.2 can corrupt.* newer Node 24$/m,
  );
});

test('what needs no store works with any SQLite', async (t) => {
  const here = bench(t);
  const path = here.file('all.csv', ALL_TYPES);
  const convert = start(t, ['convert', path], {}, withSqlite('3.7.0'));
  assert.deepEqual(await convert.ended, { code: 0, signal: null });
  assert.equal(indicatorsIn(convert.out()).length, 10);
});

test('the oldest Node is the one that the package names', () => {
  assert.match(OLDEST_NODE, /^\d+\.\d+$/);
  assert.equal(nodeTooOld(process.versions.node), undefined);
  const [major = 0, minor = 0] = OLDEST_NODE.split('.').map(Number);
  for (const version of [`${major}.${minor}.0`, `${major}.${minor + 1}.0`, `${major + 1}.0.0`]) {
    assert.equal(nodeTooOld(version), undefined, version);
  }
  for (const version of [
    `${major}.${minor - 1}.9`,
    `${major}.0.0`,
    `${major - 2}.99.0`,
    '8.17.0',
    '0.12.18',
  ]) {
    assert.match(nodeTooOld(version) ?? '', new RegExp(`^Node ${version} is too old: .*"npm ci"`));
  }
});

test('on a Node that is too old nothing starts, and one line says what to do', async (t) => {
  const { data } = bench(t);
  for (const args of [['serve', '--port', '0'], ['doctor'], ['key', 'create'], ['--version'], []]) {
    const refused = start(t, args, { SOC_DATA_DIR: data }, withNode('22.22.1'));
    assert.deepEqual(await refused.ended, { code: 1, signal: null }, args.join(' '));
    assert.equal(refused.out(), '');
    assert.match(
      refused.talk(),
      /^Node 22\.22\.1 is too old: SOC Defenders needs 24\.15 or newer\. "npm ci" .*\n$/,
    );
  }
  assert.equal(existsSync(data), false);
});
