import { test } from 'node:test';

import type { Store } from '../../src/store/store.ts';
import type { OpenStore, StoreOpener } from './contract.ts';
import { TestClock } from './fixtures.ts';

/** What is done with a store that was opened for it alone. */
export type Body = (store: Store, clock: TestClock, opened: OpenStore) => Promise<void>;

/** Tests of behaviours, each with a store of its own; one that has been read before, where they say so. */
export function itWith(
  open: StoreOpener,
  { polled = false }: { readonly polled?: boolean } = {},
): (behaviour: string, body: Body) => void {
  return (behaviour, body) =>
    void test(behaviour, async (context) => {
      const clock = new TestClock();
      const opened = await open(context, clock);
      if (polled) await opened.store.markPolled(clock.now);
      await body(opened.store, clock, opened);
    });
}
