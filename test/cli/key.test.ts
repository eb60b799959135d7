import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { checkApiKey, hashApiKey } from '../../src/model/api-key.ts';
import type { KeyRecord } from '../../src/store/store.ts';
import { bench, jsonLines } from './commands.ts';

type Made = KeyRecord & { readonly key: string };

const DAY = 86_400_000;

test('a key is shown once, alone on standard output', async (t) => {
  const { run, withStore } = bench(t);
  const { code, out, talk } = await run(['key', 'create', '--name', 'sentinel']);
  assert.equal(code, 0);
  assert.equal(checkApiKey(out.trimEnd()), 'ok');
  assert.match(talk, /^A Pro key, id \S+\. Keep it now: it is not shown again\.$/);
  const found = await withStore(async (store) => store.findKey(hashApiKey(out.trimEnd())));
  assert.deepEqual([found?.name, found?.tier, found?.account], ['sentinel', 'pro', 'default']);
});

test('neither lists nor the files of the store hold the secret of a key', async (t) => {
  const { run, data } = bench(t);
  const [made] = jsonLines<Made>((await run(['key', 'create', '--json'])).out);
  const secret = made!.key.slice(12, 40);
  const lists = [await run(['key', 'list']), await run(['key', 'list', '--json']), await run(['doctor'])];
  for (const { out, talk } of lists) assert.ok(!`${out}${talk}`.includes(secret));
  assert.match(lists[0]!.out, new RegExp(`^${made!.id}  ${made!.prefix}…  pro   active `));
  for (const file of readdirSync(data)) {
    assert.ok(!readFileSync(join(data, file)).includes(secret), file);
  }
});

test('--json gives the key with all that is kept of it, and lists its state', async (t) => {
  const { run } = bench(t);
  const args = ['--tier', 'Free', '--account', 'acme', '--allow', '192.0.2.0/24', '--allow', '2001:db8::1'];
  const [made] = jsonLines<Made>((await run(['key', 'create', '--json', '--expires', '90d', ...args])).out);
  assert.equal(made!.tier, 'free');
  assert.equal(made!.account, 'acme');
  assert.deepEqual(made!.allowedNetworks, ['192.0.2.0/24', '2001:db8::1']);
  assert.ok(!('hash' in made!));
  const states = async (clock: () => number) =>
    jsonLines<{ state: string }>((await run(['key', 'list', '--json'], { clock })).out).map(
      ({ state }) => state,
    );
  assert.deepEqual(await states(Date.now), ['active']);
  assert.deepEqual(await states(() => Date.now() + 91 * DAY), ['expired']);
  assert.match(
    (await run(['key', 'list'])).out,
    /acme {2}unnamed {2}until .*from 192\.0\.2\.0\/24, 2001:db8::1\n$/,
  );
});

test('an expiry is a date, a time or days from now', async (t) => {
  const { run } = bench(t);
  const now = Date.UTC(2026, 0, 15, 10);
  for (const [text, time] of [
    ['90d', now + 90 * DAY],
    ['2030-01-01', Date.UTC(2030, 0, 1)],
    ['2030-01-01T00:00:00Z', Date.UTC(2030, 0, 1)],
    ['2030-01-01T02:00:00+02:00', Date.UTC(2030, 0, 1)],
  ] as const) {
    const { out } = await run(['key', 'create', '--json', '--expires', text], { clock: () => now });
    assert.equal(jsonLines<Made>(out)[0]!.expiresAt, time);
  }
});

for (const args of [
  ['--expires', '0d'],
  ['--expires', 'soon'],
  ['--expires', '2020-01-01'],
  ['--expires', '2030-02-31'],
  ['--allow', '192.0.2.0/33'],
  ['--allow', '192.0.2.0/'],
  ['--allow', '192.0.2'],
  ['--allow', '2001:db8::/129'],
  ['--allow', 'proxy.example.com'],
  ['--allow', ''],
  ['--tier', 'gold'],
  ['--tier', '__proto__'],
]) {
  test(`key create ${args.join(' ')} is refused and makes no key`, async (t) => {
    const { run } = bench(t);
    const { code, out, talk } = await run(['key', 'create', ...args]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(
      talk,
      /^key: --(?:expires|allow|tier) .*(?:give 90d|192\.0\.2\.0\/24|free, pro|give a value)/,
    );
    assert.match((await run(['key', 'list'])).talk, /No keys yet|^The store: there is none/);
  });
}

test('names of keys and accounts are what the console takes: short, and without what cannot be seen', async (t) => {
  const { run } = bench(t);
  for (const option of ['--name', '--account']) {
    for (const name of ['siem\u001b[2J', 'two\nlines', ' padded', 'n'.repeat(101), '\u202etxt']) {
      const { code, talk, out } = await run(['key', 'create', option, name]);
      assert.deepEqual([code, out], [2, ''], JSON.stringify(name));
      assert.match(talk, new RegExp(`^key create: ${option} must (?:have 1 to 100|not have control)`));
    }
  }
  assert.match((await run(['key', 'list'])).talk, /No keys yet/);
  assert.equal((await run(['key', 'create', '--name', 'n'.repeat(100), '--account', 'Österreich'])).code, 0);
});

test('a key is revoked by its id, its prefix, its prefix as listed, or the whole of it', async (t) => {
  const { run } = bench(t);
  for (const name of ['id', 'prefix', 'listed', 'key'] as const) {
    const [made] = jsonLines<Made>((await run(['key', 'create', '--json'])).out);
    const given = { id: made!.id, prefix: made!.prefix, listed: `${made!.prefix}…`, key: made!.key }[name];
    const { code, talk } = await run(['key', 'revoke', given]);
    assert.equal(code, 0, talk);
    assert.ok(talk.includes(`id ${made!.id}`));
    assert.ok(!talk.includes(made!.key));
  }
  const states = (await run(['key', 'list'])).out.match(/revoked/g);
  assert.equal(states?.length, 4);
});

test('revoking twice keeps the first time', async (t) => {
  const { run } = bench(t);
  const [made] = jsonLines<Made>((await run(['key', 'create', '--json'])).out);
  const revoke = async (clock: () => number) =>
    jsonLines<KeyRecord>((await run(['key', 'revoke', '--json', made!.id], { clock })).out)[0]!.revokedAt;
  const first = await revoke(Date.now);
  assert.equal(await revoke(() => Date.now() + DAY), first);
});

test('a whole key that is mistyped or of another store revokes nothing, though its prefix is known', async (t) => {
  const { run } = bench(t);
  const [made] = jsonLines<Made>((await run(['key', 'create', '--json'])).out);
  const other = `${made!.prefix}${'0'.repeat(45)}`;
  for (const wrong of [other, 'sk_live_none', '00000000-0000-4000-8000-000000000000']) {
    const { code, talk } = await run(['key', 'revoke', wrong]);
    assert.equal(code, 2);
    assert.match(talk, /there is no key .*key list/);
    assert.ok(!talk.includes(other));
  }
  assert.match((await run(['key', 'list'])).out, /active/);
});

test('a prefix that several keys share is refused; the id tells them apart, and so does the whole key', async (t) => {
  const { run, withStore } = bench(t);
  const [made] = jsonLines<Made>((await run(['key', 'create', '--json'])).out);
  const twin = { account: 'b', name: 'twin', tier: 'pro', allowedNetworks: [] } as const;
  await withStore((store) =>
    store.createKey({ ...twin, prefix: made!.prefix, hash: Buffer.alloc(32, 7) }, Date.now()),
  );
  const ambiguous = await run(['key', 'revoke', made!.prefix]);
  assert.equal(ambiguous.code, 2);
  assert.match(ambiguous.talk, /several keys begin with .*: give the id/);
  assert.equal((await run(['key', 'revoke', made!.key])).code, 0);
  assert.equal((await run(['key', 'list'])).out.match(/revoked/g)?.length, 1);
});

test('an account holds as many keys as its tier allows', async (t) => {
  const { run } = bench(t);
  for (let made = 0; made < 3; made += 1) {
    assert.equal((await run(['key', 'create', '--tier', 'free'])).code, 0);
  }
  const { code, talk } = await run(['key', 'create', '--tier', 'free']);
  assert.equal(code, 2);
  assert.match(talk, /default already holds 3 Free keys.*revoke one first/);
  assert.equal((await run(['key', 'create', '--tier', 'free', '--account', 'other'])).code, 0);
});
