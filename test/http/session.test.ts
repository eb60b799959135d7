import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { bearer, errorOf, serving, type Serving } from './serving.ts';
import { cookiesOf, HOST, json, makeAccount, PASSWORD, send, type Sent, signIn } from './signed-in.ts';

const SESSION = '/api/v1/session';
const KEYS = '/api/v1/keys';
const MINUTE = 60_000;

async function withAccount(context: TestContext, trustProxy: string[] = []): Promise<Serving> {
  const server = await serving(context, { config: { trustProxy } });
  await makeAccount(server, 'acme');
  return server;
}

function attempt(server: Serving, body: unknown, sent: Sent = {}) {
  return send(server, 'POST', SESSION, { ...sent, body });
}

const RIGHT = { account: 'acme', password: PASSWORD };
const WRONG = { account: 'acme', password: 'wrong horse battery' };

test('whoever signs in gets a cookie that scripts do not see, and is known by it', async (context) => {
  const server = await withAccount(context);
  const answer = await attempt(server, RIGHT);
  const told = json(answer);
  assert.deepEqual(Object.keys(told), ['account', 'tier', 'csrf_token', 'expires_at']);
  const lines = [answer.headers['set-cookie'] ?? []].flat();
  assert.equal(lines.length, 2);
  for (const line of lines)
    assert.match(line, /^soc_(?:session|device)=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const browser = await signIn(server, 'acme');
  const { account, csrf_token: token } = json(await browser.send('GET', SESSION));
  assert.deepEqual([account, token], ['acme', browser.csrf]);
  assert(!server.log().includes(browser.csrf) && !server.log().includes(PASSWORD));
});

test('over TLS the cookie is bound to this host', async (context) => {
  const server = await withAccount(context, ['127.0.0.1']);
  const headers = {
    'x-forwarded-proto': 'https',
    host: 'intel.example.com',
    origin: 'https://intel.example.com',
    'x-forwarded-for': '192.0.2.7',
  };
  const answer = await attempt(server, RIGHT, { headers });
  const lines = [answer.headers['set-cookie'] ?? []].flat();
  assert.equal(lines.length, 2);
  for (const line of lines)
    assert.match(line, /^__Host-soc_\w+=[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/);
  const [[name, secret]] = Object.entries(cookiesOf(answer)) as [[string, string]];
  const as = async (cookie: string) =>
    (await send(server, 'GET', SESSION, { headers: { ...headers, cookie } })).status;
  assert.equal(await as(`${name}=${secret}`), 200);
  assert.equal(await as(`soc_session=${secret}`), 401, 'what plain HTTP may have set does not count');
});

test('no password is taken over plain HTTP from another machine', async (context) => {
  const server = await withAccount(context);
  for (const host of [
    'intel.example.com',
    '192.0.2.7:8080',
    'localhost.example.com',
    'localhost@example.com',
  ]) {
    const answer = await attempt(server, RIGHT, {
      headers: { host, origin: `http://${host}`, 'x-forwarded-proto': 'https' },
    });
    assert.equal(answer.status, 403, host);
    assert.equal(errorOf(answer).code, 'insecure_transport');
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  const rewritten = {
    host: '127.0.0.1:8080',
    origin: 'http://intel.example.com',
    'sec-fetch-site': 'same-origin',
  };
  const behind = await attempt(server, RIGHT, { headers: rewritten });
  assert.equal(errorOf(behind).code, 'insecure_transport', 'a proxy has put its own host in');
  for (const host of ['localhost', '127.0.0.1:8080', '[::1]:8080'])
    assert.equal(
      (await attempt(server, RIGHT, { headers: { host, origin: `http://${host}` } })).status,
      200,
      host,
    );
});

test('empty, odd and huge credentials are refused, and never reach a verifier', async (context) => {
  const server = await withAccount(context);
  const started = performance.now();
  for (const bad of ['', null, [], {}, 0, true, 'x'.repeat(257)]) {
    for (const body of [
      { account: bad, password: PASSWORD },
      { account: 'acme', password: bad },
    ]) {
      const answer = await attempt(server, body);
      assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 50));
      assert.equal(errorOf(answer).code, 'invalid_parameter');
      assert(!answer.body.includes(PASSWORD));
    }
  }
  for (const body of [
    '',
    '[]',
    '"x"',
    'null',
    '{"account":"acme"}',
    '{"account":"acme","password":"x","role":"admin"}',
  ])
    assert.equal((await attempt(server, body)).status, 400, body);
  assert.equal((await attempt(server, '{')).status, 400);
  assert.equal((await attempt(server, '{"__proto__":{"account":"acme"}}')).status, 400);
  assert.equal((await attempt(server, { ...RIGHT, account: 'x'.repeat(1_048_576) })).status, 413);
  assert.ok(performance.now() - started < 1_500, 'no password was hashed');
});

test('a wrong password and an account that is not there are told alike', async (context) => {
  const server = await withAccount(context);
  const [wrong, nobody] = [
    await attempt(server, WRONG),
    await attempt(server, { ...WRONG, account: 'nobody' }),
  ];
  for (const answer of [wrong, nobody]) {
    assert.equal(answer.status, 401);
    assert.match(answer.headers['www-authenticate'] ?? '', /^Session /);
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  const { request_id: _one, ...told } = errorOf(wrong);
  const { request_id: _two, ...other } = errorOf(nobody);
  assert.deepEqual(told, other);
});

test('a hundred guesses from fifty addresses are stopped by the account, and others sign in', async (context) => {
  const server = await withAccount(context);
  await makeAccount(server, 'other');
  const owner = await signIn(server, 'acme');
  const device = /soc_device=[^;]+/.exec(owner.cookie)![0];
  const statuses: number[] = [];
  for (let guess = 0; guess < 100; guess += 1) {
    const answer = await attempt(server, WRONG, { from: `198.51.100.${guess % 50}` });
    statuses.push(answer.status);
    if (answer.status === 429) assert.ok(Number(answer.headers['retry-after']) > 0);
  }
  assert.equal(statuses.filter((status) => status === 401).length, 20);
  assert.deepEqual(new Set(statuses.slice(20)), new Set([429]));
  const rightToo = await attempt(server, RIGHT, { from: '198.51.100.200' });
  assert.equal(rightToo.status, 429, 'a guess that is right is not told');
  assert.equal((await attempt(server, { ...RIGHT, account: 'other' }, { from: '192.0.2.9' })).status, 200);
  const known = await attempt(server, RIGHT, { from: '203.0.113.5', headers: { cookie: device } });
  assert.equal(known.status, 200, 'a browser that the owner has used before is not kept out');
  const forged = await attempt(server, RIGHT, { headers: { cookie: `soc_device=${'A'.repeat(43)}` } });
  assert.equal(forged.status, 429);
  const elsewhere = { ...WRONG, account: 'other' };
  const others = await attempt(server, elsewhere, { from: '192.0.2.77', headers: { cookie: device } });
  assert.equal(others.status, 401, 'the name of a browser is good for its own account');
  server.clock.advance(15 * MINUTE);
  assert.equal((await attempt(server, RIGHT)).status, 200);
});

test('one network may guess at many accounts only so often, and a known browser too', async (context) => {
  const server = await withAccount(context);
  const owner = await signIn(server, 'acme');
  const device = /soc_device=[^;]+/.exec(owner.cookie)![0];
  let refused = 0;
  for (let guess = 0; guess < 40; guess += 1) {
    const account = `other ${guess}`;
    await makeAccount(server, account);
    const from = `2001:db8:1:2::${guess.toString(16)}`;
    if ((await attempt(server, { ...WRONG, account }, { from })).status === 429) refused += 1;
  }
  assert.equal(refused, 10, 'addresses of one /64 count together');
  for (let guess = 0; guess < 10; guess += 1)
    assert.equal((await attempt(server, WRONG, { headers: { cookie: device } })).status, 401);
  assert.equal((await attempt(server, RIGHT, { headers: { cookie: device } })).status, 429);
});

test('a session gets a new id at sign-in, whatever the browser came with', async (context) => {
  const server = await withAccount(context);
  const planted = 'A'.repeat(43);
  const first = await signIn(server, 'acme', { cookies: { soc_session: planted } });
  assert(!first.cookie.includes(planted));
  assert.equal(
    (await send(server, 'GET', SESSION, { headers: { cookie: `soc_session=${planted}` } })).status,
    401,
  );
  const cookies = Object.fromEntries(
    first.cookie.split('; ').map((pair) => pair.split('=') as [string, string]),
  );
  const second = await signIn(server, 'acme', { cookies });
  assert.notEqual(second.csrf, first.csrf, 'the token changes too');
  assert.equal((await first.send('GET', SESSION)).status, 401, 'the session before has ended');
  assert.equal((await second.send('GET', SESSION)).status, 200);
});

test('after signing out the old cookie is of no use', async (context) => {
  const server = await withAccount(context);
  const browser = await signIn(server, 'acme');
  const answer = await browser.send('DELETE', SESSION);
  assert.equal(answer.status, 204);
  assert.equal(cookiesOf(answer).soc_session, '');
  for (const path of [SESSION, KEYS]) assert.equal((await browser.send('GET', path)).status, 401);
});

test('another password ends every other session, and only with the old one is it set', async (context) => {
  const server = await withAccount(context);
  const [here, there] = [await signIn(server, 'acme'), await signIn(server, 'acme')];
  const change = (current: string, next: string) =>
    here.send('POST', `${SESSION}/password`, { current_password: current, new_password: next });
  assert.equal((await change('wrong horse battery', 'another horse battery')).status, 401);
  const short = await change(PASSWORD, 'short');
  assert.equal(short.status, 400);
  assert.match(errorOf(short).message, /new_password: must have 12 to 256 characters/);
  const answer = await change(PASSWORD, 'another horse battery');
  assert.notEqual(json(answer).csrf_token, here.csrf);
  for (const old of [here, there]) assert.equal((await old.send('GET', SESSION)).status, 401);
  const cookie = `soc_session=${cookiesOf(answer).soc_session}`;
  assert.equal((await send(server, 'GET', SESSION, { headers: { cookie } })).status, 200);
  assert.equal((await attempt(server, RIGHT)).status, 401);
  await signIn(server, 'acme', { password: 'another horse battery' });
});

test('a session ends after half an hour without use, after twelve hours in any case, and stays ended', async (context) => {
  const server = await withAccount(context);
  const idle = await signIn(server, 'acme');
  server.clock.advance(29 * MINUTE);
  assert.equal((await idle.send('GET', SESSION)).status, 200);
  server.clock.advance(29 * MINUTE);
  assert.equal((await idle.send('GET', SESSION)).status, 200);
  server.clock.advance(30 * MINUTE);
  assert.equal((await idle.send('GET', SESSION)).status, 401);
  server.clock.advance(-60 * MINUTE);
  assert.equal((await idle.send('GET', SESSION)).status, 401, 'a clock that is set back wakes none');
  const busy = await signIn(server, 'acme');
  for (let step = 0; step < 12 * 3 - 1; step += 1) {
    server.clock.advance(20 * MINUTE);
    assert.equal((await busy.send('GET', SESSION)).status, 200, `step ${step}`);
  }
  server.clock.advance(20 * MINUTE);
  assert.equal((await busy.send('GET', SESSION)).status, 401);
});

test('a removed account is signed out', async (context) => {
  const server = await withAccount(context);
  const browser = await signIn(server, 'acme');
  await server.store.removeAccount('acme');
  assert.equal((await browser.send('GET', SESSION)).status, 401);
});

/** Requests as pages of others can have a browser send them. */
const CROSS_SITE: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'same-site', origin: 'http://sibling.localhost:8080' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'cross-site', origin: `http://${HOST}` },
  { 'sec-fetch-site': '', origin: 'https://evil.example' },
];

/** The same from browsers that do not tell the site. */
const OLD_BROWSERS: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:8081' },
  { origin: `http://${HOST}.evil.example` },
  { origin: '' },
];

async function sendRaw(
  { app }: Serving,
  url: string,
  headers: Readonly<Record<string, string>>,
  payload: string,
) {
  const { statusCode, headers: given } = await app.inject({
    method: 'POST',
    url,
    headers: { host: HOST, 'content-type': 'application/json', ...headers },
    payload,
  });
  return { status: statusCode, cookie: given['set-cookie'] };
}

test('no page of somebody else signs a browser in, or does anything in its name', async (context) => {
  const server = await withAccount(context);
  const { cookie, csrf } = await signIn(server, 'acme');
  for (const site of [...CROSS_SITE, ...OLD_BROWSERS]) {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const headers = { ...site, 'content-type': type };
      const login = await sendRaw(server, SESSION, headers, JSON.stringify(RIGHT));
      assert.deepEqual(login, { status: 403, cookie: undefined }, JSON.stringify(headers));
      const create = await sendRaw(
        server,
        KEYS,
        { ...headers, cookie, 'x-csrf-token': csrf },
        JSON.stringify({ name: 'x' }),
      );
      assert.equal(create.status, 403, JSON.stringify(headers));
    }
  }
  assert.deepEqual(await server.store.keysOf('acme'), []);
});

test('what changes something needs the token of this very session', async (context) => {
  const server = await withAccount(context);
  const [here, there] = [await signIn(server, 'acme'), await signIn(server, 'acme')];
  for (const token of ['', there.csrf, here.csrf.slice(1), `${here.csrf}x`]) {
    const answer = await here.send('POST', KEYS, { name: 'x' }, { headers: { 'x-csrf-token': token } });
    assert.equal(answer.status, 403, token);
    assert.equal(errorOf(answer).code, 'cross_site_request');
  }
  assert.equal((await here.send('POST', KEYS, { name: 'x' })).status, 201);
});

test('sessions are no API keys, and API keys no sessions', async (context) => {
  const server = await withAccount(context);
  const { cookie } = await signIn(server, 'acme');
  assert.equal((await send(server, 'GET', '/api/v1/iocs', { headers: { cookie } })).status, 401);
  for (const path of [SESSION, KEYS, `${KEYS}/x`]) {
    const answer = await send(server, 'GET', path, { headers: bearer(server.pro) });
    assert.equal(answer.status, 401);
    assert.equal(errorOf(answer).code, 'not_signed_in');
  }
});

test('a body is JSON, however its type is written, or is refused', async (context) => {
  const server = await withAccount(context);
  const browser = await signIn(server, 'acme');
  for (const [type, status] of [
    ['application/json; charset=utf-8', 400],
    ['Application/JSON ;', 400],
    ['application/json x', 415],
    ['text/plain', 415],
    ['application/json, text/plain', 415],
    ['application/jsonp', 415],
    ['application/x-www-form-urlencoded', 415],
  ] as const) {
    const answer = await browser.send('POST', KEYS, '{"tier":"pro"}', { headers: { 'content-type': type } });
    assert.equal(answer.status, status, type);
  }
  assert.deepEqual(await server.store.keysOf('acme'), []);
});

test('two cookies of one name that differ are none', async (context) => {
  const server = await withAccount(context);
  const { cookie } = await signIn(server, 'acme');
  const twice = `soc_session=${'B'.repeat(43)}; ${cookie}`;
  assert.equal((await send(server, 'GET', SESSION, { headers: { cookie: twice } })).status, 401);
});
