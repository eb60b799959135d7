import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { bench, indicatorsIn } from './commands.ts';

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** The value between the quotes of a pattern's one comparison, its escapes undone (STIX 2.1 §9.5). */
const valueOf = (pattern: unknown): string =>
  String(pattern)
    .slice(String(pattern).indexOf("= '") + 3, -2)
    .replaceAll(/\\(.)/g, '$1');

const HOSTILE = [
  "http://h.example.com/it's",
  'http://h.example.com/"quoted"',
  String.raw`http://h.example.com/back\slash`,
  "http://h.example.com/?q=') OR [url:value = 'x",
  'http://h.example.com/=cmd|calc',
  '=cmd|/c calc!A1',
  'http://h.example.com/\u202egnp.exe',
  'http://h.example.com/\ud800',
  'http://h.example.com/two\nlines',
  'http://h.example.com/</script><script>alert(1)</script>',
  `http://h.example.com/${'a'.repeat(65_536)}`,
  `http://h.example.com/${'%00'.repeat(100)}`,
  'http://h.example.com/\u{1f600}',
  '__proto__',
  'constructor',
  '{"type":"indicator"}',
];

test('hostile values never break the export, and come out as they are in normal form', async (t) => {
  const { run, file } = bench(t);
  const rows = HOSTILE.map((value) => [value, 'url', value, value].map(quoted).join(','));
  const path = file('hostile.csv', ['value,type,tags,comment', ...rows, ''].join('\n'));
  const expected = new Set(
    HOSTILE.map((value) => normaliseIoc(Buffer.from(value).toString(), 'url')).flatMap((ioc) =>
      ioc.ok ? [ioc.value] : [],
    ),
  );
  assert.ok(expected.size >= 7);
  const { code, talk } = await run(['import', path]);
  assert.equal(code, 0, talk);
  assert.match(talk, new RegExp(`${HOSTILE.length} read`));
  for (const command of [['export'], ['convert', path]]) {
    const { out } = await run(command, { clock: () => Date.now() + 5_000 });
    assert.ok(out.isWellFormed());
    assert.deepEqual(new Set(indicatorsIn(out).map(({ pattern }) => valueOf(pattern))), expected);
    for (const { labels = [], description = '' } of indicatorsIn(out) as never as {
      labels?: string[];
      description?: string;
    }[]) {
      assert.doesNotMatch([...labels, description].join(''), /[\u0000-\u001f\u202a-\u202e]/);
    }
  }
});

test('halves of surrogate pairs in JSON are refused or left out, never passed on', async (t) => {
  const { run, file } = bench(t);
  const event = (value: string, comment: string): string =>
    `{"Event":{"info":"x","date":"2026-01-01","Attribute":[{"type":"url","category":"Network activity","to_ids":true,"value":"${value}","comment":"${comment}"}]}}`;
  const good = file('good.json', event('http://h.example.com/ok', String.raw`a\ud800b\u202ec`));
  const bad = file('bad.json', event(String.raw`http://h.example.com/\ud800`, 'x'));
  const { code, out, talk } = await run(['convert', good, bad]);
  assert.equal(code, 0, talk);
  assert.doesNotMatch(out, /\\ud[89a-f]|\u202e|\\u202e/i);
  assert.ok(out.isWellFormed());
  assert.ok(indicatorsIn(out).some(({ pattern }) => pattern === "[url:value = 'http://h.example.com/ok']"));
});

test('any text beside a value converts to a bundle that parses, with that value', async (t) => {
  const { run } = bench(t);
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, text, async (tags, comment) => {
      const stdin = `value,type,tags,comment\n192.0.2.1,ipv4,${quoted(tags)},${quoted(comment)}\n`;
      const { code, out, talk } = await run(['convert', '--format', 'csv', '-'], { stdin });
      assert.equal(code, 0, talk);
      assert.deepEqual(
        indicatorsIn(out).map(({ pattern }) => pattern),
        ["[ipv4-addr:value = '192.0.2.1']"],
      );
    }),
    { numRuns: 50 },
  );
});
