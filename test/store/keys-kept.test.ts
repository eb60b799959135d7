import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import { makeApiKey } from '../../src/model/api-key.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { NewKey, Store } from '../../src/store/store.ts';
import { START } from './fixtures.ts';

async function opened(context: TestContext): Promise<{ directory: string; store: Store }> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-keys-'));
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: () => START,
    writer: 'in-thread',
  });
  context.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return { directory, store };
}

function newKey(more: Partial<NewKey> = {}): { text: string; key: NewKey } {
  const { text, prefix, hash } = makeApiKey();
  return {
    text,
    key: { prefix, hash, account: 'acme', name: 'n', tier: 'pro', allowedNetworks: [], ...more },
  };
}

/** Every row of the table of keys as the file has it, by id. */
function rowsOf(directory: string): Map<string, string> {
  const db = new DatabaseSync(join(directory, 'indicators.sqlite'), { readOnly: true });
  const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all('api_key');
  const fields = columns.map(({ name }) => `quote("${String(name)}")`).join(` || ',' || `);
  const rows = db.prepare(`SELECT id, ${fields} AS row FROM api_key`).all();
  db.close();
  return new Map(rows.map(({ id, row }) => [String(id), String(row)]));
}

test('revoking one of fifty keys leaves the rows of the other forty-nine byte for byte as they are', async (context) => {
  const { directory, store } = await opened(context);
  const made = [];
  for (let index = 0; index < 50; index += 1) {
    const expiry = index % 3 === 0 ? { expiresAt: START + 1e9 } : {};
    made.push(await store.createKey(newKey({ name: `key ${index}`, ...expiry }).key, START));
  }
  const before = rowsOf(directory);
  assert.equal(before.size, 50);
  const { id } = made[17]!;
  await store.revokeKey(id, START + 5);
  const after = rowsOf(directory);
  const changed = [...after].filter(([each, row]) => before.get(each) !== row).map(([each]) => each);
  assert.deepEqual(changed, [id]);
  assert.equal(after.size, 50);
  const unrevoked = after.get(id)!.replace(String(START + 5), 'NULL');
  assert.equal(unrevoked, before.get(id));
});

test('revoking what is not there, or what is named by nothing, changes no row', async (context) => {
  const { directory, store } = await opened(context);
  for (let index = 0; index < 5; index += 1) await store.createKey(newKey().key, START);
  const before = rowsOf(directory);
  for (const name of [
    '',
    ' ',
    '%',
    '_',
    '*',
    'sk_live_',
    "' OR 1=1 --",
    '" OR ""="',
    'NULL',
    '0',
    '\u0000',
  ]) {
    assert.equal(await store.revokeKey(name, START), undefined, name);
  }
  assert.deepEqual(rowsOf(directory), before);
});

test('a prefix that two keys share revokes neither', async (context) => {
  const { directory, store } = await opened(context);
  for (let index = 0; index < 2; index += 1) {
    await store.createKey(newKey({ prefix: 'sk_live_same' }).key, START);
  }
  const before = rowsOf(directory);
  await assert.rejects(store.revokeKey('sk_live_same', START), { code: 'ambiguous' });
  assert.deepEqual(rowsOf(directory), before);
});

test('making a key changes no row of another', async (context) => {
  const { directory, store } = await opened(context);
  for (let index = 0; index < 10; index += 1) {
    const before = rowsOf(directory);
    await store.createKey(newKey().key, START + index);
    const after = rowsOf(directory);
    assert.equal(after.size, before.size + 1);
    for (const [id, row] of before) assert.equal(after.get(id), row);
  }
});

test('the same secret cannot be kept twice, and the attempt leaves the first as it is', async (context) => {
  const { directory, store } = await opened(context);
  const { key } = newKey();
  await store.createKey(key, START);
  const before = rowsOf(directory);
  await assert.rejects(store.createKey({ ...key, name: 'other', tier: 'free' }, START), {
    name: 'StoreError',
  });
  assert.deepEqual(rowsOf(directory), before);
});

test('neither database, nor log, nor backup holds a key, in any part that could be used', async (context) => {
  const { directory, store } = await opened(context);
  const secrets: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const { text, key } = newKey({ name: `key ${index}` });
    secrets.push(text);
    await store.createKey(key, START);
    await store.findKey(key.hash);
    await store.takeRequests(`id ${index}`, 1, { perMinute: 10, perDay: 10 }, START);
  }
  const source = new DatabaseSync(join(directory, 'indicators.sqlite'));
  await backup(source, join(directory, 'backup.sqlite'));
  source.exec(`VACUUM INTO '${join(directory, 'vacuumed.sqlite')}'`);
  source.close();
  const files = readdirSync(directory);
  for (const name of ['indicators.sqlite', 'indicators.sqlite-wal', 'backup.sqlite', 'vacuumed.sqlite']) {
    assert.ok(files.includes(name), name);
  }
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    for (const secret of secrets) {
      // The first twelve characters are kept to know a key by; what follows is the secret.
      assert.equal(bytes.indexOf(secret.slice(0, 16)), -1, file);
      assert.equal(bytes.indexOf(secret.slice(12)), -1, file);
    }
  }
});

test('a hash finds its own key alone, whatever is asked with', async (context) => {
  const { store } = await opened(context);
  const { key } = newKey();
  const made = await store.createKey(key, START);
  assert.deepEqual(await store.findKey(key.hash), made);
  assert.deepEqual(await store.findKey(new Uint8Array(key.hash)), made, 'another view of the same bytes');
  const padded = new Uint8Array(64);
  padded.set(key.hash, 16);
  assert.deepEqual(await store.findKey(padded.subarray(16, 48)), made, 'a part of a larger buffer');
  for (const wrong of [new Uint8Array(0), new Uint8Array(32), key.hash.subarray(0, 31), padded]) {
    assert.equal(await store.findKey(wrong), undefined);
  }
  for (let bit = 0; bit < 256; bit += 37) {
    const flipped = new Uint8Array(key.hash);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(await store.findKey(flipped), undefined);
  }
});

test('keys are listed from the oldest on, revoked and expired ones too', async (context) => {
  const { store } = await opened(context);
  const names = ['c', 'a', 'b'];
  for (const [index, name] of names.entries()) {
    await store.createKey(newKey({ name, expiresAt: START - 1 }).key, START + index);
  }
  const [first] = await store.listKeys();
  await store.revokeKey(first!.id, START);
  assert.deepEqual(
    (await store.listKeys()).map(({ name }) => name),
    names,
  );
  for (const record of await store.listKeys()) assert.ok(!('hash' in record));
});

test('a revoked key makes room for another of its account, an expired one does not', async (context) => {
  const { store } = await opened(context);
  const free = (): NewKey => newKey({ tier: 'free', expiresAt: START - 1 }).key;
  const made = [await store.createKey(free(), START), await store.createKey(free(), START)];
  await store.createKey(free(), START);
  await assert.rejects(store.createKey(free(), START), { code: 'limit_reached' });
  await store.createKey(newKey({ tier: 'pro' }).key, START);
  await store.revokeKey(made[0]!.id, START);
  await store.createKey(free(), START);
  await assert.rejects(store.createKey(free(), START), { code: 'limit_reached' });
});
