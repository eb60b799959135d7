import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { openDocument } from '../../src/feeds/open-document.ts';
import { screen } from '../../src/feeds/screen.ts';
import { MOST_RECORDS, Surveyor, TooManyRecordsError } from '../../src/feeds/survey.ts';
import type { Hold } from '../../src/model/hold.ts';
import type { Ioc } from '../../src/model/ioc.ts';
import type { RawIoc, Rejection } from '../../src/model/sighting.ts';
import { InputError, type ReadItem } from '../../src/parse/format.ts';
import { iocItem, rejectionItem } from '../../src/parse/read-item.ts';
import { feedBench, lines, LIST } from './runs.ts';

function item(value: string, more: Partial<RawIoc> = {}): ReadItem {
  return { kind: 'ioc', ioc: { value, place: 'line 7', ...more } };
}

function gateOf(hold: Hold | undefined) {
  const asked: (readonly [string, readonly string[]])[] = [];
  return {
    asked,
    check: ({ value }: Ioc, { ownHosts }: { readonly ownHosts: readonly string[] }) => {
      asked.push([value, ownHosts]);
      return hold;
    },
  };
}

const HOLD: Hold = { rule: 'warninglist', list: 'ours', entry: 'name.example.com' };

test('a record that passes is a sighting in normal form, one that is held keeps its hold', () => {
  const gate = gateOf(undefined);
  const passed = screen(item('hxxp://Name[.]example[.]com'), { gate, ownHosts: ['feed.example.org'] });
  assert.ok(passed.ok);
  assert.deepEqual([passed.sighting.type, passed.sighting.hold], ['url', undefined]);
  assert.deepEqual(gate.asked, [[passed.sighting.value, ['feed.example.org']]]);
  const held = screen(item('name.example.com'), { gate: gateOf(HOLD) });
  assert.ok(held.ok);
  assert.deepEqual(held.sighting.hold, HOLD);
});

test('what names the source’s own host is rejected with its place, not held', () => {
  const outcome = screen(item('feed.example.org'), {
    gate: gateOf({ rule: 'own_domain', list: 'source', entry: 'example.org' }),
  });
  assert.ok(!outcome.ok);
  const { place, code, sample, reason } = outcome.rejection;
  assert.deepEqual([place, code, sample], ['line 7', 'own_host', 'feed.example.org']);
  assert.match(reason, /example\.org/);
});

test('what is no IOC is rejected before the gate is asked, and a reader’s rejection is cleaned', () => {
  const gate = gateOf(undefined);
  const bad = screen(item('no value'), { gate });
  assert.ok(!bad.ok);
  assert.equal(bad.rejection.place, 'line 7');
  const told = screen(rejectionItem('line 8', 'malformed_record', 'a\u0000\u001b[31mb'), { gate });
  assert.ok(!told.ok);
  assert.doesNotMatch(told.rejection.sample, /\p{Cc}/u);
  assert.deepEqual(gate.asked, []);
});

test('defaults fill in what a record leaves open; tags and sectors add up, each once', () => {
  const defaults = {
    threatType: 'botnet_cc',
    tags: ['a', 'b'],
    sectors: ['energy', 'water'],
    confidence: 90,
  } as const;
  const outcome = screen(
    item('name.example.com', { threatType: 'phishing', tags: ['b', 'c'], sectors: ['water'] }),
    { defaults },
  );
  assert.ok(outcome.ok);
  const { threatType, tags, sectors, confidence } = outcome.sighting;
  assert.deepEqual(
    { threatType, tags, sectors, confidence },
    { threatType: 'phishing', tags: ['b', 'c', 'a'], sectors: ['water', 'energy'], confidence: 90 },
  );
  const bare = screen(item('name.example.com'), { defaults: {} });
  assert.ok(bare.ok && !('tags' in bare.sighting) && !('sectors' in bare.sighting));
});

test('conclusions are drawn from a record with its defaults, and the gate sees them', () => {
  const outcome = screen(item('name.example.com'), {
    defaults: { tags: ['a'] },
    enrich: (sighting) => ({ ...sighting, family: sighting.tags?.join() ?? '' }),
    gate: gateOf(HOLD),
  });
  assert.ok(outcome.ok);
  assert.deepEqual([outcome.sighting.family, outcome.sighting.hold], ['a', HOLD]);
});

async function* batches(...given: readonly (readonly ReadItem[])[]): AsyncGenerator<readonly ReadItem[]> {
  yield* given;
}

test('a survey counts what is new, the same, changed, held, rejected and gone, and changes nothing', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 4));
  const told: string[] = [];
  const surveyor = new Surveyor(bench.store, LIST.title, async (kind, { value }) => {
    told.push(`${kind} ${value}`);
  });
  const rejections: Rejection[] = [];
  const gate = { check: ({ value }: Ioc) => (value === 'host-9.example.net' ? HOLD : undefined) };
  const host = (index: number, more: Partial<RawIoc> = {}) => item(`host-${index}.example.net`, more);
  await surveyor.read(
    batches(
      [host(0), host(1, { tags: ['new'] }), host(2, { revoked: true })],
      [host(8), host(9), item('no value')],
    ),
    { gate },
    async (each) => {
      rejections.push(...each);
    },
  );
  const survey = await surveyor.finish(true);
  const { rejected, ...counts } = survey;
  assert.deepEqual(counts, {
    listed: 5,
    added: 2,
    changed: 2,
    same: 1,
    held: 1,
    takenBack: 1,
    standing: 4,
    absent: 1,
  });
  assert.deepEqual([...rejected.values()], [1]);
  assert.equal(rejections.length, 1);
  assert.deepEqual(told.sort(), [
    'added host-8.example.net',
    'added host-9.example.net',
    'changed host-1.example.net',
    'changed host-2.example.net',
  ]);
  const absent = (await Array.fromAsync(surveyor.absent())).flat();
  assert.deepEqual(
    absent.map(({ value }) => value),
    ['host-3.example.net'],
  );
  assert.equal((await surveyor.finish(false)).absent, 0, 'where absence means nothing');
  assert.equal((await bench.published()).length, 4);
});

test('a survey ends when it is aborted, and at more records than a run takes', async (t) => {
  const bench = await feedBench(t);
  const nothing = async (): Promise<void> => undefined;
  const surveyor = () => new Surveyor(bench.store, LIST.title);
  await assert.rejects(
    surveyor().read(batches([item('name.example.com')]), {}, nothing, AbortSignal.abort()),
    { name: 'AbortError' },
  );
  const huge = { length: MOST_RECORDS + 1 } as readonly ReadItem[];
  await assert.rejects(surveyor().read(batches(huge), {}, nothing), TooManyRecordsError);
  const fails = async function* (): AsyncGenerator<readonly ReadItem[]> {
    yield [iocItem('name.example.com', 'line 1', undefined, {})];
    throw new InputError('line 2', 'it is cut off');
  };
  await assert.rejects(surveyor().read(fails(), {}, nothing), InputError);
});

test('a feed that is data is not read as prose; where the feed or the document says so, it is', async (t) => {
  const { directory } = await feedBench(t);
  const path = join(directory, 'page');
  writeFileSync(
    path,
    'Please sign in to continue, with your account. The service is at name.example.com as ever.\n'.repeat(3),
  );
  const document = { path, url: 'https://feed.example.org/page' };
  await assert.rejects(
    openDocument(document, LIST, 0),
    (error: unknown) => error instanceof InputError && /in place of data/.test(error.message),
  );
  const reports = {
    ...LIST,
    access: { kind: 'reports', url: 'https://feed.example.org/', pages: true },
  } as const;
  const opened = await openDocument(document, reports, 0);
  assert.equal(opened.format.name, 'prose');
  assert.ok((await Array.fromAsync(opened.items)).length > 0);
  const said = await openDocument({ ...document, format: 'prose' }, LIST, 0);
  assert.equal(said.format.name, 'prose');
  assert.ok((await Array.fromAsync(said.items)).length > 0);
});

test('the columns that a feed names are read', async (t) => {
  const { directory } = await feedBench(t);
  const path = join(directory, 'table');
  writeFileSync(path, 'first,second\nname.example.com,x\n');
  const access = {
    kind: 'file',
    url: 'https://feed.example.org/table.csv',
    format: 'csv',
    columns: { value: 'first', tags: 'second' },
  } as const;
  const { items } = await openDocument({ path, url: access.url, format: 'csv' }, { ...LIST, access }, 0);
  const read = (await Array.fromAsync(items)).flat();
  assert.deepEqual(
    read.map((each) => (each.kind === 'ioc' ? [each.ioc.value, each.ioc.tags] : each.rejection.reason)),
    [['name.example.com', ['x']]],
  );
});
