import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { formatTimestamp, parseSourceTime, parseTimestamp } from '../../src/model/time.ts';
import { cpuTime } from '../cpu-time.ts';

const NOW = Date.UTC(2026, 0, 15, 10);
const DAY = 86_400_000;

/** Any time from 1970 to 9999, in milliseconds. */
const anyTime = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });

test('what is formatted is read back as the same time', () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      const text = formatTimestamp(time);
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.equal(parseTimestamp(text), time);
    }),
  );
});

test('timestamps sort as texts as they do as times', () => {
  fc.assert(
    fc.property(anyTime, anyTime, (a, b) => {
      assert.equal(formatTimestamp(a) < formatTimestamp(b), a < b);
    }),
  );
});

test('an offset says the same time elsewhere', () => {
  fc.assert(
    fc.property(anyTime, fc.integer({ min: -23 * 60, max: 23 * 60 }), (time, offset) => {
      const minutes = Math.abs(offset);
      const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
      const local = time + offset * 60_000;
      if (local < 0 || local > Date.UTC(9999, 11, 31)) return;
      const text = formatTimestamp(local).replace('Z', zone);
      assert.equal(parseTimestamp(text), time, text);
      assert.equal(parseTimestamp(text.replace(zone, zone.replace(':', ''))), time, text);
    }),
  );
});

test('RFC 3339 is read in each of its spellings', () => {
  for (const [text, time] of [
    ['2026-01-15', Date.UTC(2026, 0, 15)],
    ['2026-01-15T10:30Z', Date.UTC(2026, 0, 15, 10, 30)],
    ['2026-01-15T10:30:15Z', Date.UTC(2026, 0, 15, 10, 30, 15)],
    ['2026-01-15t10:30:15z', Date.UTC(2026, 0, 15, 10, 30, 15)],
    ['2026-01-15 10:30:15Z', Date.UTC(2026, 0, 15, 10, 30, 15)],
    ['2026-01-15 10:30:15 Z', Date.UTC(2026, 0, 15, 10, 30, 15)],
    ['2026-01-15T10:30:15.1Z', Date.UTC(2026, 0, 15, 10, 30, 15, 100)],
    ['2026-01-15T10:30:15.12Z', Date.UTC(2026, 0, 15, 10, 30, 15, 120)],
    ['2026-01-15T10:30:15.1239Z', Date.UTC(2026, 0, 15, 10, 30, 15, 123)],
    ['2026-01-15T10:30:15.999999999Z', Date.UTC(2026, 0, 15, 10, 30, 15, 999)],
    ['2026-01-15T10:30:15+01:00', Date.UTC(2026, 0, 15, 9, 30, 15)],
    ['2026-01-15T00:30:15+01:00', Date.UTC(2026, 0, 14, 23, 30, 15)],
    ['2026-01-15T10:30:15-00:00', Date.UTC(2026, 0, 15, 10, 30, 15)],
    ['2026-01-15T23:30:15-01:00', Date.UTC(2026, 0, 16, 0, 30, 15)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['0001-01-01T00:00:00Z', new Date('0001-01-01T00:00:00Z').getTime()],
    ['0099-12-31', new Date('0099-12-31T00:00:00Z').getTime()],
    ['9999-12-31T23:59:59.999Z', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ] as const) {
    assert.equal(parseTimestamp(text), time, text);
  }
});

test('what is no time, or a time that does not exist, is not read', () => {
  for (const text of [
    '',
    ' ',
    'now',
    '2026',
    '2026-01',
    '2026-1-15',
    '26-01-15',
    '2026/01/15',
    '2026-01-15T',
    '2026-01-15T10',
    '2026-01-15T10Z',
    '2026-01-15T10:30',
    '2026-01-15T10:30:15',
    '2026-01-15T10:30:15.Z',
    '2026-01-15T10:30:15.1234567890Z',
    '2026-01-15T10:30:15,5Z',
    '2026-01-15T24:00:00Z',
    '2026-01-15T10:60:00Z',
    '2026-01-15T10:30:61Z',
    '2026-01-15T10:30:15+24:00',
    '2026-01-15T10:30:15+01:60',
    '2026-01-15T10:30:15+1:00',
    '2026-01-15T10:30:15UTC',
    '2026-01-15T10:30:15Z ',
    ' 2026-01-15T10:30:15Z',
    '2026-01-15T10:30:15ZZ',
    '2026-00-15',
    '2026-13-15',
    '2026-01-00',
    '2026-01-32',
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '+002026-01-15',
    '-2026-01-15',
    '٢٠٢٦-٠١-١٥',
    '2026-01-15\n',
    '2026-01-15T10:30:15Z\u0000',
  ]) {
    assert.equal(parseTimestamp(text), undefined, JSON.stringify(text));
  }
});

test('every day that exists is read, and no other', () => {
  for (let year = 1996; year <= 2101; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let day = 28; day <= 32; day += 1) {
        const date = new Date(Date.UTC(year, month - 1, day));
        const exists = date.getUTCMonth() === month - 1;
        const text = `${year}-${pad(month)}-${pad(day)}`;
        assert.equal(parseTimestamp(text), exists ? date.getTime() : undefined, text);
      }
    }
  }
});

test('times of feeds are read in each of their spellings, without a zone as UTC', () => {
  const time = Date.UTC(2025, 3, 21, 12, 35, 6);
  for (const text of [
    '2025-04-21 12:35:06',
    '2025-04-21 12:35:06 UTC',
    '2025-04-21 12:35:06 utc',
    '2025-04-21 12:35:06 GMT',
    '2025-04-21 12:35:06 (UTC)',
    '2025-04-21T12:35:06Z',
    '2025-04-21T12:35:06',
    '2025/04/21 12:35:06',
    '2025-4-21 12:35:06',
    '2025-04-21T14:35:06+02:00',
    '2025-04-21T14:35:06+0200',
    '2025-04-21 12:35:06.000',
    '2025-04-21 12:35:06,000',
    '  2025-04-21 12:35:06  ',
    String(time / 1_000),
    String(time),
  ]) {
    assert.equal(parseSourceTime(text, NOW), time, text);
  }
  assert.equal(parseSourceTime('2025-04-21', NOW), Date.UTC(2025, 3, 21));
  assert.equal(parseSourceTime('2025-04-21 12:35', NOW), Date.UTC(2025, 3, 21, 12, 35));
  assert.equal(parseSourceTime('2025-04-21 1:35', NOW), Date.UTC(2025, 3, 21, 1, 35));
  assert.equal(parseSourceTime('2025-04-21 12:35:06.25', NOW), time + 250);
});

test('the commonest form is read like the others, whether or not there is such a day and hour', () => {
  const two = (least: number, most: number) =>
    fc.oneof(
      fc.integer({ min: least, max: most }).map((number) => String(number).padStart(2, '0')),
      fc.constantFrom('00', '59', '60', '61', '99', ' 1', '1x', '-1', '１2'),
    );
  const parts = fc.tuple(two(19, 20), two(0, 99), two(1, 12), two(1, 31), two(0, 23), two(0, 59), two(0, 59));
  const leap = fc.tuple(fc.integer({ min: 1996, max: 2025 }), fc.constantFrom('28', '29', '30'));
  const text = fc.oneof(
    parts.map(([century, year, ...rest]) => [`${century}${year}`, ...rest] as const),
    leap.map(([year, day]) => [String(year), '02', day, '12', '35', '06'] as const),
  );
  fc.assert(
    fc.property(text, ([year, month, day, hour, minute, second]) => {
      const time = parseSourceTime(`${year}-${month}-${day} ${hour}:${minute}:${second}`, NOW);
      assert.equal(time, parseSourceTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`, NOW));
    }),
    { numRuns: 2_000 },
  );
});

test('a source may name the month, or part its numbers with dots; which of 4/5 is the month nobody knows', () => {
  const day = Date.UTC(2025, 3, 21);
  const time = Date.UTC(2025, 3, 21, 12, 35, 6);
  for (const text of [
    '21 Apr 2025',
    '21-Apr-2025',
    '21.Apr.2025',
    '21 April 2025',
    'Mon, 21 Apr 2025',
    'Monday 21 April 2025',
    'Apr 21 2025',
    'APRIL 21, 2025',
    'Apr. 21, 2025',
    'Mon, Apr 21, 2025',
    '21.04.2025',
    '21.4.2025',
  ]) {
    assert.equal(parseSourceTime(text, NOW), day, text);
    assert.equal(parseSourceTime(`${text} 12:35:06`, NOW), time, text);
    assert.equal(parseSourceTime(`${text} 14:35:06 +0200`, NOW), time, text);
    assert.equal(parseSourceTime(`${text} 12:35:06 GMT`, NOW), time, text);
  }
  for (const text of [
    '4/5/2025',
    '21/04/2025',
    '21 Foo 2025',
    '21 Ap 2025',
    '31 Feb 2025',
    '0.4.2025',
    '21.13.2025',
    '21-Apr.2025',
    '21 Apr 20251',
    '21 Apr 25',
    'Apr 2025',
    'Aprilscherz 21 2025',
  ]) {
    assert.equal(parseSourceTime(text, NOW), undefined, text);
  }
});

test('times that cannot be are left out: before 1990, and more than a day ahead', () => {
  assert.equal(parseSourceTime('1990-01-01', NOW), Date.UTC(1990, 0, 1));
  assert.equal(parseSourceTime('1989-12-31 23:59:59', NOW), undefined);
  assert.equal(parseSourceTime('1970-01-01 00:00:00', NOW), undefined);
  assert.equal(parseSourceTime('0000-00-00 00:00:00', NOW), undefined);
  assert.equal(parseSourceTime(formatTimestamp(NOW + DAY), NOW), NOW + DAY);
  assert.equal(parseSourceTime(formatTimestamp(NOW + DAY + 1), NOW), undefined);
  assert.equal(parseSourceTime('9999-12-31', NOW), undefined);
});

test('numbers that are no Unix time are no time', () => {
  for (const text of [
    '0',
    '1',
    '20250421',
    '12345678',
    '12345678901',
    '99999999999999',
    '1745238906.5',
    '-1745238906',
    '1e9',
    '0x68063cfa',
  ]) {
    assert.equal(parseSourceTime(text, NOW), undefined, text);
  }
});

test('any text is read as a time in range or not at all, quickly', () => {
  const start = cpuTime();
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('0', '1', '2', '-', ':', 'T', 'Z', '+', '.', ' ') }),
      ),
      (text) => {
        const time = parseSourceTime(text, NOW);
        if (time !== undefined) assert.ok(time >= Date.UTC(1990, 0, 1) && time <= NOW + DAY);
        const exact = parseTimestamp(text);
        if (exact !== undefined) assert.ok(Number.isSafeInteger(exact));
      },
    ),
    { numRuns: 2_000 },
  );
  for (const text of [
    '1'.repeat(100_000),
    '2025-'.repeat(20_000),
    ' '.repeat(100_000),
    `2025-01-01${' '.repeat(100_000)}x`,
    'a'.repeat(100_000),
    `21 Apr 2025${' '.repeat(100_000)}x`,
  ]) {
    assert.equal(parseSourceTime(text, NOW), undefined);
    assert.equal(parseTimestamp(text), undefined);
  }
  assert.ok(cpuTime() - start < 3_000);
});

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

test('times are formatted as Date formats them', () => {
  const times = fc.oneof(
    fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
    fc.integer({ min: START_OF_DAY - 3, max: START_OF_DAY + 3 }),
    fc.double({ min: 0, max: 4e12, noNaN: true }),
  );
  fc.assert(
    fc.property(times, (time) => {
      assert.equal(formatTimestamp(time), new Date(time).toISOString());
    }),
    { numRuns: 1_000 },
  );
  for (const time of [NaN, Infinity, 9e15]) assert.throws(() => formatTimestamp(time), RangeError);
});

const START_OF_DAY = Date.UTC(2026, 0, 15);
