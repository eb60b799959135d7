import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { exchange } from './raw-client.ts';
import { PATH, serving } from './serving.ts';

/** Where in a request a secret may stand. None of them holds a valid key, so that all of them are answered. */
const PLACES: Readonly<Record<string, (secret: string) => string>> = {
  'the path': (secret) => get(`/api/${secret}`),
  'the path, in an encoding': (secret) => get(`/%2e%2e/${secret}%zz`),
  'a part of a route': (secret) => get(`/api/v1/iocs/${secret}/why`),
  'the credentials of an absolute target': (secret) => get(`http://user:${secret}@h.example${PATH}`),
  'the name of a parameter': (secret) => get(`${PATH}?${secret}=1`),
  'the value of a parameter': (secret) => get(`${PATH}?api_key=${secret}&cursor=${secret}`),
  Authorization: (secret) => get(PATH, `Authorization: Bearer ${secret}`),
  'Authorization of another scheme': (secret) => get(PATH, `Authorization: Digest response="${secret}"`),
  'X-API-Key': (secret) => get(PATH, `X-API-Key: ${secret}`),
  'Auth-Key': (secret) => get(PATH, `Auth-Key: ${secret}`),
  Cookie: (secret) => get(PATH, `Cookie: session=${secret}; other=1`),
  'the client’s name and whence it comes': (secret) =>
    get(PATH, `User-Agent: ${secret}\r\nReferer: https://h.example/?t=${secret}`),
  'the request id that a client chose': (secret) =>
    get(PATH, `X-Request-Id: ${secret}\r\nTraceparent: ${secret}`),
  'the address that a client claims': (secret) =>
    get(PATH, `X-Forwarded-For: ${secret}\r\nForwarded: for=${secret}`),
  'the host': (secret) => `GET ${PATH} HTTP/1.1\r\nHost: ${secret}.example\r\nConnection: close\r\n\r\n`,
  'the name of a header': (secret) => get(PATH, `X-${secret}: 1`),
  'a header that is none': (secret) => get(PATH, `no header ${secret}`),
  'the method': (secret) => `${secret} ${PATH} HTTP/1.1\r\nHost: h\r\n\r\n`,
  'the version': (secret) => `GET ${PATH} ${secret}\r\nHost: h\r\n\r\n`,
  'a body': (secret) =>
    `POST ${PATH} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${secret.length + 2}\r\n\r\n"${secret}"`,
  'what is no request': (secret) => `${secret}\r\n\r\n`,
};

function get(target: string, header = 'X-Nothing: 1'): string {
  return `GET ${target} HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n${header}\r\n\r\n`;
}

test('a secret anywhere in a request is in no log line', { timeout: 60_000 }, async (context) => {
  const server = await serving(context, { config: { apiKeyInQuery: true } });
  const port = await server.listen();
  const secret = fc.stringMatching(/^[A-Za-z0-9]{12,24}$/).map((text) => `S3cret${text}`);
  const sent: string[] = [];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(PLACES)), secret, async (place, value) => {
      sent.push(value);
      const answer = await exchange(port, PLACES[place]!(value));
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, place);
      assert.ok(!server.log().includes(value), place);
    }),
    { numRuns: 200 },
  );
  const log = server.log();
  assert.match(log, /"message":"request"/);
  for (const value of sent) assert.ok(!log.includes(value));
});

test('every line about a request has its time, level, id, method, route, status, duration, bytes and key', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  await exchange(port, get(`${PATH}?limit=1`, `Authorization: Bearer ${server.pro}`));
  await exchange(port, get('/nowhere'));
  await exchange(port, get(PATH, 'Authorization: Bearer nothing'));
  await server.app.close();
  const lines = server
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message }) => message === 'request');
  assert.equal(lines.length, 3);
  for (const line of lines) {
    assert.ok(!Number.isNaN(Date.parse(String(line.time))));
    assert.equal(line.level, 'info');
    assert.match(String(line.id), /^req_[0-9a-f-]{36}$/);
    assert.equal(line.method, 'GET');
    assert.ok(Number(line.ms) > 0 && Number(line.bytes) > 100);
  }
  const told = lines.map(({ route, status, key, ip }) => ({ route, status, key, ip }));
  const ip = '127.0.0.1';
  assert.deepEqual(told, [
    { route: PATH, status: 200, key: server.pro.slice(0, 12), ip: undefined },
    { route: null, status: 404, key: undefined, ip: undefined },
    { route: PATH, status: 401, key: undefined, ip },
  ]);
});
