/** Ingests one batch after the other, up to number `last`, and tells each one's number once it is acknowledged. */
import { writeSync } from 'node:fs';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { SOURCE } from './fixtures.ts';
import { numberedBatch } from './whole-batches.ts';

const [directory, first, size, last = Infinity] = process.argv.slice(2);
const store = await openSqliteStore({
  directory: directory!,
  producer: SOC_DEFENDERS,
  clock: Date.now,
  // Servers and imports write in a thread, other commands themselves: each start is the other than the one before, mostly.
  writer: Number(first) % 2 === 0 ? 'thread' : 'in-thread',
});
const run = await store.beginRun(SOURCE, 'crash test', Date.now());
for (let batch = Number(first); batch <= Number(last); batch += 1) {
  await store.ingest(run, numberedBatch(batch, Number(size)), Date.now());
  writeSync(1, `${batch}\n`);
}
await store.close();
