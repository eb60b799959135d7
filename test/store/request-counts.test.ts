import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import fc from 'fast-check';

import { SqliteLedger } from '../../src/store/sqlite/ledger.ts';
import { START } from './fixtures.ts';

const LIMITS = { perMinute: 5, perDay: 8 };
const MINUTE = 60_000;
const DAY = 86_400_000;

function place(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-ledger-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'requests.sqlite');
}

function open(context: TestContext, path = place(context)): SqliteLedger {
  const ledger = new SqliteLedger(path);
  context.after(() => ledger.close());
  return ledger;
}

/** A file of counts of several pages, closed, so that all of it is in the one file. */
function filled(path: string): void {
  const ledger = new SqliteLedger(path);
  for (let key = 0; key < 2_000; key += 1) ledger.take(`key number ${key}`, 1, LIMITS, START);
  ledger.close();
}

test('a grant tells what is left of each window, and when more is possible', (context) => {
  const ledger = open(context);
  const first = ledger.take('k', 3, LIMITS, START);
  assert.equal(first.granted, 3);
  assert.deepEqual([first.minute.limit, first.minute.remaining], [5, 2]);
  assert.deepEqual([first.day.limit, first.day.remaining], [8, 5]);
  assert.ok(first.minute.resetAt > START + MINUTE && first.minute.resetAt <= START + MINUTE + 1_000);
  assert.ok(first.day.resetAt > START + DAY && first.day.resetAt <= START + DAY + 300_000);
});

test('less is granted than is asked for where a window has less, and nothing where it has none', (context) => {
  const ledger = open(context);
  assert.equal(ledger.take('k', 9, LIMITS, START).granted, 5);
  assert.equal(ledger.take('k', 9, LIMITS, START).granted, 0);
  const later = START + 2 * MINUTE;
  assert.equal(ledger.take('k', 9, LIMITS, later).granted, 3);
  assert.equal(ledger.take('k', 9, LIMITS, later + 2 * MINUTE).granted, 0);
  assert.equal(ledger.take('k', 9, LIMITS, later + DAY + 600_000).granted, 5);
});

test('nothing asked for takes nothing, and tells the state of an untouched key', (context) => {
  const ledger = open(context);
  const grant = ledger.take('k', 0, LIMITS, START);
  assert.deepEqual(grant, {
    granted: 0,
    minute: { limit: 5, remaining: 5, resetAt: START },
    day: { limit: 8, remaining: 8, resetAt: START },
  });
});

test('what was taken and not spent is put back before more is granted', (context) => {
  const ledger = open(context);
  ledger.take('k', 5, LIMITS, START);
  const back = { count: 4, takenAt: START };
  const grant = ledger.take('k', 5, LIMITS, START + 10, back);
  assert.equal(grant.granted, 4);
  assert.equal(grant.minute.remaining, 0);
  assert.equal(grant.day.remaining, 3);
});

test('a limit that was lowered below what is used grants nothing, and says that nothing remains', (context) => {
  const ledger = open(context);
  ledger.take('k', 5, LIMITS, START);
  const grant = ledger.take('k', 1, { perMinute: 2, perDay: 8 }, START);
  assert.equal(grant.granted, 0);
  assert.deepEqual([grant.minute.remaining, grant.day.remaining], [0, 3]);
});

test('keys are counted apart, whatever their names', (context) => {
  const ledger = open(context);
  let turn = 0;
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 10 }), (names) => {
      turn += 1;
      for (const name of names) assert.equal(ledger.take(`${turn} ${name}`, 5, LIMITS, START).granted, 5);
      for (const name of names) assert.equal(ledger.take(`${turn} ${name}`, 5, LIMITS, START).granted, 0);
    }),
    { numRuns: 30 },
  );
});

test('two ledgers on one file share each window exactly', (context) => {
  const path = place(context);
  const ledgers = [open(context, path), open(context, path)];
  let granted = 0;
  for (let turn = 0; turn < 20; turn += 1) granted += ledgers[turn % 2]!.take('k', 1, LIMITS, START).granted;
  assert.equal(granted, LIMITS.perMinute);
});

test('in whatever steps time goes on, no window ever sees more than its limit', (context) => {
  const ledger = open(context);
  let key = 0;
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat({ max: 40_000 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, (plan) => {
      key += 1;
      const times: number[] = [];
      let now = START;
      for (const [want, pause] of plan) {
        const { granted } = ledger.take(`k${key}`, want, LIMITS, now);
        for (let one = 0; one < granted; one += 1) times.push(now);
        for (const [length, limit] of [
          [MINUTE, LIMITS.perMinute],
          [DAY, LIMITS.perDay],
        ] as const) {
          assert.ok(times.filter((time) => time > now - length).length <= limit);
        }
        now += pause;
      }
    }),
    { numRuns: 60 },
  );
});

test('counts that have left their window take no room', (context) => {
  const path = place(context);
  const ledger = new SqliteLedger(path);
  for (let day = 0; day < 400; day += 1) ledger.take('k', 1, LIMITS, START + day * 1_000_000);
  ledger.close();
  assert.ok(statSync(path).size < 64 * 1_024);
});

test('a file of counts that was spoilt is begun anew, wherever it is damaged', (context) => {
  const path = place(context);
  filled(path);
  const whole = readFileSync(path);
  const pageSize = whole.readUInt16BE(16);
  assert.ok(whole.length > 8 * pageSize);
  const damages: Readonly<Record<string, Buffer>> = {
    'cut off in the middle': whole.subarray(0, pageSize * 3 + 100),
    'noise from the second page on': Buffer.concat([
      whole.subarray(0, pageSize),
      Buffer.alloc(whole.length - pageSize, 0xa5),
    ]),
    'zeros from the second page on': Buffer.concat([
      whole.subarray(0, pageSize),
      Buffer.alloc(whole.length - pageSize),
    ]),
    'no header': Buffer.concat([Buffer.alloc(100, 0x41), whole.subarray(100)]),
    text: Buffer.from('this was a file of counts '.repeat(1_000)),
  };
  for (const [damage, bytes] of Object.entries(damages)) {
    writeFileSync(path, bytes);
    rmSync(`${path}-wal`, { force: true });
    rmSync(`${path}-shm`, { force: true });
    const ledger = new SqliteLedger(path);
    assert.equal(ledger.take('key number 1', 5, LIMITS, START).granted, 5, damage);
    assert.equal(ledger.take('key number 1', 5, LIMITS, START).granted, 0, damage);
    ledger.close();
  }
});

test('a sound file of counts is kept, and an empty one is used', (context) => {
  const path = place(context);
  filled(path);
  const again = open(context, path);
  assert.equal(again.take('key number 1', 9, LIMITS, START).granted, 4);
  const empty = place(context);
  writeFileSync(empty, '');
  assert.equal(open(context, empty).take('k', 9, LIMITS, START).granted, 5);
});

test('what is no damage is not mended by deleting: a file of counts that is a directory', (context) => {
  const path = place(context);
  const directory = join(path, '..');
  assert.throws(() => new SqliteLedger(directory), { name: 'StoreError', code: 'unavailable' });
  assert.ok(statSync(directory).isDirectory());
});
