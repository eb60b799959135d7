import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { Readable } from 'node:stream';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

import { bench } from './commands.ts';

const REFUSED: readonly (readonly [what: string, content: string | Buffer, reason: RegExp])[] = [
  ['an empty file', '', /it is empty/],
  ['white space', ' \n\t\n', /it is empty but for white space/],
  ['a gzip file', gzipSync('192.0.2.1\n'), /compressed with gzip: .*soc-defenders import -/],
  ['a binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, ...Array(400).fill(0)]), /binary/],
  ['UTF-16 without a mark', Buffer.from('192.0.2.1\n198.51.100.1\n', 'utf16le'), /binary, or UTF-16/],
];

for (const [what, content, reason] of REFUSED) {
  test(`${what} is refused by name, place and reason, with exit code 3`, async (t) => {
    const { run, file } = bench(t);
    const path = file('feed.csv', content);
    for (const command of ['import', 'convert']) {
      const { code, talk } = await run([command, path]);
      assert.equal(code, 3);
      assert.ok(talk.startsWith(`${path}: the `), talk);
      assert.match(talk, reason);
    }
    assert.match((await run(['runs'])).talk, /No imports yet/);
  });
}

test('an HTML page where data was asked for is told from data', async (t) => {
  const { run, file } = bench(t);
  const page = '<!DOCTYPE html><html><body>Sign in to download the list</body></html>';
  const { code, talk } = await run(['import', '--format', 'urlhaus-csv', file('feed.csv', page)]);
  assert.equal(code, 3);
  assert.match(talk, /it is an HTML page, not URLhaus CSV/);
  const asProse = await run(['import', file('feed.csv', page)]);
  assert.match(asProse.talk, /0 read, .*\n {2}Nothing in it looks like an indicator/);
});

test('a missing file, a directory and an unreadable file are told apart', async (t) => {
  const { run, file, directory } = bench(t);
  assert.match((await run(['import', `${directory}/none`])).talk, /there is no such file/);
  assert.match((await run(['import', directory])).talk, /it is a directory: name its files/);
  const secret = file('secret.txt', '192.0.2.1\n');
  chmodSync(secret, 0);
  const { code, talk } = await run(['import', secret]);
  if (process.getuid?.() === 0) return;
  assert.equal(code, 3);
  assert.match(talk, /permission denied/);
});

for (const [what, content] of [
  ['a byte-order mark', '\ufeffvalue,type,tags\n192.0.2.1,ipv4,caf\u00e9\n'],
  ['CRLF', 'value,type,tags\r\n192.0.2.1,ipv4,caf\u00e9\r\n'],
  ['a last line without end', 'value,type,tags\n192.0.2.1,ipv4,caf\u00e9'],
  ['UTF-16 with a mark', Buffer.from('\ufeffvalue,type,tags\n192.0.2.1,ipv4,caf\u00e9\n', 'utf16le')],
  ['Latin-1', Buffer.from('value,type,tags\n192.0.2.1,ipv4,caf\u00e9\n', 'latin1')],
] as const) {
  test(`a CSV with ${what} is read as the same CSV without`, async (t) => {
    const { run, file, exported } = bench(t);
    assert.equal((await run(['import', file('own.csv', content)])).code, 0);
    const [indicator, ...others] = await exported();
    assert.equal(others.length, 0);
    assert.equal(indicator!.pattern, "[ipv4-addr:value = '192.0.2.1']");
    assert.ok((indicator!.labels as string[]).includes('caf\u00e9'), JSON.stringify(indicator!.labels));
  });
}

test('a NUL costs its line, not the file', async (t) => {
  const { run, file, exported } = bench(t);
  const lines = Array.from({ length: 50 }, (_, index) => `192.0.2.${index}`);
  const { code, talk } = await run([
    'import',
    file('list.txt', `${lines.join('\n')}\nnul\0.example.com\n198.51.100.1\n`),
  ]);
  assert.equal(code, 0);
  assert.match(talk, /51 new, .* 1 quarantined/);
  assert.equal((await exported()).length, 51);
});

test('a line of 50 MB is refused in flat memory, and what stands around it is taken', async (t) => {
  const { run, exported } = bench(t);
  const piece = Buffer.alloc(1 << 18, 'a');
  let peak = 0;
  const stream = Readable.from(
    (function* () {
      yield Buffer.from('192.0.2.1\n192.0.2.2\n');
      for (let sent = 0; sent < 50e6; sent += piece.length) {
        peak = Math.max(peak, process.memoryUsage().heapUsed);
        yield piece;
      }
      yield Buffer.from('\n192.0.2.3\n');
    })(),
  );
  const before = process.memoryUsage().heapUsed;
  const { code, talk } = await run(['import', '--format', 'list', '-'], { stdin: stream });
  assert.equal(code, 0, talk);
  assert.match(talk, /3 new, .* 1 quarantined/);
  assert.ok(peak - before < 30e6, `${Math.round((peak - before) / 1e6)} MB more`);
  assert.equal((await exported()).length, 3);
});

test('JSON nested without end is a rejection or an error, never a crash', async (t) => {
  const { run, file, exported } = bench(t);
  const good =
    '{"type":"indicator","id":"indicator--00000000-0000-4000-8000-000000000001","pattern":"[ipv4-addr:value = \'192.0.2.1\']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"}';
  const deep = `${'{"a":['.repeat(200_000)}1${']}'.repeat(200_000)}`;
  const id = 'bundle--00000000-0000-4000-8000-000000000000';
  const path = file(
    'deep.json',
    `{"type":"bundle","id":"${id}","objects":[${good},${deep},${good.replace(".1'", ".2'").replace('1"', '2"')}]}`,
  );
  const { code, talk } = await run(['import', path]);
  assert.ok(code === 0 || code === 3, talk);
  assert.doesNotMatch(talk, /Unexpected failure/);
  assert.match(talk, /nested deeper/);
  assert.ok((await exported('--revoked', 'include')).length >= 1);
});

test('what an input holds cannot steer the terminal that its report is read on', async (t) => {
  const { run, file } = bench(t);
  const escapes = '\u001b]0;owned\u0007\u001b[2J\u009b31m';
  const json = `{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"indicator","id":"${escapes}","pattern":"${escapes}"},{"${escapes}":1}, 7, "${escapes}"]}`;
  const inputs = [
    file('a.txt', `192.0.2.1\n${escapes}\n198.51.100.1\n`),
    file('a.csv', `value,type\n192.0.2.1,ipv4\n${escapes},${escapes}\n`),
    file('a.json', json),
  ];
  const texts = [];
  for (const input of inputs) {
    texts.push((await run(['import', input])).talk, (await run(['convert', input])).talk);
  }
  for (const id of ['1', '2', '3']) texts.push((await run(['runs', id])).out);
  for (const text of texts) assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
