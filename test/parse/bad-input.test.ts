import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';

import fc from 'fast-check';

import { FORMATS } from '../../src/parse/formats.ts';
import { codes, fixture, reading, readingOf, values } from './reading.ts';
import { cpuTime } from '../cpu-time.ts';

const MIB = 1024 * 1024;

test('an empty input, one of white space and one of a byte-order mark are refused as empty', async () => {
  for (const text of ['', ' \n\t\r\n', '\ufeff'])
    assert.match((await reading(text)).failure!.message, /empty/);
});

test('gzip, zip, a broken PDF and binary are refused with what to do', async () => {
  const inputs: [Uint8Array, RegExp][] = [
    [gzipSync('192.0.2.1\n'), /gzip -dc FILE \| soc-defenders import -/],
    [Buffer.concat([Buffer.from('PK\x03\x04'), deflateRawSync('x')]), /zip/],
    [Buffer.from('%PDF-1.7\n'), /PDF/],
    [Buffer.alloc(5000), /binary/],
    [Buffer.from('192.0.2.1\n192.0.2.2\n', 'utf16le'), /UTF-16 without a byte-order mark/],
  ];
  for (const [bytes, expected] of inputs) {
    for (const format of [undefined, 'list']) {
      const { failure } = await reading(bytes, format === undefined ? {} : { format });
      assert.match(failure!.message, expected);
    }
  }
});

test('a stray NUL refuses nothing: it stays in its value, for normalisation to reject', async () => {
  const read = await reading(`192.0.2.1\nbad\0.example.com\n${'192.0.2.2\n'.repeat(20)}`);
  assert.equal(read.iocs[1]!.value, 'bad\0.example.com');
});

test('each feed reads the same with CRLF and a byte-order mark, in UTF-16 and in pieces of a byte', async () => {
  for (const name of [
    'urlhaus.csv',
    'threatfox.json',
    'kev.json',
    'classified.csv',
    'list.txt',
    'stix-2.1.json',
  ]) {
    const text = fixture(name).toString();
    const plain = await reading(text);
    const crlf = `\ufeff${text.replaceAll('\n', '\r\n')}`;
    assert.deepEqual(await reading(crlf), plain, name);
    assert.deepEqual(await reading(Buffer.from(crlf, 'utf16le'), {}, 1001), plain, name);
    assert.deepEqual(await reading(text, {}, 1), plain, name);
  }
});

test('each JSON feed cut anywhere gives what stands before the cut, then an error, never half of a record', async () => {
  for (const name of [
    'urlhaus.json',
    'threatfox.json',
    'feodo.json',
    'kev.json',
    'misp-event.json',
    'stix-2.1.json',
  ]) {
    const bytes = fixture(name);
    const whole = await reading(bytes);
    for (let cut = 400; cut < bytes.length - 3; cut += 37) {
      const part = await reading(bytes.subarray(0, cut), { format: whole.format });
      assert.match(part.failure?.message ?? '', /truncated/, `${name} cut at ${cut}`);
      for (const { entry, value } of part.iocs) {
        assert.ok(whole.iocs.some((ioc) => ioc.entry === entry && ioc.value === value));
      }
    }
  }
});

test('nesting without end is refused or rejected in every JSON format, soon', async () => {
  const bombs = ['['.repeat(500_000), '{"a":'.repeat(200_000), `{"objects":[${'['.repeat(500_000)}`];
  for (const bomb of bombs) {
    for (const format of FORMATS.filter(({ name }) => /json|stix|misp/.test(name))) {
      const started = cpuTime();
      const read = await reading(bomb, { format: format.name });
      assert.ok(read.failure !== undefined || read.rejections.length > 0, format.name);
      assert.ok(cpuTime() - started < 2000, format.name);
    }
  }
});

test('a record nested too deep is a rejection of its own', async () => {
  const deep = `{"cveID":${'['.repeat(100)}${']'.repeat(100)}}`;
  const read = await reading(`{"vulnerabilities":[${deep},{"cveID":"CVE-2020-0001"}]}`, {
    format: 'kev-json',
  });
  assert.deepEqual([codes(read), values(read)], [['nested_too_deep'], ['CVE-2020-0001']]);
});

async function* longLine(before: string, bytes: number, after: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(before);
  for (let sent = 0; sent < bytes; sent += MIB) yield Buffer.alloc(MIB, 'x');
  yield Buffer.from(after);
}

test('a line of 200 MB leaves memory flat and costs one record, whatever the format', async () => {
  const inputs: Readonly<Record<string, readonly [string, string]>> = {
    list: ['192.0.2.1\n', '\n192.0.2.2\n'],
    csv: ['ip,note\n192.0.2.1,a\n192.0.2.9,"', '"\n192.0.2.2,b\n'],
    'kev-json': [
      '{"vulnerabilities":[{"cveID":"CVE-2020-0001"},{"cveID":"',
      '"},{"cveID":"CVE-2020-0002"}]}',
    ],
    stix: ['{"type":"bundle","id":"', '","objects":[]}'],
  };
  for (const [format, [before, after]] of Object.entries(inputs)) {
    let peak = 0;
    const start = used();
    const watched = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of longLine(before, 200 * MIB, after)) {
        peak = Math.max(peak, used() - start);
        yield piece;
      }
    };
    const read = await readingOf(watched(), { format });
    assert.equal(read.failure, undefined, format);
    if (format !== 'stix')
      assert.deepEqual([read.iocs.length, codes(read)], [2, ['oversized_record']], format);
    // A record of JSON may have 16 MiB; the rest is garbage that has not been collected yet.
    assert.ok(peak < 120 * MIB, `${format}: ${Math.round(peak / MIB)} MiB`);
  }
});

function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('whatever the bytes, each reader ends with items and at most an InputError', async () => {
  const seeds = [
    'urlhaus.csv',
    'kev.json',
    'stix-2.1.json',
    'misp-event.json',
    'hashes.tsv',
    'list.txt',
    'feodo.json',
  ].map(fixture);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('"\\{}[],:\n\r\0#;a\xff', 'latin1'))), {
        maxLength: 12,
      }),
      fc.constantFrom(undefined, ...FORMATS.map(({ name }) => name)),
      async (seed, changes, format) => {
        const bytes = Buffer.from(seed);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const read = await reading(bytes, format === undefined ? {} : { format }, 700);
        for (const { sample } of read.rejections) assert.ok(sample.length <= 200);
      },
    ),
    { numRuns: 300 },
  );
});
