import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import fc from 'fast-check';

import { screen } from '../../src/feeds/screen.ts';
import { takeIn } from '../../src/feeds/take-in.ts';
import { type Tlp, TLP_MARKINGS, tlpOfMarkingId } from '../../src/model/marking.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openInput } from '../../src/parse/formats.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { piecesOf } from '../parse/reading.ts';
import { ANY, DAY, type Indicator, readAll, SOURCE, START } from '../store/fixtures.ts';

/** A marking as people write it in tags. */
const SPELLINGS: Readonly<Record<Tlp, readonly string[]>> = {
  clear: ['tlp:clear', 'TLP:WHITE', 'tlp:white'],
  green: ['tlp:green', 'TLP:GREEN', 'tlp: Green'],
  amber: ['tlp:amber', 'TLP:AMBER', 'TLP AMBER'],
  'amber+strict': ['tlp:amber+strict', 'TLP:AMBER-STRICT'],
  red: ['tlp:red', 'TLP:RED', ' Tlp : Red ', 'TLP-RED', 'tlp="red"'],
};

async function opened(context: TestContext): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-marking-'));
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: () => START,
    writer: 'in-thread',
  });
  context.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return store;
}

async function imported(store: Store, text: string, name: string, tlp: Tlp): Promise<void> {
  const { items } = await openInput(piecesOf(Buffer.from(text), 4_096), { now: START });
  const run = await store.beginRun({ ...SOURCE, name, tlp }, 'test', START);
  await takeIn(store, run, items, { clock: () => START, screening: { unmarked: tlp } });
  await store.endRun(run, START);
}

const tlpOf = ({ object_marking_refs: refs }: Indicator): Tlp => tlpOfMarkingId(refs[0]!)!;

test('a TLP among the tags of a CSV file marks what is published, and is no label', async (context) => {
  const store = await opened(context);
  const text = 'ioc,tags\n192.0.2.1,tlp:red;PAP:RED\n192.0.2.2,elf;TLP:AMBR\n192.0.2.3,elf\n';
  await imported(store, text, 'CSV', 'clear');
  const versions = await readAll(store, ANY, START + DAY);
  assert.deepEqual(
    versions.map((version) => [version.name, tlpOf(version), version.labels]),
    [
      ['192.0.2.1', 'red', ['pap:red']],
      ['192.0.2.2', 'amber', ['elf']],
      ['192.0.2.3', 'clear', ['elf']],
    ],
  );
});

test('no version is marked more freely than a tag or column of its record, or its feed', async (context) => {
  const store = await opened(context);
  let round = 0;
  const tlp = fc.constantFrom(...TLP_MARKINGS);
  const tag = tlp.chain((marking) =>
    fc.record({ marking: fc.constant(marking), text: fc.constantFrom(...SPELLINGS[marking]) }),
  );
  const row = fc.record({
    tags: fc.array(fc.oneof(tag, fc.constant({ marking: undefined, text: 'elf' })), { maxLength: 60 }),
    column: fc.option(tlp, { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), tlp, async (rows, unmarked) => {
      round += 1;
      const lines = rows.map(
        ({ tags, column }, index) =>
          `r${round}-${index}.example.com,${tags.map(({ text }) => text).join(';')},${column ?? ''}`,
      );
      await imported(store, `ioc,tags,tlp\n${lines.join('\n')}\n`, `Feed ${round}`, unmarked);
      const versions = await readAll(store, ANY, START + DAY);
      for (const [index, { tags, column }] of rows.entries()) {
        const version = versions.find(({ name }) => name === `r${round}-${index}.example.com`)!;
        const floors = new Set([...tags.map(({ marking }) => marking), column ?? unmarked]);
        const strictest = TLP_MARKINGS.findLast((marking) => floors.has(marking));
        assert.equal(tlpOf(version), strictest, lines[index]);
        assert.ok(version.labels?.every((label) => !/tlp/i.test(label)) !== false);
      }
    }),
    { numRuns: 25 },
  );
});

test('a marking that cannot be read is amber at least, in a column as in tags, and never loosens a feed', async (context) => {
  const store = await opened(context);
  const words = 'ioc,tags,tlp\nA.example.com,tlp:ambr,\nB.example.com,,ultraviolet\nC.example.com,,red!\n';
  const event = { Event: { uuid: '1', info: 'x', Attribute: [{ type: 'domain', value: 'D.example.com' }] } };
  const misp = JSON.stringify({ Event: { ...event.Event, Tag: [{ name: 'tlp:ambr' }] } });
  for (const unmarked of ['clear', 'amber+strict', 'red'] as const) {
    const named = (text: string): string =>
      text.replaceAll('.example', `.${unmarked.slice(0, 3)}${unmarked.length}.example`);
    await imported(store, named(words), `CSV ${unmarked}`, unmarked);
    await imported(store, named(misp), `MISP ${unmarked}`, unmarked);
  }
  const markings = (await readAll(store, ANY, START + DAY)).map((version) => tlpOf(version));
  assert.deepEqual(markings, [
    'amber',
    'amber',
    'red',
    'amber',
    'amber+strict',
    'amber+strict',
    'red',
    'amber+strict',
    'red',
    'red',
    'red',
    'red',
  ]);
});

test('a marking among what holds for all of a feed is never loosened by a record', () => {
  const item = { kind: 'ioc', ioc: { value: '192.0.2.1', place: 'line 1', tlp: 'clear' } } as const;
  const screened = screen(item, { defaults: { tlp: 'red' } });
  assert.equal(screened.ok && screened.sighting.tlp, 'red');
});
