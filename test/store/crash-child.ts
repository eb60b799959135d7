/** Ingests one batch after the other and tells each one's number once it is acknowledged, until it is killed. */
import { writeSync } from 'node:fs';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { domain, SOURCE } from './fixtures.ts';

const [directory, first, size] = process.argv.slice(2);
const store = await openSqliteStore({
  directory: directory!,
  producer: SOC_DEFENDERS,
  clock: Date.now,
  writer: 'thread',
});
const run = await store.beginRun(SOURCE, 'crash test', Date.now());
for (let batch = Number(first); ; batch += 1) {
  const sightings = Array.from({ length: Number(size) }, (_, index) => domain(batch * Number(size) + index));
  // Every other sighting updates one of the batch before, so that versions are replaced as well.
  const updates = sightings.map((_, index) =>
    domain(Math.max(0, batch - 1) * Number(size) + index, { confidence: 10 + (batch % 80) }),
  );
  await store.ingest(run, [...sightings, ...updates], Date.now());
  writeSync(1, `${batch}\n`);
}
