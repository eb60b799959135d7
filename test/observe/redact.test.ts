import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import fc from 'fast-check';

import { createLog } from '../../src/observe/log.ts';
import { redact } from '../../src/observe/redact.ts';

const HEADERS = [
  'Authorization',
  'authorization',
  'Proxy-Authorization',
  'X-API-Key',
  'x-api-key',
  'Auth-Key',
  'api-token',
  'Cookie',
  'set-cookie',
];

/** Not to be mistaken for anything else in a line. */
const secret = fc.stringMatching(/^[A-Za-z0-9+._~-]{12,40}$/).map((text) => `S3cret${text}`);
const name = fc.constantFrom(...HEADERS);

/** A secret as it may stand in what is logged. */
const places: Readonly<Record<string, (name: string, secret: string) => Record<string, unknown>>> = {
  'a field': (name, value) => ({ [name]: value }),
  'a field of an object': (name, value) => ({ request: { headers: { [name]: value, accept: '*/*' } } }),
  'a list of values': (name, value) => ({ headers: { [name]: ['a=b]', value] } }),
  'a list of names and values': (name, value) => ({ rawHeaders: ['Accept', '*/*', name, value] }),
  'a head': (name, value) => ({ head: `GET / HTTP/1.1\r\n${name}: Bearer ${value}\r\nAccept: */*` }),
  'JSON within JSON': (name, value) => ({ body: JSON.stringify({ [name]: `Basic "${value}"`, after: 1 }) }),
  'what Node shows of an object': (name, value) => ({ shown: inspect({ [name]: value }) }),
  'an error': (name, value) => ({ error: new Error(`refused ${name}: ${value}`) }),
  'the cause of an error': (name, value) => ({
    error: new Error('outer', { cause: new Error(`${name}=${value}`) }),
  }),
  'the credentials of a URL': (_name, value) => ({ url: `https://user:${value}@feed.example.com/a?b=1` }),
  'the user of a URL': (_name, value) => ({ url: `https://${value}@feed.example.com/` }),
  'the query of a URL': (name, value) => ({
    url: `https://feed.example.com/a?b=1&${/cookie/i.test(name) ? 'token' : name.replace(/.*authorization/i, 'api_key')}=${value}&c=2`,
  }),
};

function logged(message: string, fields: Record<string, unknown>, pretty = false): string {
  let text = '';
  const log = createLog({ level: 'debug', pretty, write: (lines) => (text += lines) });
  log.error(message, fields);
  return text;
}

for (const [place, put] of Object.entries(places)) {
  test(`a secret in ${place} is in no log line, and the line stays JSON`, () => {
    fc.assert(
      fc.property(name, secret, (header, value) => {
        const fields = put(header, value);
        const line = logged('odd', { ...fields, last: 'kept' });
        assert.ok(!line.includes(value), line);
        assert.equal((JSON.parse(line) as { last: string }).last, 'kept');
        const pretty = logged('odd', fields, true);
        assert.ok(!pretty.includes(value), pretty);
      }),
    );
  });
}

test('whatever stands beside the names of such headers, a line stays one line of JSON', () => {
  const piece = fc.oneof(
    name,
    fc.constantFrom(
      '"',
      "'",
      '\\',
      '\\"',
      ':',
      '=',
      ',',
      '[',
      ']',
      '{',
      '}',
      ' ',
      '\n',
      '://',
      '@',
      '?key=',
      '&',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, text, text, (message, field, value) => {
      const line = logged(message, {
        [`${field} cookie`]: value,
        list: [field, 'cookie', value, { cookie: [value, 1, null] }],
        cookie: 5,
        text: JSON.stringify({ authorization: value, [field]: 'cookie' }),
      });
      assert.equal(line.indexOf('\n'), line.length - 1);
      JSON.parse(line);
    }),
    { numRuns: 2_000 },
  );
});

test('what names a header without a value, and other parts of a URL, is left as it is', () => {
  for (const text of [
    'API key is required. Include it in the Authorization header as "Bearer sk_live_..." or in the X-API-Key header.',
    'https://feed.example.com/a@b?c=1#d',
    'mail someone@example.com about https://feed.example.com/',
    '{"cookie":5,"authorization":null}',
    'the cookies are gone',
  ])
    assert.equal(redact(text), text);
});

test('redaction takes time in proportion, whatever the text', () => {
  for (const seed of [
    'authorization:',
    'cookie":[',
    'cookie":["',
    'cookie\\":\\"',
    'cookie":"\\',
    '://',
    '&a_',
    '&key',
  ]) {
    const time = (size: number): number => {
      const text = seed.repeat(size / seed.length);
      const start = process.cpuUsage();
      redact(text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1_000;
    };
    time(10_000);
    const once = time(100_000);
    assert.ok(time(400_000) < Math.max(once, 20) * 16, seed);
  }
});
