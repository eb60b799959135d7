import assert from 'node:assert/strict';
import test from 'node:test';

import type { Bundle } from '../http/serving.ts';
import { oasisSchemas } from '../render/oasis-schemas.ts';
import { sharedData } from '../shared-data.ts';
import { ALL_TYPES, bench, indicatorsIn, soon } from './commands.ts';

test('standard output is one strict bundle and nothing else, the identity first', async (t) => {
  const { run, file } = bench(t);
  const { code, out, talk } = await run(['convert', file('own.csv', ALL_TYPES)]);
  assert.equal(code, 0);
  const bundle = JSON.parse(out) as Bundle;
  assert.deepEqual(Object.keys(bundle), ['type', 'id', 'objects']);
  assert.match(bundle.id, /^bundle--[0-9a-f]{8}-[0-9a-f]{4}-5/);
  assert.deepEqual(
    bundle.objects.map(({ type }) => type),
    ['identity', ...Array<string>(10).fill('indicator')],
  );
  assert.equal(talk, '10 indicators');
});

test('bundle and objects are valid by the schemas of the standard', async (t) => {
  const schemas = sharedData(t, 'stix/schemas');
  if (schemas === undefined) return;
  const faults = oasisSchemas(schemas);
  const { run, file, directory } = bench(t);
  await run(['import', file('own.csv', ALL_TYPES)]);
  const outputs = [
    await run(['convert', `${directory}/own.csv`]),
    await run(['export', '--include', 'related', '--include-markings', 'true'], { clock: soon }),
    await run(['convert', file('none.txt', 'there is no indicator in this sentence, none.\n')]),
  ];
  for (const { out } of outputs) {
    const bundle = JSON.parse(out) as Bundle;
    assert.deepEqual(faults(bundle), []);
    for (const object of bundle.objects) assert.deepEqual(faults(object), [], JSON.stringify(object));
  }
});

test('convert of an own export gives the same values for all ten types', async (t) => {
  const { run, file, exported } = bench(t);
  await run(['import', file('own.csv', ALL_TYPES)]);
  const { out } = await run(['export'], { clock: soon });
  const again = await run(['convert', file('export.json', out)]);
  assert.equal(again.code, 0, again.talk);
  assert.equal(again.talk, '10 indicators');
  const essence = (bundle: string) =>
    indicatorsIn(bundle)
      .map(({ id, name, pattern, confidence, labels, object_marking_refs }) =>
        JSON.stringify({ id, name, pattern, confidence, labels, object_marking_refs }),
      )
      .sort();
  assert.equal((await exported()).length, 10);
  assert.deepEqual(essence(again.out), essence(out));
});

test('an indicator that several files have comes once, with what all of them say', async (t) => {
  const { run, file } = bench(t);
  const a = file('a.csv', 'value,type,tags,confidence\n192.0.2.1,ipv4,c2,20\n192.0.2.2,ipv4,,\n');
  const b = file('b.csv', 'value,type,tags,confidence\n192.0.2[.]1,ipv4,rat,80\n');
  const { out } = await run(['convert', a, b, a]);
  const indicators = indicatorsIn(out);
  assert.equal(indicators.length, 2);
  assert.equal(new Set(indicators.map(({ id }) => id)).size, 2);
  const both = indicators.find(({ pattern }) => String(pattern).includes('192.0.2.1'))!;
  assert.equal(both.confidence, 84);
  for (const tag of ['c2', 'rat']) assert.ok((both.labels as string[]).includes(tag));
});

test('prose is read, and what merely looks like an indicator is not taken', async (t) => {
  const { run } = bench(t);
  const stdin = [
    '# What we saw',
    'The loader called hxxps://dl[.]example[.]com/stage2 from 198.51.100[.]7 and dropped',
    '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 by CVE-2021-44228.',
    'Mail came from billing[at]invoices.example.net on 2026-01-02 with version 1.2.3.',
  ].join('\n');
  const { code, out } = await run(['convert', '--format', 'prose', '-'], { stdin });
  assert.equal(code, 0);
  const patterns = indicatorsIn(out).map(({ pattern }) => String(pattern));
  for (const value of ['https://dl.example.com/stage2', '198.51.100.7', '2cf24dba', 'billing@invoices']) {
    assert.ok(
      patterns.some((pattern) => pattern.includes(value)),
      `${value} in ${patterns.join(' ')}`,
    );
  }
  assert.ok(!patterns.some((pattern) => pattern.includes('1.2.3')));
});

test('what cannot be converted is told on standard error, and the rest is converted', async (t) => {
  const { run, file } = bench(t);
  const own = file('own.csv', 'value,type\n192.0.2.1,ipv4\n999.0.2.1,ipv4\n');
  const { code, out, talk } = await run(['convert', `${own}.gone`, own]);
  assert.equal(code, 3);
  assert.match(talk, /gone: the input: there is no such file/);
  assert.match(talk, /1 × not an IP address or network \(line 3: 999\.0\.2\.1\)/);
  assert.equal(indicatorsIn(out).length, 1);
});

test('convert makes no store', async (t) => {
  const { run, file, data } = bench(t);
  await run(['convert', file('own.csv', ALL_TYPES)]);
  const { existsSync } = await import('node:fs');
  assert.equal(existsSync(data), false);
});

test('what a server would not publish is told, and is in the bundle all the same', async (t) => {
  const { run, file } = bench(t);
  const list = file('list.txt', '8.8.8.8\n192.0.2.1\n0.0.0.0/0\nbad.example.com\n');
  const { code, out, talk } = await run(['convert', list]);
  assert.equal(code, 0);
  assert.equal(indicatorsIn(out).length, 4);
  assert.match(talk, /\n {2}2 of them a server would not publish, .*: 8\.8\.8\.8, 0\.0\.0\.0\/0$/);
  const private_ = Array.from({ length: 1_200 }, (_, index) => `10.0.${index >> 8}.${index & 255}\n`);
  const many = await run(['convert', file('many.txt', private_.join(''))]);
  assert.match(many.talk, /1,200 of them .*: (?:10\.0\.0\.\d, ){10}…$/);
});
