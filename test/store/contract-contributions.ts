import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { makeApiKey } from '../../src/model/api-key.ts';
import { STATUS_KEPT } from '../../src/model/contribution.ts';

import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';

const RECORD = {
  id: '4a8340d5-db7c-4c5e-9671-226ceb5d0153',
  account: 'partner',
  status: '{"status":"complete"}',
};

/** What every store must keep of contributions: handed to each like `storeContract`. */
export function contributionContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  describe(`${name}: contributions`, () => {
    it('keeps a status for as long as it is promised, over a restart', async (store, clock, opened) => {
      await store.keepContribution(RECORD, clock.now);
      const again = await opened.reopen();
      clock.advance(STATUS_KEPT - 1);
      assert.deepEqual(await again.findContribution(RECORD.id, clock.now), RECORD);
      clock.advance(1);
      assert.equal(await again.findContribution(RECORD.id, clock.now), undefined);
    });

    it('finds none by another id', async (store, clock) => {
      await store.keepContribution(RECORD, clock.now);
      assert.equal(
        await store.findContribution('a15f591d-0ad9-4024-982b-f9d6b61e7793', clock.now),
        undefined,
      );
    });

    it('keeps one beside the others, and forgets the old when a new one comes', async (store, clock) => {
      await store.keepContribution(RECORD, clock.now);
      const later = { ...RECORD, id: 'a15f591d-0ad9-4024-982b-f9d6b61e7793' };
      await store.keepContribution(later, clock.advance(STATUS_KEPT - 1));
      assert.deepEqual(await store.findContribution(RECORD.id, clock.now), RECORD);
      await store.keepContribution({ ...RECORD, account: 'other' }, clock.advance(1));
      assert.equal((await store.findContribution(RECORD.id, clock.now))?.account, 'other');
      assert.deepEqual(await store.findContribution(later.id, clock.now), later);
    });

    it('remembers of a key whether it may contribute', async (store, clock, opened) => {
      for (const canWrite of [true, false]) {
        const { text: _text, ...kept } = makeApiKey();
        const key = {
          ...kept,
          account: 'partner',
          name: 'x',
          tier: 'pro' as const,
          allowedNetworks: [],
          canWrite,
        };
        await store.createKey(key, clock.now);
        assert.equal((await store.findKey(kept.hash))?.canWrite === true, canWrite);
      }
      const again = await opened.reopen();
      assert.equal((await again.listKeys()).filter((key) => key.canWrite === true).length, 1);
    });
  });
}
