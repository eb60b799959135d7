import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { hashApiKey } from '../../src/model/api-key.ts';
import { type Answer, serving, type Serving } from './serving.ts';
import { cookiesOf, HOST, makeAccount, type Method, PASSWORD, send, type Sent } from './signed-in.ts';

const HOME = '/console/';
const FORM = 'application/x-www-form-urlencoded';

/** Sends a form as a browser does. */
function submit(
  server: Serving,
  url: string,
  fields: Record<string, string>,
  { headers = {}, ...more }: Sent = {},
): Promise<Answer> {
  const body = new URLSearchParams(fields).toString();
  return send(server, 'POST', url, { ...more, body, headers: { 'content-type': FORM, ...headers } });
}

interface Person {
  readonly cookie: string;
  readonly csrf: string;
  readonly see: (url: string, status?: number) => Promise<string>;
  readonly submit: (url: string, fields?: Record<string, string>) => Promise<Answer>;
}

async function person(server: Serving, account = 'acme'): Promise<Person> {
  const answer = await submit(server, '/console/sign-in', { account, password: PASSWORD });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, HOME);
  const cookie = `soc_session=${cookiesOf(answer).soc_session}`;
  const see = async (url: string, status = 200): Promise<string> => {
    const page = await send(server, 'GET', url, { headers: { cookie } });
    assert.equal(page.status, status, page.body.toString('utf8'));
    return page.body.toString('utf8');
  };
  const csrf = /name="csrf" value="([\w-]+)"/.exec(await see(HOME))![1]!;
  return {
    cookie,
    csrf,
    see,
    submit: (url, fields = {}) => submit(server, url, { csrf, ...fields }, { headers: { cookie } }),
  };
}

async function open(context: TestContext): Promise<Serving> {
  const server = await serving(context);
  await makeAccount(server, 'acme');
  await makeAccount(server, 'other');
  return server;
}

test('nobody sees a page of the console without having signed in', async (context) => {
  const server = await open(context);
  for (const url of [HOME, '/console/password', '/console/keys/x']) {
    const answer = await send(server, 'GET', url);
    assert.deepEqual([answer.status, answer.headers.location], [303, '/console/sign-in'], url);
  }
  for (const url of [
    '/console/keys',
    '/console/keys/x',
    '/console/keys/x/revoke',
    '/console/sign-out',
    '/console/password',
  ])
    assert.equal((await submit(server, url, {})).headers.location, '/console/sign-in', url);
  assert.equal((await send(server, 'GET', '/console')).headers.location, HOME);
});

test('a page is asked for without its content too, as its headers say', async (context) => {
  const server = await serving(context);
  for (const url of [HOME, '/console', '/console/sign-in', '/console/console.css', '/console/icon.svg']) {
    const [whole, head] = [await send(server, 'GET', url, {}), await send(server, 'HEAD', url, {})];
    assert.equal(head.status, whole.status, url);
    assert.equal(head.body.length, 0);
    for (const name of ['content-type', 'location', 'content-security-policy'])
      assert.equal(head.headers[name], whole.headers[name], `${url}: ${name}`);
  }
});

test('every page lets nothing in from elsewhere and runs no script, errors too', async (context) => {
  const server = await open(context);
  const { cookie } = await person(server);
  const pages: readonly [Method, string, number][] = [
    ['GET', '/console/sign-in', 303],
    ['GET', HOME, 200],
    ['GET', '/console/password', 200],
    ['GET', '/console/keys/x', 404],
    ['POST', '/console/keys', 415],
  ];
  for (const [method, url, status] of pages) {
    const answer = await send(server, method, url, { headers: { cookie, 'content-type': 'text/plain' } });
    assert.equal(answer.status, status, url);
    if (status === 303) continue;
    assert.equal(
      answer.headers['content-security-policy'],
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.doesNotMatch(answer.body.toString('utf8'), /<script|style=|\son\w+=|https?:\/\/(?!localhost)/);
  }
});

test('forms without the token of the session, or from elsewhere, do nothing', async (context) => {
  const server = await open(context);
  const [one, two] = [await person(server), await person(server)];
  const fields = { name: 'x', once: '1' };
  for (const csrf of ['', two.csrf, `${one.csrf} `]) {
    const answer = await submit(
      server,
      '/console/keys',
      { ...fields, csrf },
      { headers: { cookie: one.cookie } },
    );
    assert.equal(answer.status, 403, csrf);
  }
  const foreign = { cookie: one.cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  for (const url of ['/console/keys', '/console/sign-out', '/console/password'])
    assert.equal(
      (await submit(server, url, { ...fields, csrf: one.csrf }, { headers: foreign })).status,
      403,
    );
  const login = await submit(
    server,
    '/console/sign-in',
    { account: 'acme', password: PASSWORD },
    { headers: foreign },
  );
  assert.deepEqual([login.status, login.headers['set-cookie']], [403, undefined]);
  assert.deepEqual(await server.store.keysOf('acme'), []);
  await one.see(HOME);
});

test('a key is made once however often its form comes, and shown once', async (context) => {
  const server = await open(context);
  const { submit: post, see } = await person(server);
  const once = /name="once" value="([\w-]+)"/.exec(await see(HOME))![1]!;
  const fields = { name: 'edge', expires: '2027-01-01', networks: '192.0.2.0/24, 2001:db8::/32', once };
  const made = (await post('/console/keys', fields)).body.toString('utf8');
  const key = /sk_live_\w{49}/.exec(made)![0];
  const kept = await server.store.findKey(hashApiKey(key));
  assert.deepEqual(kept?.allowedNetworks, ['192.0.2.0/24', '2001:db8::/32']);
  assert.equal(kept?.expiresAt, Date.UTC(2027, 0, 1));
  const again = await post('/console/keys', fields);
  assert.deepEqual([again.status, again.headers.location], [303, HOME]);
  assert.equal((await server.store.keysOf('acme')).length, 1);
  for (const url of [HOME, `/console/keys/${kept.id}`]) assert(!(await see(url)).includes(key.slice(12)));
  assert(!server.log().includes(key.slice(12)));
});

test('what is wrong with a form is said in it, and what was typed stays', async (context) => {
  const server = await open(context);
  const { submit: post } = await person(server);
  const answer = await post('/console/keys', { name: 'edge', networks: 'nonsense<', once: '1' });
  const page = answer.body.toString('utf8');
  assert.equal(answer.status, 400);
  assert.match(page, /role="alert">\s*Addresses and networks: must be at most 100 addresses/);
  assert.match(page, /value="edge"/);
  assert.match(page, />nonsense&lt;<\/textarea>/);
});

test('another account’s key has no page, and no form changes it', async (context) => {
  const server = await open(context);
  const [owner, other] = [await person(server), await person(server, 'other')];
  await owner.submit('/console/keys', { name: 'mine', once: '1' });
  const before = await server.store.keysOf('acme');
  const url = `/console/keys/${before[0]!.id}`;
  await other.see(url, 404);
  await other.see(`${url}?value=192.0.2.1`, 404);
  for (const [path, fields] of [
    ['', { name: 'theirs' }],
    ['/rotate', {}],
    ['/revoke', { sure: 'yes' }],
  ] as const)
    assert.equal((await other.submit(url + path, fields)).status, 404, path);
  assert.deepEqual(await server.store.keysOf('acme'), before);
  assert.match(await owner.see(url), /mine/);
});

test('a change of the name leaves the hour of a key’s end as it is', async (context) => {
  const server = await open(context);
  const { submit: post, see } = await person(server);
  await post('/console/keys', { name: 'edge', once: '1' });
  const [{ id }] = (await server.store.keysOf('acme')) as unknown as [{ id: string }];
  const expiresAt = Date.UTC(2026, 5, 1, 17, 30);
  await server.store.changeKey({ account: 'acme', id }, { expiresAt }, server.clock.now);
  const page = await see(`/console/keys/${id}`);
  assert.match(page, /name="expires_was" value="2026-06-01"/);
  const fields = { name: 'core', expires: '2026-06-01', expires_was: '2026-06-01', networks: '' };
  assert.equal((await post(`/console/keys/${id}`, fields)).status, 303);
  const [key] = await server.store.keysOf('acme');
  assert.deepEqual([key!.name, key!.expiresAt], ['core', expiresAt]);
  await post(`/console/keys/${id}`, { ...fields, expires: '' });
  assert.equal((await server.store.keysOf('acme'))[0]!.expiresAt, undefined);
});

test('a key is revoked only by somebody who says so twice', async (context) => {
  const server = await open(context);
  const { submit: post, see } = await person(server);
  await post('/console/keys', { name: 'edge', once: '1' });
  const [{ id }] = (await server.store.keysOf('acme')) as unknown as [{ id: string }];
  await post(`/console/keys/${id}/revoke`);
  assert.equal((await server.store.keysOf('acme'))[0]!.revokedAt, undefined);
  assert.equal((await post(`/console/keys/${id}/revoke`, { sure: 'yes' })).status, 303);
  assert.notEqual((await server.store.keysOf('acme'))[0]!.revokedAt, undefined);
  assert.doesNotMatch(await see(`/console/keys/${id}`), /Rotate key|Revoke key|>Save</);
});

test('hostile names and values stand in pages as texts', async (context) => {
  const server = await open(context);
  const { submit: post, see } = await person(server);
  const payloads = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    '</title><svg onload=alert(1)>',
    '</textarea><script>alert(1)</script>',
    '&lt;script&gt;',
    'javascript:alert(1)',
  ];
  for (const [index, name] of payloads.entries()) await post('/console/keys', { name, once: String(index) });
  const keys = await server.store.keysOf('acme');
  assert.deepEqual(keys.map(({ name }) => name).sort(), payloads.toSorted());
  const pages = [await see(HOME)];
  for (const { id } of keys) pages.push(await see(`/console/keys/${id}`));
  for (const value of payloads)
    pages.push(await see(`/console/keys/${keys[0]!.id}?value=${encodeURIComponent(value)}`));
  const wrong = await submit(server, '/console/sign-in', { account: payloads[1]!, password: PASSWORD });
  pages.push(wrong.body.toString('utf8'));
  for (const page of pages)
    assert.doesNotMatch(page, /<script|<img src=x|<svg onload|\sonfocus=alert\(1\) x='/);
});

test('the sign-in page takes no password over plain HTTP from another machine, and says why', async (context) => {
  const server = await open(context);
  const headers = { host: 'intel.example.com', origin: 'http://intel.example.com' };
  const page = await send(server, 'GET', '/console/sign-in', { headers });
  assert.match(page.body.toString('utf8'), /X-Forwarded-Proto/);
  assert.doesNotMatch(page.body.toString('utf8'), /type="password"/);
  const answer = await submit(
    server,
    '/console/sign-in',
    { account: 'acme', password: PASSWORD },
    { headers },
  );
  assert.deepEqual([answer.status, answer.headers['set-cookie']], [403, undefined]);
});

test('a wrong password is told in the page, with what was typed as the account, and no more', async (context) => {
  const server = await open(context);
  const answer = await submit(server, '/console/sign-in', {
    account: 'acme',
    password: 'wrong horse battery',
  });
  const page = answer.body.toString('utf8');
  assert.equal(answer.status, 401);
  assert.match(page, /value="acme"/);
  assert(!page.includes('wrong horse'));
  for (let guess = 0; guess < 20; guess += 1)
    await submit(server, '/console/sign-in', { account: 'acme', password: 'wrong horse battery' });
  const late = await submit(server, '/console/sign-in', { account: 'acme', password: PASSWORD });
  assert.equal(late.status, 429);
  assert.match(late.body.toString('utf8'), /Too many attempts to sign in\. Try again in 15 minutes/);
});

test('signing out, and another password, end what the old cookie could do', async (context) => {
  const server = await open(context);
  const [one, two] = [await person(server), await person(server)];
  const changed = await one.submit('/console/password', {
    current_password: PASSWORD,
    new_password: 'another horse battery',
  });
  assert.deepEqual([changed.status, changed.headers.location], [303, HOME]);
  for (const old of [one, two]) await old.see(HOME, 303);
  const again = await submit(server, '/console/sign-in', {
    account: 'acme',
    password: 'another horse battery',
  });
  const cookie = `soc_session=${cookiesOf(again).soc_session}`;
  const home = await send(server, 'GET', HOME, { headers: { cookie } });
  const csrf = /name="csrf" value="([\w-]+)"/.exec(home.body.toString('utf8'))![1]!;
  const out = await submit(server, '/console/sign-out', { csrf }, { headers: { cookie } });
  assert.equal(out.headers.location, '/console/sign-in');
  assert.equal((await send(server, 'GET', HOME, { headers: { cookie } })).status, 303);
});

test('no word of a forged Host comes back', async (context) => {
  const server = await open(context);
  const { cookie } = await person(server);
  for (const url of ['/console', '/console/sign-in', HOME, '/console/keys/x']) {
    const answer = await send(server, 'GET', url, { headers: { host: 'evil.example', cookie } });
    assert(!`${JSON.stringify(answer.headers)}${answer.body.toString('utf8')}`.includes('evil.example'), url);
  }
  assert.ok(HOST.startsWith('localhost'));
});

test('where the store cannot answer, people get a page under 503, and no reason', async (context) => {
  let broken = false;
  const server = await serving(context, {
    wrap: (store) =>
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'keysOf' && broken) return () => Promise.reject(new Error('secret path /data'));
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  });
  await makeAccount(server, 'acme');
  const { see } = await person(server);
  broken = true;
  const page = await see(HOME, 500);
  assert.match(page, /That did not work/);
  assert(!page.includes('secret path'));
  assert.match(server.log(), /secret path/);
});
