import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  elementsOf,
  fieldsOf,
  remark,
  reportedBy,
  stated,
  statedFamily,
  statedTime,
  statedWords,
} from '../../src/parse/stated.ts';

const NOW = Date.UTC(2026, 10, 1);

test('what feeds write for nothing is nothing', () => {
  for (const nothing of ['', ' ', 'None', 'null', 'NULL', 'n/a', '-', null, undefined, {}, [], true, NaN]) {
    assert.equal(stated(nothing), undefined, String(nothing));
  }
});

test('texts are trimmed, numbers become texts, longer texts are never nothing', () => {
  assert.equal(stated(' a '), 'a');
  assert.equal(stated(443), '443');
  assert.equal(stated('None of these'), 'None of these');
});

test('words come from lists and from texts with commas', () => {
  assert.deepEqual(statedWords(['a', null, ' b ', 3, {}]), ['a', 'b', '3']);
  assert.deepEqual(statedWords('a, b,,None'), ['a', 'b']);
  assert.deepEqual(statedWords('None'), []);
  assert.deepEqual(statedWords({ length: 5 }), []);
});

test('a time of the future, or one that cannot be read, is left out', () => {
  assert.equal(statedTime('2026-10-09 06:17:08 UTC', NOW), Date.UTC(2026, 9, 9, 6, 17, 8));
  for (const time of ['2999-01-01', 'yesterday', '', null, '2026-02-31'])
    assert.equal(statedTime(time, NOW), undefined);
});

test('"unknown" names no family, in any case', () => {
  for (const family of ['Unknown malware', 'unknown', 'UNKNOWN RAT', 'n/a'])
    assert.equal(statedFamily(family), undefined);
  assert.equal(statedFamily('Unknownloader'), 'Unknownloader');
});

test('a remark joins what is said, and nothing said is no remark', () => {
  assert.equal(remark('a', undefined, 'b'), 'a; b');
  assert.equal(remark(undefined), undefined);
  assert.equal(reportedBy('Anonymous'), undefined);
  assert.equal(reportedBy('x'), 'reported by x');
});

test('only objects have fields and only arrays have elements', () => {
  for (const other of [null, 5, 'x', [1]]) assert.equal(fieldsOf(other), undefined);
  for (const other of [null, 5, 'x', { 0: 1 }]) assert.deepEqual(elementsOf(other), []);
});
