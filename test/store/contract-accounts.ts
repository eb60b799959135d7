import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { makeApiKey } from '../../src/model/api-key.ts';
import { makeCookieSecret } from '../../src/model/session.ts';
import { type NewKey, ROTATION_QUIET, type Store, StoreError } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import type { TestClock } from './fixtures.ts';
import { DAY } from './fixtures.ts';

const PASSWORD = '$scrypt$of$acme';

/** What every store must do with accounts, sessions and the keys of an account. */
export function accountContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  describe(`${name}: accounts`, () => {
    it('keeps accounts over a restart, each name once', async (store, clock, opened) => {
      await store.createAccount({ name: 'acme', tier: 'free', password: PASSWORD }, clock.now);
      await assert.rejects(
        store.createAccount({ name: 'acme', tier: 'pro', password: 'other' }, clock.now + 1),
        (error: StoreError) => error.code === 'conflict',
      );
      const again = await opened.reopen();
      const kept = { name: 'acme', tier: 'free', createdAt: clock.now, passwordAt: clock.now };
      assert.deepEqual(await again.findAccount('acme'), { ...kept, password: PASSWORD });
      assert.deepEqual(await again.listAccounts(), [kept]);
      for (const other of ['Acme', 'acme ', 'acm', '%', ''])
        assert.equal(await again.findAccount(other), undefined, other);
    });

    it('ends a session by its hash, once, and no other', async (store, clock) => {
      const [one, two] = [await session(store, clock), await session(store, clock)];
      assert.equal(await store.endSession(one), true);
      assert.equal(await store.endSession(one), false);
      assert.equal(await store.findSession(one), undefined);
      assert.equal((await store.findSession(two))?.account, 'acme');
    });

    it('ends all sessions of an account when its password changes, and forgets its browsers', async (store, clock) => {
      const device = makeCookieSecret().hash;
      const mine = await session(store, clock, 'acme', device);
      const other = await session(store, clock, 'other');
      assert.equal(await store.knowsDevice(device, 'acme', 0), true);
      assert.equal(await store.knowsDevice(device, 'other', 0), false);
      assert.equal(await store.setPassword('acme', 'new', clock.now), true);
      assert.equal(await store.findSession(mine), undefined);
      assert.equal(await store.knowsDevice(device, 'acme', 0), false);
      assert.equal((await store.findSession(other))?.account, 'other');
      assert.equal(await store.setPassword('nobody', 'new', clock.now), false);
    });

    it('begins no session for a password that was changed while it was checked', async (store, clock) => {
      await store.createAccount({ name: 'acme', tier: 'pro', password: PASSWORD }, clock.now);
      const { passwordAt } = (await store.findAccount('acme'))!;
      await store.setPassword('acme', 'new', clock.now);
      const [{ hash }, { hash: device }] = [makeCookieSecret(), makeCookieSecret()];
      assert.equal(await store.beginSession({ hash, account: 'acme', passwordAt, device }, clock.now), false);
      assert.equal(await store.findSession(hash), undefined);
    });

    it('a removed account has no session, and its keys stay', async (store, clock) => {
      const hash = await session(store, clock);
      const key = await store.createKey(newKey().key, clock.now);
      assert.equal(await store.removeAccount('acme'), true);
      assert.equal(await store.removeAccount('acme'), false);
      assert.equal(await store.findSession(hash), undefined);
      assert.deepEqual(await store.keysOf('acme'), [key]);
    });

    it('forgets sessions that were not used, or began, too long ago', async (store, clock) => {
      const old = await session(store, clock);
      clock.advance(1_000);
      const used = await session(store, clock);
      await store.touchSession(used, clock.now + 5);
      assert.equal((await store.findSession(used))?.usedAt, clock.now + 5);
      await store.touchSession(used, clock.now);
      assert.equal(
        (await store.findSession(used))?.usedAt,
        clock.now + 5,
        'a clock set back changes nothing',
      );
      assert.equal(await store.forgetSessions({ idle: clock.now - 1, begun: 0, seen: 0 }), 1);
      assert.equal(await store.findSession(old), undefined);
      assert.equal(await store.forgetSessions({ idle: 0, begun: clock.now, seen: 0 }), 1);
    });

    it('keeps the newest twenty sessions of an account, and all of others', async (store, clock) => {
      const other = await session(store, clock, 'other');
      const hashes = [];
      for (let index = 0; index < 25; index += 1) {
        clock.advance(1);
        hashes.push(await session(store, clock));
      }
      const found = await Promise.all(hashes.map((hash) => store.findSession(hash)));
      assert.deepEqual(
        found.map((each) => each !== undefined),
        hashes.map((_, index) => index >= 5),
      );
      assert.notEqual(await store.findSession(other), undefined);
    });
  });

  describe(`${name}: keys of an account`, () => {
    it('changes what is named of a key, and of its own account only', async (store, clock) => {
      const { id } = await store.createKey(newKey().key, clock.now);
      const change = { name: 'edge', expiresAt: clock.now + DAY, allowedNetworks: ['192.0.2.0/24'] };
      assert.equal(await store.changeKey({ account: 'other', id }, change, clock.now), undefined);
      assert.equal((await store.keysOf('acme'))[0]!.name, 'n');
      const changed = await store.changeKey({ account: 'acme', id }, change, clock.now);
      assert.deepEqual({ ...changed, ...change }, changed);
      const never = await store.changeKey({ account: 'acme', id }, { expiresAt: null }, clock.now);
      assert.equal(never!.expiresAt, undefined);
      assert.equal(never!.name, 'edge');
    });

    it('revokes for good', async (store, clock) => {
      const key = newKey();
      const { id } = await store.createKey(key.key, clock.now);
      const owned = { account: 'acme', id };
      const revoked = await store.changeKey(owned, { revoked: true }, clock.now);
      assert.equal(revoked!.revokedAt, clock.now);
      assert.deepEqual(await store.changeKey(owned, { revoked: true }, clock.now + 5), revoked);
      await assert.rejects(store.changeKey(owned, { name: 'x' }, clock.now), isConflict);
      await assert.rejects(rotate(store, owned, clock), isConflict);
      assert.equal((await store.findKey(key.key.hash))?.revokedAt, clock.now);
    });

    it('remembers the 500 keys of an account that were revoked last, and every other', async (store, clock) => {
      const kept = await store.createKey(newKey({ name: 'kept' }).key, clock.now);
      const other = await store.createKey(newKey({ account: 'other' }).key, clock.now);
      await store.revokeKey(other.id, clock.now);
      for (let index = 0; index < 510; index += 1) {
        const { id } = await store.createKey(newKey({ name: `key ${index}` }).key, clock.advance(1));
        await store.changeKey({ account: 'acme', id }, { revoked: true }, clock.now);
      }
      await store.createKey(newKey({ name: 'last' }).key, clock.now);
      const names = (await store.keysOf('acme')).map(({ name: each }) => each);
      assert.equal(names.length, 502);
      for (const each of ['kept', 'last', 'key 10', 'key 509']) assert.ok(names.includes(each), each);
      assert.ok(!names.includes('key 9'));
      assert.equal((await store.keysOf('acme')).find(({ id }) => id === kept.id)?.revokedAt, undefined);
      assert.equal((await store.keysOf('other')).length, 1);
    });

    it('rotates into a key of the same kind, while the old one lives until the deadline', async (store, clock) => {
      const more = { allowedNetworks: ['192.0.2.0/24'], expiresAt: clock.now + 10 * DAY };
      const { id } = await store.createKey(newKey(more).key, clock.now);
      clock.advance(5 * DAY);
      const { old, successor } = (await rotate(store, { account: 'acme', id }, clock))!;
      assert.equal(old.successor, successor.id);
      assert.equal(old.expiresAt, clock.now + 5 * DAY, 'its own end came first');
      assert.deepEqual(
        [successor.name, successor.tier, successor.allowedNetworks],
        ['n', 'pro', ['192.0.2.0/24']],
      );
      assert.equal(successor.expiresAt, clock.now + 10 * DAY, 'it lives as long as the old one was to');
      for (const each of [id, successor.id])
        await assert.rejects(rotate(store, { account: 'acme', id: each }, clock), isConflict);
      await assert.rejects(
        store.changeKey({ account: 'acme', id }, { expiresAt: null }, clock.now),
        isConflict,
      );
      assert.equal(await rotate(store, { account: 'other', id }, clock), undefined);
      clock.advance(6 * DAY);
      assert.notEqual(await rotate(store, { account: 'acme', id: successor.id }, clock), undefined);
    });

    it('a rotation needs no place of its own among the keys of the tier', async (store, clock) => {
      const made = [];
      for (let index = 0; index < 3; index += 1)
        made.push(await store.createKey(newKey({ tier: 'free' }).key, clock.now));
      await assert.rejects(store.createKey(newKey({ tier: 'free' }).key, clock.now), StoreError);
      await rotate(store, { account: 'acme', id: made[0]!.id }, clock);
      await assert.rejects(store.createKey(newKey({ tier: 'free' }).key, clock.now), StoreError);
    });

    it('ends a rotated key when each address that used it has come with the new one, and it was quiet', async (store, clock) => {
      const { id } = await store.createKey(newKey().key, clock.now);
      await use(store, id, ['192.0.2.1', '192.0.2.2'], clock.now);
      const { successor } = (await rotate(store, { account: 'acme', id }, clock))!;
      await use(store, successor.id, ['192.0.2.1'], clock.advance(1_000));
      clock.advance(ROTATION_QUIET);
      assert.deepEqual(await store.retireKeys(clock.now), [], 'one address has not come yet');
      await use(store, id, ['192.0.2.2'], clock.now);
      await use(store, successor.id, ['192.0.2.2'], clock.advance(1_000));
      assert.deepEqual(await store.retireKeys(clock.now), [], 'the old key was used just now');
      clock.advance(ROTATION_QUIET);
      const [retired, ...rest] = await store.retireKeys(clock.now);
      assert.deepEqual(rest, []);
      assert.deepEqual([retired?.id, retired?.revokedAt], [id, clock.now]);
      assert.deepEqual(await store.retireKeys(clock.now), []);
      assert.equal((await store.keysOf('acme')).find((key) => key.id === successor.id)?.revokedAt, undefined);
    });

    it('leaves a rotated key of which no use is known to its deadline', async (store, clock) => {
      const { id } = await store.createKey(newKey().key, clock.now);
      const { successor } = (await rotate(store, { account: 'acme', id }, clock))!;
      await use(store, successor.id, ['192.0.2.1'], clock.now);
      clock.advance(10 * DAY);
      assert.deepEqual(await store.retireKeys(clock.now), []);
    });

    it('a client that goes back to the old key keeps it alive', async (store, clock) => {
      const { id } = await store.createKey(newKey().key, clock.now);
      await use(store, id, ['192.0.2.1'], clock.now);
      const { successor } = (await rotate(store, { account: 'acme', id }, clock))!;
      await use(store, successor.id, ['192.0.2.1'], clock.advance(1_000));
      await use(store, id, ['192.0.2.1'], clock.advance(1_000));
      clock.advance(2 * ROTATION_QUIET);
      assert.deepEqual(await store.retireKeys(clock.now), []);
    });
  });
}

function isConflict(error: StoreError): boolean {
  return error.code === 'conflict';
}

async function session(
  store: Store,
  clock: TestClock,
  account = 'acme',
  device = makeCookieSecret().hash,
): Promise<Buffer> {
  const found = await store.findAccount(account);
  const { passwordAt } =
    found ?? (await store.createAccount({ name: account, tier: 'pro', password: PASSWORD }, clock.now));
  const { hash } = makeCookieSecret();
  assert.equal(await store.beginSession({ hash, account, passwordAt, device }, clock.now), true);
  return hash;
}

function newKey(more: Partial<NewKey> = {}): { text: string; key: NewKey } {
  const { text, prefix, hash } = makeApiKey();
  return {
    text,
    key: { prefix, hash, account: 'acme', name: 'n', tier: 'pro', allowedNetworks: [], ...more },
  };
}

function rotate(store: Store, owned: { account: string; id: string }, clock: TestClock) {
  const { hash, prefix } = makeApiKey();
  return store.rotateKey(owned, { hash, prefix }, clock.now + 30 * DAY, clock.now);
}

function use(store: Store, key: string, addresses: readonly string[], at: number): Promise<void> {
  const uses = addresses.map((address) => ({ key, address, firstAt: at, lastAt: at }));
  return store.recordUsage({ requests: [], marks: [], addresses: uses, deliveries: [] }, at);
}
