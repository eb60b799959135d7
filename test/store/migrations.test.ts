import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, constants, DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import { bench } from '../cli/commands.ts';
import { start } from '../cli/program.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { COMPILE_CACHE } from '../compile-cache.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { migrate, schemaVersion } from '../../src/store/sqlite/migrate.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { ANY, domain, readAll, START, take } from './fixtures.ts';

/**
 * These tests know no migration by name. A new file in `migrations/` is covered by its being there: from every older
 * schema, interrupted at every step.
 */
const DIRECTORY = new URL('../../src/store/sqlite/migrations/', import.meta.url);
const FILES = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.sql'))
  .sort();
const NEWEST = FILES.length;

function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-migrate-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A store that is left as it was is migrated again after every so many steps alone: it was the same after the others. */
const EVERY = 6;

/** Makes a store of an older schema, as the program of that time did; 0 is an empty file. */
function storeOfSchema(directory: string, version: number, name = `schema-${version}`): string {
  const path = join(directory, `${name}.sqlite`);
  const db = new DatabaseSync(path);
  db.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN');
  for (const file of FILES.slice(0, version)) db.exec(readFileSync(new URL(file, DIRECTORY), 'utf8'));
  db.exec(`PRAGMA user_version = ${version}; COMMIT`);
  db.close();
  return path;
}

/** The tables, indexes and version of a file, as one text. */
function schemaOf(path: string): string {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
    const objects = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
    const { user_version: version } = db.prepare('PRAGMA user_version').get()!;
    return JSON.stringify({ version, objects });
  } finally {
    db.close();
  }
}

const references: string[] = [];

/** The schemas that a store of schema `version` may have while it is brought up to date, oldest first. */
function schemasFrom(directory: string, version: number): string[] {
  for (let each = references.length; each <= NEWEST; each += 1)
    references.push(schemaOf(storeOfSchema(directory, each, `reference-${each}`)));
  return references.slice(version);
}

/**
 * Calls `visit` at each thing that SQLite is about to do, with how many migrations have said that they are done; denies it where
 * `visit` says so.
 */
function watch(connection: Connection, visit: (step: number, done: number) => boolean): void {
  let [step, done] = [0, 0];
  connection.db.setAuthorizer((_action, name, value) => {
    step += 1;
    if (name === 'user_version' && value !== null) done += 1;
    return visit(step, done) ? constants.SQLITE_OK : constants.SQLITE_DENY;
  });
}

/** Migrates a store, denied its step number `failing`; returns whether it came to its end. */
function migrateUntil(path: string, failing: number): boolean {
  const connection = new Connection(path, { sync: 'OFF' });
  watch(connection, (step) => step !== failing);
  try {
    migrate(connection);
    return true;
  } catch {
    assert.equal(connection.db.isTransaction, false);
    return false;
  } finally {
    connection.db.setAuthorizer(null);
    connection.close();
  }
}

function removeStore(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

test('migrations are numbered from 1 on without a gap, and their names say what they do', () => {
  FILES.forEach((file, index) => {
    assert.match(file, /^\d{3}-[a-z0-9-]+\.sql$/);
    assert.equal(Number(file.slice(0, 3)), index + 1, file);
  });
  assert.ok(NEWEST > 0);
});

for (let version = 0; version <= NEWEST; version += 1) {
  test(`a store of schema ${version} is brought to schema ${NEWEST}, as a new one has it`, (context) => {
    const directory = temporaryDirectory(context);
    const connection = new Connection(storeOfSchema(directory, version));
    migrate(connection);
    assert.equal(schemaVersion(connection), NEWEST);
    migrate(connection);
    assert.equal(schemaVersion(connection), NEWEST);
    connection.close();
    const fresh = storeOfSchema(directory, NEWEST, 'fresh');
    assert.equal(schemaOf(join(directory, `schema-${version}.sqlite`)), schemaOf(fresh));
  });
}

for (let version = 0; version < NEWEST; version += 1) {
  test(`a failure at any step from schema ${version} leaves an old schema whole, and the next start goes on`, (context) => {
    const directory = temporaryDirectory(context);
    const allowed = schemasFrom(directory, version);
    const untouched = storeOfSchema(directory, version);
    const path = join(directory, 'failing.sqlite');
    let steps = 0;
    // Once the first of the migrations has passed, the others are met from the schemas that they begin with.
    for (let left = allowed[0]; left === allowed[0]; steps += 1) {
      removeStore(path);
      copyFileSync(untouched, path);
      assert.equal(migrateUntil(path, steps + 1), schemaOf(path) === allowed.at(-1));
      left = schemaOf(path);
      assert.ok(allowed.includes(left), `step ${steps + 1}`);
      if (left === allowed[0] && steps % EVERY > 0) continue;
      migrateUntil(path, Infinity);
      assert.equal(schemaOf(path), allowed.at(-1), `after step ${steps + 1}`);
    }
    context.diagnostic(`${steps} steps`);
    assert.ok(steps > 5, 'the steps of the migration were watched');
  });

  test(`a crash at any step from schema ${version} leaves an old schema or the new one`, (context) => {
    const directory = temporaryDirectory(context);
    const allowed = schemasFrom(directory, version);
    const path = storeOfSchema(directory, version, 'live');
    const connection = new Connection(path);
    const copies: string[] = [];
    // What the files hold at this moment is what a process leaves that is killed at it. Later migrations are met from their own schemas.
    watch(connection, (step, done) => {
      if (done > 1) return true;
      const copy = join(directory, `copy-${step}.sqlite`);
      for (const suffix of ['', '-wal']) {
        if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
      }
      copies.push(copy);
      return true;
    });
    migrate(connection);
    connection.close();
    assert.ok(copies.length > 5);
    for (const [index, copy] of copies.entries()) {
      const left = schemaAfterRecovery(copy);
      assert.ok(allowed.includes(left), copy);
      if (left === allowed[0] && index % EVERY > 0) continue;
      migrateUntil(copy, Infinity);
      assert.equal(schemaOf(copy), allowed.at(-1));
      if (left !== allowed[0]) break;
    }
  });

  test(`a process that is killed while it migrates from schema ${version} leaves a store that opens`, async (context) => {
    const directory = temporaryDirectory(context);
    const allowed = schemasFrom(directory, version);
    for (const step of [12, 60]) {
      const path = storeOfSchema(directory, version, `killed-${step}`);
      const child = spawn(process.execPath, ['--input-type=module', '--eval', killedAt(step), path], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, ...COMPILE_CACHE },
      });
      const [, signal] = (await once(child, 'close')) as [number | null, string | null];
      assert.ok(signal === 'SIGKILL' || schemaOf(path) === allowed.at(-1));
      const connection = new Connection(path);
      migrate(connection);
      connection.close();
      assert.equal(schemaOf(path), allowed.at(-1), `killed at step ${step}`);
    }
  });
}

/** The schema of a store that a crash has left, once it has been opened for writing. */
function schemaAfterRecovery(path: string): string {
  new Connection(path).close();
  return schemaOf(path);
}

/** A program that migrates the store of its argument and kills itself at a step. */
function killedAt(step: number): string {
  const at = (path: string): string =>
    JSON.stringify(new URL(`../../src/store/sqlite/${path}`, import.meta.url).href);
  return `
    import { Connection } from ${at('connection.ts')};
    import { migrate } from ${at('migrate.ts')};
    const connection = new Connection(process.argv[1]);
    let step = 0;
    connection.db.setAuthorizer(() => {
      step += 1;
      if (step === ${step}) process.kill(process.pid, 'SIGKILL');
      return 0;
    });
    migrate(connection);`;
}

test('two programs that start at once on a new store both find it migrated', async (context) => {
  const directory = temporaryDirectory(context);
  const open = () =>
    openSqliteStore({ directory, producer: SOC_DEFENDERS, clock: () => START, writer: 'thread' });
  const stores = await Promise.all([open(), open(), open()]);
  for (const store of stores) assert.equal((await store.health()).schemaVersion, NEWEST);
  await Promise.all(stores.map((store) => store.close()));
});

test('where a migration fails nothing is served, and the next start mends it', async (context) => {
  const { data, run } = bench(context);
  const failing = `
    import { DatabaseSync } from 'node:sqlite';
    const { exec } = DatabaseSync.prototype;
    DatabaseSync.prototype.exec = function (sql) {
      if (/user_version = [1-9]/.test(sql)) throw Object.assign(new Error('I/O'), { errcode: 10 });
      return Reflect.apply(exec, this, [sql]);
    };`;
  const server = start(context, ['serve', '--port', '0', '--data', data], {}, failing);
  assert.deepEqual(await server.ended, { code: 1, signal: null });
  assert.equal(server.talk(), 'The store: the disk reports an error; check the data directory.\n');
  assert.equal((await run(['key', 'create'])).code, 0);
  assert.match((await run(['doctor'])).out, new RegExp(`0 IOCs in .*, schema ${NEWEST}`));
});

test('a store of a newer program is refused by every command, and not touched', async (context) => {
  const here = bench(context);
  await here.run(['import', here.file('list.txt', '192.0.2.1\n')]);
  const path = join(here.data, 'indicators.sqlite');
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA user_version = ${NEWEST + 1}`);
  db.close();
  const before = readFileSync(path);
  const server = start(context, ['serve', '--port', '0', '--data', here.data]);
  assert.deepEqual(await server.ended, { code: 1, signal: null });
  assert.match(server.talk(), new RegExp(`the store has schema ${NEWEST + 1}, this program knows ${NEWEST}`));
  for (const command of [
    ['export'],
    ['runs'],
    ['key', 'create'],
    ['key', 'list'],
    ['import', here.file('b.txt', '192.0.2.2\n')],
  ]) {
    const { code, talk } = await here.run(command);
    assert.equal(code, 1, command.join(' '));
    assert.match(talk, /run the newer program/);
  }
  assert.ok(readFileSync(path).equals(before));
});

test('a backup that is made while a server writes restores what was published, by either way', async (context) => {
  const directory = temporaryDirectory(context);
  const open = (where: string) =>
    openSqliteStore({ directory: where, producer: SOC_DEFENDERS, clock: () => START, writer: 'in-thread' });
  const store = await open(directory);
  const domains = Array.from({ length: 300 }, (_, index) => domain(index));
  await take(store, domains, START);
  const published = await readAll(store, ANY, START);
  const source = new DatabaseSync(join(directory, 'indicators.sqlite'));
  const [copied, vacuumed] = [temporaryDirectory(context), temporaryDirectory(context)];
  await backup(source, join(copied, 'indicators.sqlite'));
  source.exec(`VACUUM INTO '${join(vacuumed, 'indicators.sqlite')}'`);
  source.close();
  await take(store, [domain(1_000)], START);
  await store.close();
  for (const where of [copied, vacuumed]) {
    const restored = await open(where);
    assert.deepEqual(await readAll(restored, ANY, START), published);
    assert.equal((await take(restored, [domain(1_000)], START)).added, 1);
    await restored.close();
  }
});

for (let version = 1; version < NEWEST; version += 1) {
  test(`a backup of schema ${version} is restored by this program`, async (context) => {
    const directory = temporaryDirectory(context);
    const source = new DatabaseSync(storeOfSchema(directory, version));
    const restored = temporaryDirectory(context);
    await backup(source, join(restored, 'indicators.sqlite'));
    source.close();
    const store = await openSqliteStore({
      directory: restored,
      producer: SOC_DEFENDERS,
      clock: () => START,
      writer: 'in-thread',
    });
    assert.equal((await store.health()).schemaVersion, NEWEST);
    assert.equal((await take(store, [domain(1)], START)).added, 1);
    await store.close();
  });
}
