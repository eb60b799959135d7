import assert from 'node:assert/strict';
import test from 'node:test';

import { InputError } from '../../src/parse/format.ts';
import { prose } from '../../src/parse/prose.ts';
import { sharedData } from '../shared-data.ts';
import { annotatedReports, caseless, foundIn, Score } from './prose/ground-truth.ts';
import { reading, values } from './reading.ts';

test('pages, Markdown and text are recognised and read with their evidence, and no comment', async () => {
  const inputs: readonly (readonly [string, string])[] = [
    ['report.html', '<!DOCTYPE html><html><body><p>It contacts 192.0.2.1 by night.</p></body></html>'],
    ['report.md', '# Report\n\nIt contacts 192.0.2.1 by night.\n'],
    ['report.txt', 'Report of the night\n\nIt contacts 192.0.2.1 by night.\n'],
  ];
  for (const [fileName, text] of inputs) {
    const { format, iocs } = await reading(text, { fileName });
    assert.equal(format, 'prose', fileName);
    assert.deepEqual(iocs, [
      {
        value: '192.0.2.1',
        typeHint: 'ipv4',
        place: `offset ${text.indexOf('192')} (line ${fileName === 'report.html' ? 1 : 3})`,
        evidence: {
          sentence: 'It contacts 192.0.2.1 by night.',
          offset: text.indexOf('192'),
          defanged: false,
        },
      },
    ]);
  }
});

test("the page's own address and its encoding may be told from outside", async () => {
  const text = 'It contacts www.example.com and c2.example.net at night.';
  const url = 'https://labs.example.com/heron';
  assert.deepEqual(values(await reading(text, { format: 'prose', url })), ['c2.example.net']);
  const russian = Buffer.concat([Buffer.from('at 192.0.2.1 '), Buffer.from([0xef, 0xf0, 0xe8])]);
  const { iocs } = await reading(russian, {
    format: 'prose',
    contentType: 'text/plain; charset=windows-1251',
  });
  assert.equal(iocs[0]?.evidence?.sentence, 'at 192.0.2.1 \u043f\u0440\u0438');
});

test('other encodings are read', async () => {
  for (const bytes of [
    Buffer.from('\ufeffat 192.0.2.1'),
    Buffer.from('\ufeffat 192.0.2.1', 'utf16le'),
    Buffer.from('caf\u00e9 192.0.2.1', 'latin1'),
  ])
    assert.deepEqual(values(await reading(bytes, { format: 'prose' })), ['192.0.2.1']);
});

test('a document beyond 16 MiB is read so far and then refused', async () => {
  const large = `192.0.2.1\n${'word\n'.repeat(3_400_000)}192.0.2.2\n`;
  const read = await reading(large, { format: 'prose' });
  assert.deepEqual(values(read), ['192.0.2.1']);
  assert.ok(read.failure instanceof InputError && /16 MiB/.test(read.failure.message));
});

test('printable text is recognised, binary data is not', () => {
  assert.ok(prose.recognises('Some text\r\n\twith caf\u00e9'));
  assert.ok(prose.recognises(''));
  assert.equal(prose.recognises('PK\u0003\u0004\0\0'), false);
});

test('of annotated reports 99.5 % of the IOCs are found, and 99.5 % of what is found is one', async (t) => {
  const folder = sharedData(t, 'reports');
  if (folder === undefined) return;
  const score = new Score();
  for (const { content, expected } of annotatedReports(folder))
    score.add(caseless((await foundIn(content)).keys()), caseless(expected));
  t.diagnostic(
    `recall ${score.recall.toFixed(4)}, precision ${score.precision.toFixed(4)} of ${score.expected}`,
  );
  assert.ok(score.recall >= 0.995);
  assert.ok(score.precision >= 0.995);
});
