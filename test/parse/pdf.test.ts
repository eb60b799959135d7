import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';

import { pdfOf } from './pdf-builder.ts';
import { reading } from './reading.ts';

const SHA256 = 'ab12'.repeat(16);

test('of a PDF the text layer is read, each value with its page and sentence', async () => {
  const file = pdfOf([
    'A quiet heron\nThe loader connects to hxxp://gate[.]example[.]com/a and then it sleeps for a day before\nit asks again.',
    `Indicators of compromise\n${SHA256.slice(0, 44)}\n${SHA256.slice(44)}\nheron.example.net`,
  ]);
  const { format, iocs, failure } = await reading(file);
  assert.equal(failure, undefined);
  assert.equal(format, 'pdf');
  assert.deepEqual(
    iocs.map(({ value, place }) => `${place}: ${value}`),
    ['page 1: hxxp://gate[.]example[.]com/a', `page 2: ${SHA256}`, 'page 2: heron.example.net'],
  );
  assert.equal(
    iocs[0]!.evidence?.sentence,
    'The loader connects to hxxp://gate[.]example[.]com/a and then it sleeps for a day before it asks again.',
  );
});

test('compressed streams are read', async () => {
  for (const layers of [1, 2])
    assert.equal(
      (await reading(pdfOf(['C2: 192[.]0[.]2[.]1'], { layers }))).iocs[0]?.value,
      '192[.]0[.]2[.]1',
    );
});

test('a text that speaks of PDFs is none', async () => {
  const { format, iocs } = await reading(
    'rule x { strings: $a = "%PDF-1.7" } it contacts 192.0.2.1 as a sentence does',
  );
  assert.equal(format, 'prose');
  assert.equal(iocs.length, 1);
});

test('hostile and unreadable PDFs are refused with the reason', async () => {
  const bomb = deflateSync(Buffer.alloc(60_000_000, ' '));
  const stream = Buffer.concat([
    Buffer.from('1 0 obj <</Filter/FlateDecode>> stream\n'),
    bomb,
    Buffer.from('\nendstream endobj\n'),
  ]);
  const circular = pdfOf(['x']).toString('latin1').replace('/Kids [3 0 R]', '/Kids [2 0 R]');
  const files: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.from('%PDF-1.7\n'), /no PDF that can be read/],
    [pdfOf(['C2: 192[.]0[.]2[.]1']).subarray(0, 300), /no PDF that can be read/],
    [Buffer.from(circular, 'latin1'), /no PDF that can be read/],
    [pdfOf(['']), /no text, only pictures/],
    [pdfOf(Array<string>(501).fill('x')), /more than 500 pages/],
    [pdfOf(['x'], { layers: 1, stream: Buffer.alloc(70_000_000, '(a) Tj ') }), /unpacks to more than 64 MiB/],
    [Buffer.concat([Buffer.from('%PDF-1.7\n'), ...Array<Buffer>(6).fill(stream)]), /256 MiB in all/],
    [pdfOf(['x'], { layers: 4 }), /compressed again and again/],
    [Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(33 * 1024 * 1024, 'x')]), /more than 32 MiB/],
  ];
  for (const [file, expected] of files) {
    const { iocs, failure } = await reading(file);
    assert.match(failure?.message ?? 'no failure', expected);
    assert.deepEqual(iocs, []);
  }
});

test('a PDF is not read as anything else', async () => {
  assert.match((await reading(pdfOf(['x']), { format: 'list' })).failure?.message ?? '', /it is a PDF, not/);
  assert.match(
    (await reading('192.0.2.1', { format: 'pdf' })).failure?.message ?? '',
    /no PDF that can be read/,
  );
});
