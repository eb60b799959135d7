import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';

import type { IocItem } from '../../../src/model/ioc-item.ts';
import { normaliseIoc } from '../../../src/normalise/normalise.ts';
import { corpus, formatNamed, GOOD, item, lines, render } from './nasty.ts';
import { readRule, reported, valueOf } from './readers/suricata.ts';

function inNormalForm({ type, value }: IocItem): boolean {
  const normal = normaliseIoc(value, type);
  return normal.ok && normal.type === type && normal.value === value;
}

test('every rule reports exactly one value that was given, whole', async () => {
  const items = corpus(formatNamed('suricata').types);
  const { text, written } = await render('suricata', items);
  const rules = lines(text).map(readRule);
  assert.equal(rules.length, written);
  const normal = new Set(items.filter(inNormalForm).map(({ value }) => value));
  for (const rule of rules) assert.ok(normal.has(reported(rule)), reported(rule));
  const values = new Set(rules.map(reported));
  const left = [...normal].filter((value) => !values.has(value));
  assert.deepEqual(
    left.filter((value) => !/^https:|#|@|^http.{255,}|^0\.0\.0\.0\/[01]$|^::\/0$/.test(value)),
    [],
    'only https, fragments, credentials, long paths and networks too wide are left out',
  );
});

test('no URL becomes a rule of its host alone', async () => {
  const { text } = await render('suricata', [
    item('url', 'https://docs.example.com/d/1'),
    item('url', 'http://t.example.com/x'),
    item('url', `http://t.example.com/${'x'.repeat(300)}`),
  ]);
  const rules = lines(text).map(readRule);
  assert.deepEqual(rules.map(reported), ['http://t.example.com/x']);
});

test('rule numbers are their own, in our range, and stay', async () => {
  const many = Array.from({ length: 3_000 }, (_, at) => item('domain', `h${at}.example.com`));
  const { text } = await render('suricata', many, undefined, 500);
  const sids = lines(text).map((line) => Number(valueOf(readRule(line), 'sid')));
  assert.equal(new Set(sids).size, many.length);
  for (const sid of sids) assert.ok(sid >= 3_000_000_000 && sid < 2 ** 32);
  const one = await render('suricata', [many[7]!]);
  assert.equal(Number(valueOf(readRule(lines(one.text)[0]!), 'sid')), sids[7]);
});

test('two IOCs whose ids begin alike get two numbers', async () => {
  const id = 'indicator--00000000-0000-5000-8000-00000000000';
  const { text } = await render('suricata', [
    item('domain', 'a.example.com', { id: `${id}1` }),
    item('domain', 'b.example.com', { id: `${id}2` }),
  ]);
  assert.deepEqual(
    lines(text).map((line) => valueOf(readRule(line), 'sid')),
    ['3000000000', '3000000001'],
  );
});

test('datasets hold one value a line: addresses without networks, domains as base64, hashes', async () => {
  const ips = await render('suricata-ip', corpus(['ipv4', 'ipv6']));
  for (const line of lines(ips.text)) assert.ok(isIP(line), line);
  assert.equal(lines(ips.text).length, ips.written);
  assert.ok(lines(ips.text).includes('192.0.2.1') && lines(ips.text).includes('2001:db8::1'));

  const domains = await render('suricata-domain', corpus(['domain']));
  const read = lines(domains.text).map((line) => Buffer.from(line, 'base64').toString());
  assert.equal(read.length, domains.written);
  assert.deepEqual([...new Set(read)].sort(), [...GOOD.domain].sort());

  for (const [name, type, length] of [
    ['suricata-md5', 'md5', 32],
    ['suricata-sha256', 'sha256', 64],
  ] as const) {
    const { text } = await render(name, corpus([type]));
    for (const line of lines(text)) assert.match(line, new RegExp(`^[0-9a-f]{${length}}$`));
  }
});
