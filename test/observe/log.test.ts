import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { LOG_LEVELS, type LogLevel } from '../../src/config.ts';
import { makeApiKey } from '../../src/model/api-key.ts';
import { createLog } from '../../src/observe/log.ts';

test.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 15, 10) });

function logged(level: LogLevel, pretty = false) {
  let text = '';
  const log = createLog({
    level,
    pretty,
    write: (lines) => {
      text += lines;
    },
  });
  return {
    log,
    text: () => {
      log.flush();
      return text;
    },
    raw: () => text,
  };
}

test('a message is one line of JSON with its time, level and fields', () => {
  const { log, text } = logged('info');
  log.info('request', { id: 'req_1', status: 200, route: 'a\nb' });
  assert.equal(text().split('\n').length, 2);
  assert.deepEqual(JSON.parse(text()), {
    time: '2026-01-15T10:00:00.000Z',
    level: 'info',
    message: 'request',
    id: 'req_1',
    status: 200,
    route: 'a\nb',
  });
});

test('a level shows itself and what is graver, and silent shows nothing', () => {
  for (const level of LOG_LEVELS) {
    const { log, text } = logged(level);
    for (const severity of ['debug', 'info', 'warn', 'error'] as const) log[severity](severity);
    assert.equal(text().split('\n').length - 1, 4 - LOG_LEVELS.indexOf(level), level);
  }
});

test('an error is written with its stack, its code and its cause', () => {
  const { log, text } = logged('info');
  log.error('failed', {
    error: Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'E1' }),
  });
  const { error } = JSON.parse(text()) as {
    error: { message: string; code: string; stack: string; cause: Error };
  };
  assert.equal(error.message, 'outer');
  assert.equal(error.code, 'E1');
  assert.match(error.stack, /log\.test/);
  assert.equal(error.cause.message, 'inner');
});

test('what cannot be written as JSON does not stop the log', () => {
  const { log, text } = logged('info', false);
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.info('odd', { circle });
  log.info('big', { value: 1n });
  assert.equal(text().split('\n').length, 3);
});

test('no key comes into a log, wherever it stands', () => {
  const { text: key, prefix } = makeApiKey();
  for (const pretty of [false, true]) {
    const { log, text } = logged('debug', pretty);
    log.debug(`got ${key}`, { [key]: key, deep: { list: [key] }, error: new Error(`bad key ${key}`) });
    log.info('url', { url: `https://x.example/?api_key=${key}&token=s3cret&a=1`, other: '?Auth-Key=s3cret' });
    assert(!text().includes(key));
    assert(!text().includes(key.slice(0, 14)));
    assert(!text().includes('s3cret'));
    assert(text().includes(prefix));
    assert(text().includes('a=1'));
  }
});

test('a line stays one line of JSON whatever is logged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.anything(), (message, value) => {
      const { log, text } = logged('info');
      log.info(message, { value });
      assert.equal(text().indexOf('\n'), text().length - 1);
      JSON.parse(text());
    }),
  );
});

test('on a terminal, nothing that is logged is taken for a command, and what is not known is left out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, value) => {
      const { log, text } = logged('info', true);
      const hostile = `\u001b[2J\u009b31m\u202e\n${value}`;
      log.info(message + hostile, { [hostile]: hostile, error: new Error(hostile), key: undefined });
      const line = text();
      assert.equal(line.indexOf('\n'), line.length - 1);
      assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u202e]/);
      assert.doesNotMatch(line, / key=/);
    }),
  );
});

test('lines are held back for a moment, but errors are not', () => {
  const { log, raw } = logged('info');
  log.info('one');
  assert.equal(raw(), '');
  test.mock.timers.tick(60);
  assert.match(raw(), /one/);
  log.error('two');
  assert.match(raw(), /two/);
});
