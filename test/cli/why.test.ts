import assert from 'node:assert/strict';
import test from 'node:test';

import { bench } from './commands.ts';

test('why tells of a value, defanged or not, who reported it and how its confidence came about', async (t) => {
  const { run, file } = bench(t);
  await run(['import', '--source', 'Example list', file('list.txt', 'evil.example.com\n')]);
  const { code, out } = await run(['why', 'evil[.]example[.]com']);
  assert.equal(code, 0);
  assert.match(out, /^evil\.example\.com {2}\(domain\)\n {2}published: Reported by Example list\./);
  assert.match(out, /Confidence 50 \(medium\)\n {2}Example list: claims 50, believed 100 % = 50/);
  assert.match(out, /Example list: reported once, \S+Z\n/);
});

test('why --json is one object, with the indicator’s id', async (t) => {
  const { run, file, exported } = bench(t);
  await run(['import', file('list.txt', '192.0.2.7\n')]);
  const { out } = await run(['why', '--json', '192.0.2.7']);
  const indicator = (await exported()).find(({ type }) => type === 'indicator');
  assert.equal((JSON.parse(out) as { id: string }).id, indicator?.id);
});

test('a value that nobody reported is not called harmless', async (t) => {
  const { run, makeStore } = bench(t);
  await makeStore();
  const { code, out, talk } = await run(['why', '192.0.2.200']);
  assert.deepEqual([code, out], [3, '']);
  assert.match(talk, /192\.0\.2\.200 \(ipv4\) has not been reported here\. That does not make it harmless/);
});

test('what is no value is a usage error with its reason', async (t) => {
  const { run } = bench(t);
  for (const args of [[], ['a', 'b'], ['not a value']]) {
    const { code, talk } = await run(['why', ...args]);
    assert.equal(code, 2);
    assert.match(talk, /^why: /);
  }
});
