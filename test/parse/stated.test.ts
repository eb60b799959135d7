import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  elementsOf,
  fieldsOf,
  firstTime,
  notBefore,
  remark,
  reportedBy,
  stated,
  statedFamily,
  statedTime,
  statedWords,
  UnreadTime,
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

test('a time of the future, or one that cannot be read, is told apart from none', () => {
  assert.equal(statedTime('2026-10-09 06:17:08 UTC', NOW), Date.UTC(2026, 9, 9, 6, 17, 8));
  for (const time of ['2999-01-01', 'yesterday', '2026-02-31'])
    assert.deepEqual(statedTime(time, NOW), new UnreadTime(time));
  for (const none of ['', null, 'None', '0', 0, '0000-00-00 00:00:00'])
    assert.equal(statedTime(none, NOW), undefined);
});

test('of several times the first that can be read is taken, and none is moved before another that is not known', () => {
  const unread = new UnreadTime('yesterday');
  assert.equal(firstTime([undefined, unread, 5, 7]), 5);
  assert.equal(firstTime([undefined, unread]), unread);
  assert.equal(firstTime([undefined]), undefined);
  assert.deepEqual([notBefore(3, 5), notBefore(7, 5)], [5, 7]);
  assert.deepEqual(
    [notBefore(3, unread), notBefore(unread, 5), notBefore(undefined, 5)],
    [3, unread, undefined],
  );
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
