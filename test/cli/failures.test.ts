import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';

import { loadCommands } from '../../src/cli/run.ts';
import { ALL_TYPES, bench, runOn } from './commands.ts';
import { start } from './program.ts';

const COMMANDS = await loadCommands();

/** Lets every statement about keys fail with `error` until the test ends. */
function failKeys(context: TestContext, error: Error): void {
  const prepare: unknown = Reflect.get(DatabaseSync.prototype, 'prepare');
  context.mock.method(DatabaseSync.prototype, 'prepare', function failing(this: DatabaseSync, sql: string) {
    if (sql.includes('FROM api_key')) throw error;
    return Reflect.apply(prepare as () => unknown, this, [sql]);
  });
}

/** What SQLite reports, and what is said of it. */
const REPORTS: readonly (readonly [number, RegExp])[] = [
  [5, /^The store: the store is locked by another process; try again\.$/],
  [6, /^The store: the store is locked; try again\.$/],
  [8, /^The store: the store is read-only; check the permissions of the data directory\.$/],
  [10, /^The store: the disk reports an error; check the data directory\.$/],
  [11, /^The store: the store is damaged; restore it from a backup\.$/],
  [13, /^The store: the disk is full; free some space\.$/],
  [14, /^The store: the store cannot be opened; check the data directory and its permissions\.$/],
  [26, /^The store: the file is not a store\.$/],
  [266, /^The store: the disk reports an error; check the data directory\.$/],
  [1, /^The store: the store failed\.$/],
  [21, /^The store: the store failed\.$/],
];

for (const [code, sentence] of REPORTS) {
  test(`what SQLite reports as ${code} is one line with what to do, and exit code 1`, async (t) => {
    const here = bench(t);
    await here.run(['key', 'create']);
    failKeys(t, Object.assign(new Error('low-level words'), { errcode: code }));
    const listed = await here.run(['key', 'list']);
    assert.equal(listed.code, 1);
    assert.equal(listed.out, '');
    assert.match(listed.talk, sentence);
    assert.doesNotMatch(listed.talk, /low-level/);
  });
}

test('a mistake of ours is told with its stack, and exit code 1', async (t) => {
  const here = bench(t);
  await here.run(['key', 'create']);
  failKeys(t, new TypeError('a mistake'));
  const { code, talk } = await here.run(['key', 'list']);
  assert.equal(code, 1);
  assert.match(talk, /^Unexpected failure: TypeError: a mistake\n\s+at /);
});

test('every command that makes the store says the same of a data directory that cannot be made', async (t) => {
  const { file, directory } = bench(t);
  file('plain', 'a file');
  const data = join(directory, 'plain', 'inside');
  const list = file('list.txt', '192.0.2.1\n');
  for (const args of [
    ['import', list],
    ['key', 'create'],
    ['account', 'create', 'default'],
    ['feed', 'enable', 'urlhaus'],
    ['gate', 'allow', 'example.com'],
    ['serve', '--port', '0'],
  ]) {
    const { code, talk, out } = await runOn([...args, '--data', data]);
    assert.equal(code, 1, args.join(' '));
    assert.equal(out, '');
    assert.equal(
      talk,
      `The store: the data directory ${data} cannot be made: check its parent's permissions.`,
    );
  }
});

test('a data directory that is a file is refused as one', async (t) => {
  const { file } = bench(t);
  const { code, talk } = await runOn(['key', 'create', '--data', file('plain', 'a file')]);
  assert.equal(code, 1);
  assert.match(talk, /^The store: .+plain is a file: name a directory\.$/);
});

const EXPECTING_A_STORE = [
  'export',
  'why 192.0.2.1',
  'runs',
  'runs 1',
  'key list',
  'key rotate sk_live_Ab12',
  'key revoke sk_live_Ab12',
  'account list',
  'account password default',
  'account remove default',
  'gate list',
  'gate check 192.0.2.1',
  'gate remove example.com',
  'gate apply',
  'feed status',
  'feed remove ours',
  'feed diff 1',
  'feed undo 1',
  'feed release 1',
  'feed discard 1',
].map((line) => line.split(' '));

test('what only tells of a store, or changes what is there, makes none: a mistyped directory is no store without indicators', async (t) => {
  const { directory } = bench(t);
  const absent = join(directory, 'absent');
  const bare = join(directory, 'bare');
  mkdirSync(bare);
  for (const data of [absent, bare]) {
    for (const args of EXPECTING_A_STORE) {
      const { code, talk, out } = await runOn([...args, '--data', data]);
      assert.deepEqual([code, out], [1, ''], args.join(' '));
      assert.match(talk, /^The store: there is none in .+(?:absent|bare): name its directory with --data/);
    }
    assert.equal((await runOn(['doctor', '--data', data])).code, 0);
    const feeds = await runOn(['feed', 'list', '--data', data]);
    assert.equal(feeds.code, 0);
    assert.match(feeds.out, /^urlhaus {2}on {2}URLhaus /m, 'the catalogue is there without a store');
  }
  assert.equal(existsSync(absent), false);
  assert.deepEqual(readdirSync(bare), []);
});

test('a folder of warninglists that cannot be read is a wrong setting, not a failure of ours', async (t) => {
  const here = bench(t);
  const list = here.file('list.txt', 'bad.example.com\n');
  for (const folder of [join(here.directory, 'none'), list]) {
    for (const args of [
      ['import', list],
      ['gate', 'check', '192.0.2.1'],
    ]) {
      const { code, talk } = await here.run(args, { env: { SOC_WARNINGLISTS: folder } });
      assert.equal(code, 2, talk);
      assert.match(
        talk,
        /^SOC_WARNINGLISTS: .+ cannot be read \(ENO(?:ENT|TDIR)\): name a folder, or say misp or off\.$/,
      );
    }
  }
});

test('a store that is damaged inside is told by the command that meets it, and by doctor', async (t) => {
  const here = bench(t);
  await here.run(['import', here.file('all.csv', ALL_TYPES)]);
  const path = join(here.data, 'indicators.sqlite');
  const db = new DatabaseSync(path);
  const { page_size: size } = db.prepare('PRAGMA page_size').get()! as { page_size: number };
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, size);
  writeFileSync(path, bytes);
  for (const args of [['export'], ['key', 'list'], ['import', here.file('more.txt', '192.0.2.9\n')]]) {
    const { code, talk } = await here.run(args);
    assert.equal(code, 1, args.join(' '));
    assert.match(
      talk,
      /^The store: (?:the store is damaged; restore it from a backup|the store failed)\.$/,
      args.join(' '),
    );
  }
  const { code, out } = await here.run(['doctor']);
  assert.equal(code, 4);
  assert.match(out, /^bad .*damaged.*$/m);
});

test('a data directory without its write-ahead log, or with one of another store, never halves what is read', async (t) => {
  const here = bench(t);
  await here.run(['import', here.file('all.csv', ALL_TYPES)]);
  for (const name of readdirSync(here.data)) {
    if (/-(?:wal|shm)$/.test(name)) rmSync(join(here.data, name));
  }
  assert.equal((await here.exported()).length, 10);
  writeFileSync(join(here.data, 'indicators.sqlite-wal'), Buffer.alloc(100_000, 0x37));
  assert.equal((await here.exported()).length, 10);
});

test(
  'a directory that may be read and not written is refused in words',
  { skip: process.getuid?.() === 0 },
  async (t) => {
    const here = bench(t);
    mkdirSync(here.data);
    chmodSync(here.data, 0o500);
    const { code, talk } = await here.run(['key', 'create']);
    chmodSync(here.data, 0o700);
    assert.equal(code, 1);
    assert.match(talk, /permissions/);
  },
);

test('the data directory is made for its owner alone', async (t) => {
  const { run, data } = bench(t);
  await run(['key', 'create']);
  assert.equal(statSync(data).mode & 0o777, 0o700);
});

test('also in a directory of others the files of a store are for owner and group, and doctor warns where they are not', async (t) => {
  const { directory, run } = bench(t);
  const data = join(directory, 'open');
  mkdirSync(data);
  chmodSync(data, 0o755);
  const made = start(t, ['key', 'create', '--data', data]);
  assert.equal((await made.ended).code, 0);
  const files = readdirSync(data).map((name) => join(data, name));
  assert.ok(files.length >= 2);
  for (const path of files) assert.equal(statSync(path).mode & 0o007, 0, path);
  const warning = /warn {2}everybody on this machine can read the store in .+\n {6}→ .*chmod -R o= /;
  assert.doesNotMatch((await run(['doctor', '--data', data])).out, warning);
  chmodSync(join(data, 'indicators.sqlite'), 0o644);
  assert.match((await run(['doctor', '--data', data])).out, warning);
  chmodSync(data, 0o750);
  assert.doesNotMatch((await run(['doctor', '--data', data])).out, warning);
});

test('an input that breaks while it is read keeps what came before, under its name and reason', async (t) => {
  const here = bench(t);
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from(Array.from({ length: 10_000 }, (_, index) => `h${index}.example.com\n`).join(''));
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  }
  const { code, talk } = await here.run(['import', '--format', 'list', '-'], {
    stdin: Readable.from(broken()),
  });
  assert.equal(code, 3);
  assert.match(talk, /^stdin: the input: it cannot be read \(ECONNRESET\)\. What came before was kept\.$/m);
  assert.equal((await here.exported()).length, 10_000);
  assert.match((await here.run(['runs'])).out, /failed: the input: it cannot be read/);
});

test('a reader that goes away ends a conversion quietly, with exit code 0', async (t) => {
  const { file } = bench(t);
  const path = file(
    'many.txt',
    Array.from({ length: 50_000 }, (_, index) => `h${index}.example.com`).join('\n'),
  );
  const program = start(t, ['convert', path]);
  await once(program.process.stdout, 'data');
  program.process.stdout.destroy();
  assert.deepEqual(await program.ended, { code: 0, signal: null });
  assert.doesNotMatch(program.talk(), /EPIPE|Error/);
});

test('an interrupt ends an import between two batches, and what is kept is whole', async (t) => {
  const here = bench(t);
  const path = here.file(
    'many.txt',
    Array.from({ length: 30_000 }, (_, index) => `h${index}.example.com`).join('\n'),
  );
  const abort = new AbortController();
  let batches = 0;
  const stdin = Readable.from(
    (function* pieces() {
      for (let at = 0; at < 30; at += 1) {
        batches = at;
        if (at === 10) setImmediate(() => abort.abort());
        yield Buffer.from(
          Array.from({ length: 1_000 }, (_, index) => `h${at * 1_000 + index}.example.com\n`).join(''),
        );
      }
    })(),
  );
  const { code, talk } = await here.run(['import', '--format', 'list', '-'], { stdin, signal: abort.signal });
  assert.equal(code, 3);
  assert.match(talk, /reading was stopped/);
  assert.ok(batches < 29);
  const count = () => here.withStore(async (store) => (await store.health()).indicators);
  const kept = await count();
  assert.ok(kept <= 20_000);
  const again = await here.run(['import', path]);
  assert.equal(again.code, 0);
  assert.equal(await count(), 30_000);
});

test('no command takes an option of another, an empty value where one is needed, or an operand too many', async (t) => {
  const { run } = bench(t);
  for (const { name } of COMMANDS) {
    for (const args of [['--no-such-option'], ['--data'], ['-x'], ['--json=maybe']]) {
      const { code, talk, out } = await run([name, ...args]);
      assert.equal(code, 2, `${name} ${args.join(' ')}: ${talk}`);
      assert.equal(out, '');
      assert.match(talk, new RegExp(`soc-defenders ${name} --help`), `${name} ${args.join(' ')}`);
    }
  }
  for (const args of [
    ['serve', 'x'],
    ['demo', 'x'],
    ['doctor', 'x'],
    ['export', 'x'],
    ['runs', '1', '2'],
    ['runs', 'x'],
    ['runs', '-1'],
    ['key', 'list', 'x'],
    ['key', 'create', 'x'],
    ['key', 'revoke', 'a', 'b'],
    ['key'],
    ['key', 'rename'],
    ['import'],
    ['convert'],
  ]) {
    assert.equal((await run(args)).code, 2, args.join(' '));
  }
});
