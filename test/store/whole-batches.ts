import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';

import type { Sighting } from '../../src/model/sighting.ts';
import { domain } from './fixtures.ts';

/** Batch number `batch`: `size` IOCs of its own, and as many updates of those of the batch before. */
export function numberedBatch(batch: number, size: number): Sighting[] {
  const own = Array.from({ length: size }, (_, index) => domain(batch * size + index));
  // Every other sighting updates one of the batch before, so that versions are replaced as well.
  const updates = own.map((_, index) =>
    domain(Math.max(0, batch - 1) * size + index, { confidence: 10 + (batch % 80) }),
  );
  return [...own, ...updates];
}

/**
 * Checks a database into which batches from `numberedBatch` were written in turn: it is sound, all batches up to
 * `acknowledged` are there and published, and none is there in part. Returns the last batch that is there.
 */
export function assertWholeBatches(path: string, acknowledged: number, size: number): number {
  const db = new DatabaseSync(path);
  try {
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
    const rows = db
      .prepare('SELECT i.value, i.stamp, v.stix FROM ioc i LEFT JOIN version v ON v.stamp = i.stamp')
      .all();
    const perBatch = new Map<number, number>();
    for (const { value, stix } of rows) {
      assert.ok(stix !== null, `${String(value)} is kept but not published`);
      const batch = Math.floor(Number(String(value).match(/\d+/)?.[0]) / size);
      perBatch.set(batch, (perBatch.get(batch) ?? 0) + 1);
    }
    for (let batch = 0; batch <= acknowledged; batch += 1) {
      assert.equal(perBatch.get(batch), size, `batch ${batch} was acknowledged`);
    }
    for (const [batch, count] of perBatch) assert.equal(count, size, `batch ${batch} is half there`);
    const { standing } = db
      .prepare('SELECT count(*) AS standing FROM version WHERE until = 9007199254740991')
      .get()!;
    assert.equal(standing, rows.length);
    const last = db.prepare("SELECT value FROM meta WHERE key = 'last_stamp'").get();
    const newest = db.prepare('SELECT max(stamp) AS stamp FROM version').get();
    assert.equal(last?.value ?? null, newest?.stamp);
    return Math.max(-1, ...perBatch.keys());
  } finally {
    db.close();
  }
}
