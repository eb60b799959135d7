import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IocItem } from '../../../src/model/ioc-item.ts';
import { isUuid } from '../../../src/model/uuid.ts';
import { corpus, formatNamed, GOOD, isTooWide, item, render, SETTING } from './nasty.ts';
import { readPattern, readSigma, valuesOf } from './readers/sigma.ts';

test('every value is read back as it was by another YAML reader, and matches itself alone', async () => {
  for (const type of formatNamed('sigma').types) {
    const items = corpus([type]);
    const { text, written } = await render('sigma', items);
    const rules = readSigma(text);
    assert.equal(rules.length, 1);
    const values = valuesOf(rules[0]!).map(({ value }) => {
      assert.equal(typeof value, 'string');
      const parts = readPattern(value);
      assert.ok(
        parts.every((part) => typeof part === 'string'),
        `${value} has no wildcard`,
      );
      assert.notEqual(parts.join(''), '');
      return parts.join('').replace(/^(?:MD5|SHA1|SHA256)=/, '');
    });
    assert.equal(values.length, written);
    const given = items
      .filter((each) => each.value !== '' && each.value.isWellFormed() && !isTooWide(each))
      .filter((each) => !isFile(each) || isNormal(each))
      .filter((each) => !(each.type.startsWith('ipv') && each.value.includes('/')) || isNormal(each))
      .map(({ value }) => value);
    assert.deepEqual([...values].sort(), [...given].sort());
  }
});

test('a character that YAML does not take as it is, is escaped: one value would make readers refuse every rule', async () => {
  const odd = ['\u007f', '\u0080', '\u0085', '\u009f', '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff'];
  const values = odd.map((char) => `a${char}\\${char}@example.com`);
  const { text } = await render(
    'sigma',
    values.map((value) => item('email', value)),
  );
  // c-printable without what YAML 1.1 breaks lines at (YAML 1.2.2 §5.1, YAML 1.1 §4.1.4).
  assert.match(text, /^[\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/);
  const read = readSigma(text).flatMap(valuesOf);
  assert.deepEqual(
    read.map(({ value }) => readPattern(value).join('')),
    values,
  );
});

function isFile({ type }: IocItem): boolean {
  return /^(?:md5|sha)/.test(type);
}

function isNormal({ type, value }: IocItem): boolean {
  return GOOD[type].includes(value);
}

test('a piece of a hash is no rule, as it is in many hashes, nor is a malformed network', async () => {
  const { text } = await render('sigma', [item('md5', 'a'), item('sha256', 'e3b0'), item('ipv4', 'x/24')]);
  assert.equal(text, '');
});

test('there is one rule for each type that has values, in log fields of its kind', async () => {
  const { text } = await render('sigma', [
    item('domain', 'bad.example.com'),
    item('ipv4', '192.0.2.1'),
    item('ipv4', '198.51.100.0/24', { level: 'low', tlp: 'amber+strict' }),
    item('sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
  ]);
  const [ipv4, domain, sha256, ...others] = readSigma(text);
  assert.deepEqual(others, []);
  assert.deepEqual(ipv4!.detection, {
    selection_values: { dst_ip: ['192.0.2.1'] },
    selection_networks: { 'dst_ip|cidr': ['198.51.100.0/24'] },
    condition: '1 of selection_*',
  });
  assert.equal(ipv4!.level, 'low', 'that of the least certain value');
  assert.deepEqual(ipv4!.tags, ['tlp.amber-strict'], 'that of the strictest value');
  assert.deepEqual(domain!.logsource, { category: 'dns' });
  assert.deepEqual(valuesOf(domain!), [{ field: 'query', value: 'bad.example.com' }]);
  assert.match(valuesOf(sha256!)[0]!.value, /^SHA256=e3b0/);
  for (const rule of [ipv4!, domain!, sha256!]) {
    assert.match(rule.date, /^2026-01-15$/);
    assert.ok(rule.title.length <= 256);
  }
});

test('ids stay when values come and go, and differ by type and by export', async () => {
  const first = readSigma((await render('sigma', [item('domain', 'a.example.com')])).text);
  const later = readSigma(
    (await render('sigma', [item('domain', 'b.example.com'), item('email', 'a@example.com')])).text,
  );
  const other = readSigma(
    (await render('sigma', [item('domain', 'a.example.com')], { ...SETTING, name: 'type=domain' })).text,
  );
  assert.ok(isUuid(first[0]!.id));
  assert.equal(first[0]!.id, later[0]!.id);
  assert.notEqual(later[0]!.id, later[1]!.id);
  assert.notEqual(first[0]!.id, other[0]!.id);
});

test('no values are no rule', async () => {
  assert.deepEqual(await render('sigma', []), { written: 0, leftOut: 0, text: '' });
});
