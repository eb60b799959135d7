import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { TestClock } from './fixtures.ts';

/** A new store in a directory of its own, written in this thread, which goes with the test. */
export async function temporaryStore(
  context: TestContext,
): Promise<{ readonly store: Store; readonly clock: TestClock; readonly directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-store-'));
  const clock = new TestClock();
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: clock.read,
    writer: 'in-thread',
  });
  context.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return { store, clock, directory };
}
