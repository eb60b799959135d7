import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import type { IocItem } from '../../src/model/ioc-item.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { CSV_COLUMNS, csvCell, renderItemCsv } from '../../src/render/list/item-csv.ts';
import { parseItems, renderItemJson } from '../../src/render/list/item-json.ts';
import { START, take } from '../store/fixtures.ts';
import { bearer, get, serving } from './serving.ts';

const ITEM: IocItem = {
  id: 'indicator--03240c61-daa7-5645-b4ea-83f63505a90f',
  type: 'url',
  value: 'http://bad.example.com/',
  confidence: 50,
  level: 'medium',
  firstSeen: START,
  lastSeen: START,
  created: START,
  modified: START,
  revoked: false,
  tlp: 'clear',
  description: 'URL.',
  threatTypes: [],
  families: [],
  actors: [],
  tags: [],
  techniques: [],
  cves: [],
  sectors: [],
  sources: [{ name: 'Example Feed', origin: 'feed' }],
};

const NASTY = [
  '"',
  '""',
  "'",
  "'=1",
  "''+1",
  '=cmd|" /C calc"!A0',
  '@SUM(1)',
  '+1',
  '-1',
  '\t=1',
  '\r=1',
  '\n=1',
  '\uff1d1',
  'a,b;c|d',
  'a\r\nb',
  'a\nb',
  ' leading',
  'trailing ',
  "'; drop table ioc; --",
  '<script>alert(1)</script>',
  '\u202Egnp.exe',
  '\u2028\u2029',
  '\ufeffbom',
  '',
  'x'.repeat(65_536),
  '\\',
  '{"a":1}',
];

/** What `docs/api.md` says about undoing. */
function undefused(cell: string): string {
  return /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? cell.slice(1) : cell;
}

function records(csv: string): string[][] {
  return parse(`${csv}\r\n`, { record_delimiter: '\r\n', bom: false });
}

test('every hostile text in a CSV cell is read back as it was, and none begins like a formula', () => {
  for (const text of NASTY) {
    const [record] = records([csvCell(text), csvCell('next')].join(','));
    assert.equal(record!.length, 2);
    assert.doesNotMatch(record![0]!, /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/);
    assert.equal(undefused(record![0]!), text);
  }
});

test('any text at all is one cell of one record', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...NASTY.slice(0, 20)));
  fc.assert(
    fc.property(fc.array(anything, { minLength: 2, maxLength: 4 }), (texts) => {
      const [record, ...more] = records(texts.map(csvCell).join(','));
      assert.deepEqual(more, []);
      assert.deepEqual(
        record!.map(undefused),
        texts.map((text) => text.toWellFormed().replaceAll('\0', '\ufffd')),
      );
    }),
  );
});

test('a lone surrogate and NUL become the replacement character and break nothing', () => {
  const [record] = records(renderItemCsv({ ...ITEM, value: 'a\ud800b\0c' }));
  assert.equal(record!.length, CSV_COLUMNS.length);
  assert.equal(record![2], 'a\ufffdb\ufffdc');
});

test('an item survives JSON whatever its texts hold', () => {
  for (const text of [...NASTY, '\0', '\ud800']) {
    const item: IocItem = {
      ...ITEM,
      value: text,
      description: text,
      tags: [text],
      families: [text],
      actors: [text],
      threatTypes: [text],
      cves: [text],
      validUntil: START + 1,
      revoked: true,
      sources: [
        { name: text, category: text, url: text, comment: text, origin: 'article' },
        { name: 'b', origin: 'feed' },
      ],
    };
    const json = renderItemJson(item);
    assert.doesNotMatch(json, /[\n\r\0]/);
    assert.deepEqual(parseItems(Buffer.from(json)), [item]);
  }
});

test('hostile URLs come out of every format as they went in, one line each', async (context) => {
  const server = await serving(context);
  const urls = NASTY.flatMap((text) =>
    ['', 'a?q=', '#'].map((place) => `http://h.example.com/${place}${text}`),
  )
    .map((url) => normaliseIoc(url, 'url'))
    .filter((normal) => normal.ok)
    .map(({ value }) => value);
  const expected = [...new Set(urls)];
  assert.ok(expected.length >= 40, `${expected.length} are taken`);
  await take(
    server.store,
    expected.map((value) => ({
      type: 'url',
      value,
      lastSeen: START,
      tags: [value.slice(21, 60)],
      comment: value,
    })),
    START,
  );
  const of = async (format: string): Promise<string> => {
    const path = `/api/v1/iocs?since=2026-01-01&limit=1000&format=${format}`;
    return (await get(server, path, bearer(server.pro))).body.toString('utf8');
  };
  const { data } = JSON.parse(await of('json')) as { data: { value: string }[] };
  assert.deepEqual(
    data.map(({ value }) => value),
    expected,
  );
  const lines = (await of('txt')).split('\n');
  assert.equal(lines.pop(), '');
  assert.deepEqual(lines, expected);
  for (const line of lines)
    assert.deepEqual(normaliseIoc(line, 'url'), { ok: true, type: 'url', value: line });
  const [header, ...rows] = parse(await of('csv'), { record_delimiter: '\r\n' });
  assert.deepEqual(header, CSV_COLUMNS);
  assert.deepEqual(
    rows.map((row) => undefused(row[2]!)),
    expected,
  );
  for (const row of rows) assert.equal(row.length, CSV_COLUMNS.length);
  const objects = (await of('ndjson')).trimEnd().split('\n');
  assert.deepEqual(
    objects.map((line) => (JSON.parse(line) as { value: string }).value),
    expected,
  );
});
