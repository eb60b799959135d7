import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';

import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { uuidBytes } from '../../src/model/uuid.ts';
import { csvCell } from '../../src/render/list/item-csv.ts';
import { StixIds } from '../../src/render/stix/id.ts';
import { renderIndicator } from '../../src/render/stix/indicator.ts';
import { assess } from '../../src/score/assess.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { ANY, DAY, SOURCE, START, TestClock } from './fixtures.ts';

const MIGRATIONS = new URL('../../src/store/sqlite/migrations/', import.meta.url);
const NEVER = Number.MAX_SAFE_INTEGER;

/** A store as it was before there were lists: with one version of each IOC. */
function oldStore(directory: string, iocs: readonly (readonly [IocType, string])[]): void {
  const db = new DatabaseSync(join(directory, 'indicators.sqlite'));
  for (const file of ['001-initial.sql', '002-feeds.sql'])
    db.exec(readFileSync(new URL(file, MIGRATIONS), 'utf8'));
  db.exec('PRAGMA user_version = 2');
  db.prepare('INSERT INTO source (id, name, url, category, tlp, confidence) VALUES (1, ?, ?, ?, 0, 50)').run(
    '=Feed, "quoted"',
    SOURCE.url!,
    'Community',
  );
  const ids = new StixIds(SOC_DEFENDERS);
  for (const [index, [type, value]] of iocs.entries()) {
    const stamp = START - 1_000 + index;
    const uuid = ids.indicatorUuid(type, value);
    const context = {
      lastSeen: START - DAY,
      tags: ['=tag', 'b'],
      family: 'Mozi',
      sectors: ['energy'] as const,
    };
    const report = {
      source: SOURCE,
      contexts: [context],
      firstReported: START,
      lastReported: START,
      reports: 1,
    };
    const validUntil = index % 2 === 0 ? START + 9 * DAY : undefined;
    const stix = renderIndicator(assess({ type, value }, [report], START), {
      uuid,
      identity: ids.identity,
      created: stamp,
      modified: stamp,
      validUntil,
    });
    db.prepare(
      'INSERT INTO ioc (uuid, type, value, created, stamp, validity_moved_at) VALUES (?, ?, ?, ?, ?, 0)',
    ).run(uuidBytes(uuid), IOC_TYPES.indexOf(type), value, stamp, stamp);
    db.prepare('INSERT INTO sighting VALUES (?, 1, ?, ?, 1, ?, 0, NULL)').run(
      index + 1,
      START,
      START,
      JSON.stringify([context]),
    );
    db.prepare('INSERT INTO version VALUES (?, ?, 1, ?, 1, 2, ?, ?, ?)').run(
      stamp,
      index + 1,
      IOC_TYPES.indexOf(type),
      NEVER,
      validUntil ?? NEVER,
      stix,
    );
  }
  db.close();
}

test('what was published before there were lists is listed', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-old-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const iocs = [
    ['domain', 'bad.example.com'],
    ['url', 'http://bad.example.com/"a",b'],
    ['email', "+'=x@example.com"],
  ] as const;
  oldStore(directory, iocs);
  const clock = new TestClock();
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: clock.read,
    writer: 'in-thread',
  });
  const { items } = await store.items({ ...ANY, categories: ['community'] }, clock.now, 10);
  const csv = Buffer.from((await store.texts(ANY, 'csv', clock.now, 10)).bytes).toString('utf8');
  const { total, types, feeds, categories, day } = await store.statistics(clock.now);
  assert.deepEqual([total, types.get('url')], [3, 1]);
  assert.deepEqual(feeds, [{ name: '=Feed, "quoted"', count: 3 }]);
  assert.deepEqual(categories, [{ name: 'community', count: 3 }]);
  assert.deepEqual(day, { added: 3, updated: 0, addedBefore: 0 });
  await store.close();
  assert.deepEqual(
    items.map(({ type, value }) => [type, value]),
    iocs,
  );
  for (const [index, item] of items.entries()) {
    assert.equal(item.modified, START - 1_000 + index);
    assert.equal(item.validUntil, index % 2 === 0 ? START + 9 * DAY : undefined);
    assert.deepEqual(
      [item.level, item.confidence, item.revoked, item.tlp],
      ['medium', item.confidence, false, 'amber'],
    );
    assert.deepEqual([item.firstSeen, item.lastSeen], [START - DAY, START - DAY]);
    assert.deepEqual([item.tags, item.families, item.sectors], [['=tag', 'b'], ['Mozi'], ['energy']]);
    assert.equal(item.sources[0]?.category, 'Community');
  }
  const rows = parse(csv, { record_delimiter: '\r\n' });
  const defused = (text: string): string => (csvCell(text).startsWith("'") ? `'${text}` : text);
  assert.deepEqual(
    rows.map((row) => [row[2], row[7], row[8], row[9]]),
    iocs.map(([, value]) => [
      value.startsWith('+') ? `'${value}` : value,
      `'=Feed, "quoted"`,
      'Community',
      defused('=tag;b'),
    ]),
  );
});
