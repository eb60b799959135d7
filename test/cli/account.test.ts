import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test from 'node:test';

import { hashApiKey } from '../../src/model/api-key.ts';
import { verifyPassword } from '../../src/model/password.ts';
import type { KeyRecord } from '../../src/store/store.ts';
import { bench, jsonLines } from './commands.ts';

const PASSWORD = 'correct horse battery';
const DAY = 86_400_000;

/** A person at a terminal, who types this. */
function typing(keys: string): PassThrough & { raw: boolean[] } {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, raw: [] as boolean[] });
  Object.assign(stdin, { setRawMode: (raw: boolean) => stdin.raw.push(raw) });
  // Key by key, as a terminal gives them.
  for (const key of keys) stdin.write(key);
  return stdin;
}

test('an account is made with the password of standard input, which no file of the store holds', async (t) => {
  const { run, withStore, data } = bench(t);
  const { code, out, talk } = await run(['account', 'create', 'acme'], { stdin: `${PASSWORD}\n` });
  assert.equal(code, 0, talk);
  assert.equal(out, '');
  assert.match(talk, /^Made the account acme, of the Pro tier, with 0 keys\. Sign in at \/console\/\.$/);
  const account = await withStore((store) => store.findAccount('acme'));
  assert.equal(await verifyPassword(PASSWORD, account?.password), true);
  for (const file of readdirSync(data)) assert.ok(!readFileSync(join(data, file)).includes(PASSWORD), file);
  const twice = await run(['account', 'create', 'acme'], { stdin: `${PASSWORD}\n` });
  assert.equal(twice.code, 2);
  assert.match(twice.talk, /there is an account acme already/);
});

test('a person types the password twice, unseen, and may correct it', async (t) => {
  const { run, withStore } = bench(t);
  const stdin = typing(`correct horsx\u007fe battery\r${PASSWORD}\r`);
  const { code, out, talk } = await run(['account', 'create', 'acme'], { stdin });
  assert.equal(code, 0, talk);
  assert.ok(!`${out}${talk}`.includes('horse'));
  assert.deepEqual(stdin.raw, [true, false, true, false]);
  const account = await withStore((store) => store.findAccount('acme'));
  assert.equal(await verifyPassword(PASSWORD, account?.password), true);
});

for (const [what, keys, reason] of [
  ['types another the second time', `${PASSWORD}\rcorrect horse batterx\r`, /the two passwords differ/],
  ['gives up with Ctrl+C', 'correct\u0003', /Stopped\. Nothing was changed/],
  ['types too short a one', 'short\r', /must have 12 to 256 characters/],
] as const) {
  test(`no account is made for a person who ${what}`, async (t) => {
    const { run } = bench(t);
    const { code, talk } = await run(['account', 'create', 'acme'], { stdin: typing(keys) });
    assert.equal(code, 2);
    assert.match(talk, reason);
    assert.match((await run(['account', 'list'])).talk, /No accounts yet/);
  });
}

for (const [stdin, reason] of [
  ['', /there was none/],
  ['\n', /there was none/],
  [`${PASSWORD}\nmore\n`, /several/],
  ['x'.repeat(5_000), /too long/],
  ['aaaaaaaaaaaaaaaa', /more than three different/],
] as const) {
  test(`a password such as ${JSON.stringify(stdin.slice(0, 24))} on standard input is refused`, async (t) => {
    const { run } = bench(t);
    const { code, talk } = await run(['account', 'create', 'acme'], { stdin });
    assert.equal(code, 2);
    assert.match(talk, reason);
    assert.ok(!talk.includes(PASSWORD));
  });
}

for (const args of [
  ['create'],
  ['list', 'acme'],
  ['create', 'acme', PASSWORD],
  ['create', ''],
  ['create', ' acme'],
  ['create', '--tier', 'gold', 'acme'],
  ['delete', 'acme'],
  [],
]) {
  test(`account ${args.join(' ')} is refused, and a password among the arguments is not repeated`, async (t) => {
    const { run } = bench(t);
    const { code, talk } = await run(['account', ...args], { stdin: PASSWORD });
    assert.equal(code, 2);
    assert.match(talk, /^account/);
    assert.ok(!talk.includes(PASSWORD));
  });
}

test('accounts are listed with their keys; a removed one leaves them working', async (t) => {
  const { run, withStore } = bench(t);
  const key = (await run(['key', 'create', '--account', 'acme', '--tier', 'free'])).out.trim();
  await run(['account', 'create', '--tier', 'Free', 'acme'], { stdin: PASSWORD });
  assert.match((await run(['account', 'list'])).out, /^\d{4}-\d\d-\d\d {2}free {4}1 keys {2}acme\n$/);
  const [listed] = jsonLines<object>((await run(['account', 'list', '--json'])).out);
  assert.deepEqual(Object.keys(listed!), ['name', 'tier', 'keys', 'createdAt', 'passwordAt']);
  const removed = await run(['account', 'remove', 'acme']);
  assert.match(removed.talk, /Its 1 keys go on working/);
  assert.equal((await withStore(async (store) => store.findKey(hashApiKey(key))))?.revokedAt, undefined);
  assert.equal((await run(['account', 'remove', 'acme'])).code, 2);
});

test('another password takes the place of the old one; without an account there is none', async (t) => {
  const { run, withStore } = bench(t);
  await run(['account', 'create', 'acme'], { stdin: PASSWORD });
  const { code, talk } = await run(['account', 'password', 'acme'], { stdin: 'another horse battery' });
  assert.equal(code, 0, talk);
  const account = await withStore((store) => store.findAccount('acme'));
  assert.equal(await verifyPassword('another horse battery', account?.password), true);
  assert.equal(await verifyPassword(PASSWORD, account?.password), false);
  const nobody = await run(['account', 'password', 'nobody'], { stdin: PASSWORD });
  assert.match(nobody.talk, /there is no account nobody/);
});

test('key rotate prints a new key of the same kind, and the old one ends at the date', async (t) => {
  const { run, withStore } = bench(t);
  const now = Date.UTC(2026, 0, 15, 10);
  const clock = (): number => now;
  const old = (
    await run(['key', 'create', '--name', 'edge', '--allow', '192.0.2.0/24'], { clock })
  ).out.trim();
  const { code, out, talk } = await run(['key', 'rotate', old, '--expires', '60d'], { clock });
  assert.equal(code, 0, talk);
  assert.match(talk, /The old key ends a day after .*, or at 2026-03-16T10:00:00\.000Z\.$/);
  assert.ok(!talk.includes(old) && !talk.includes(out.trim()));
  const [before, after] = await withStore(async (store) => [
    await store.findKey(hashApiKey(old)),
    await store.findKey(hashApiKey(out.trim())),
  ]);
  assert.equal(before?.expiresAt, now + 60 * DAY);
  assert.equal(before?.successor, after?.id);
  assert.deepEqual(
    [after?.name, after?.allowedNetworks, after?.expiresAt],
    ['edge', ['192.0.2.0/24'], undefined],
  );
  assert.match((await run(['key', 'list'], { clock })).out, /rotated/);
  const again = await run(['key', 'rotate', old.slice(0, 12)], { clock });
  assert.equal(again.code, 2);
  assert.match(again.talk, /part of a rotation that has not ended/);
});

test('key rotate says what is wrong with what it is given', async (t) => {
  const { run, withStore } = bench(t);
  const [made] = jsonLines<KeyRecord & { key: string }>((await run(['key', 'create', '--json'])).out);
  assert.match((await run(['key', 'rotate'])).talk, /give the id of the key/);
  assert.match((await run(['key', 'rotate', 'sk_live_none'])).talk, /key rotate: there is no key/);
  assert.match((await run(['key', 'rotate', made!.id, '--expires', '0d'])).talk, /not a time to come/);
  await run(['key', 'revoke', made!.id]);
  assert.match((await run(['key', 'rotate', made!.id])).talk, /revoked or expired/);
  assert.equal((await withStore((store) => store.listKeys())).length, 1);
});
