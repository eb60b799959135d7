import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { inputTrouble } from '../../src/feeds/input-trouble.ts';
import { meant, OptionReader } from '../../src/feeds/option-reader.ts';
import { InputError } from '../../src/parse/format.ts';

type Name = 'one' | 'two';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function reader(one?: string | readonly string[], two?: string): OptionReader<Name> {
  return new OptionReader<Name>({ one, two });
}

test('a text is trimmed, a list joined, and nothing is nothing', () => {
  for (const [given, text] of [
    [' a b ', 'a b'],
    [['a', 'b'], 'a,b'],
    ['', undefined],
    ['  \t', undefined],
    [undefined, undefined],
    [[], undefined],
    ['x'.repeat(500), 'x'.repeat(500)],
  ] as const) {
    const options = reader(given);
    assert.equal(options.text('one'), text);
    assert.deepEqual(options.problems, []);
  }
});

test('a text that is too long or holds controls is a problem of its option', () => {
  for (const [given, problem] of [
    ['x'.repeat(501), 'one: it is longer than 500 characters'],
    ['a\nb', 'one: it holds a line break or another control character'],
    ['a\u0000b', 'one: it holds a line break or another control character'],
    ['a\u202eb', 'one: it holds a line break or another control character'],
  ] as const) {
    const options = reader(given);
    assert.equal(options.text('one'), undefined);
    assert.deepEqual(options.problems, [problem]);
  }
});

test('words are parted by commas, empty ones left out', () => {
  assert.deepEqual(reader(' a, b c,, ,d').words('one'), ['a', 'b c', 'd']);
  assert.deepEqual(reader(['a', 'b,c']).words('one'), ['a', 'b', 'c']);
  assert.deepEqual(reader().words('one'), []);
});

test('a choice is taken in any case, and another one is told with what may be meant', () => {
  const allowed = ['file', 'reports'] as const;
  assert.equal(reader('Reports').choice('one', allowed, 'file'), 'reports');
  assert.equal(reader().choice('one', allowed, 'file'), 'file');
  const options = reader('report');
  assert.equal(options.choice('one', allowed, 'file'), 'file');
  assert.deepEqual(options.problems, ['one: "report" is none of file, reports; you may mean reports']);
  assert.equal(meant('nothing alike', allowed), '');
});

test('a flag is true or false, or what it is unless said', () => {
  for (const [given, fallback, flag] of [
    ['true', false, true],
    ['FALSE', true, false],
    [undefined, true, true],
    ['', false, false],
  ] as const)
    assert.equal(reader(given).flag('one', fallback), flag);
  const options = reader('yes');
  assert.equal(options.flag('one', true), true);
  assert.equal(options.problems.length, 1);
});

test('a duration is minutes, hours or days within its bounds', () => {
  const units = { m: MINUTE, h: 60 * MINUTE, d: DAY };
  fc.assert(
    fc.property(
      fc.nat(999_999),
      fc.constantFrom('m', 'h', 'd'),
      fc.constantFrom('', ' '),
      fc.boolean(),
      (count, unit, gap, upper) => {
        const options = reader(`${count}${gap}${upper ? unit.toUpperCase() : unit}`);
        const expected = count * units[unit];
        const isWithin = expected >= 5 * MINUTE && expected <= 30 * DAY;
        assert.equal(options.duration('one', 5 * MINUTE, 30 * DAY, -1), isWithin ? expected : -1);
        assert.equal(options.problems.length, isWithin ? 0 : 1);
      },
    ),
  );
  for (const text of ['5', 'm', '1.5h', '-5m', '1w', '5 m x', '1000000m', '1h30m']) {
    const options = reader(text);
    assert.equal(options.duration('one', 5 * MINUTE, 30 * DAY, 7), 7, text);
    assert.deepEqual(options.problems, [`one: "${text}" is not a time from 5m to 30d: write 15m, 6h or 1d`]);
  }
});

test('problems of all options are gathered in the order in which they were read', () => {
  const options = reader('a\nb', 'never');
  options.text('one');
  options.flag('two', true);
  options.problem('one', 'and another');
  assert.deepEqual(
    options.problems.map((problem) => problem.slice(0, 4)),
    ['one:', 'two:', 'one:'],
  );
});

test('what an input that cannot be read says of its feed', () => {
  for (const [message, state] of [
    ['it is an HTML page, not a feed', 'html'],
    ['it is a page or a text in place of data: the server may want a key', 'html'],
    ['it is empty', 'empty'],
    ['the list is not emptying', 'drifted'],
    ['no format is recognised', 'drifted'],
  ] as const)
    assert.deepEqual(inputTrouble(new InputError('line 1', message)), {
      state,
      reason: `line 1: ${message}`,
    });
});
