import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { makeApiKey } from '../../src/model/api-key.ts';
import { redact } from '../../src/observe/redact.ts';
import { exchange } from '../http/raw-client.ts';
import { PATH } from '../http/serving.ts';
import { bench } from './commands.ts';
import { start } from './program.ts';

/** What of a key may be seen: its first twelve characters. More than that is a find. */
const findable = (key: string): string => key.slice(0, 14);

const CRASHING = `
  import { DatabaseSync } from 'node:sqlite';
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (sql) {
    if (globalThis.crash && sql.startsWith('SELECT')) throw new TypeError('crashed with ' + globalThis.crash);
    return Reflect.apply(prepare, this, [sql]);
  };
  process.on('SIGUSR2', () => { globalThis.crash = process.env.CANARY; });`;

test('a key that went through every outcome, a crash too, is in no log line, no output and no file', async (t) => {
  const { data, run, file } = bench(t);
  await run(['import', '--data', data, file('list.txt', '192.0.2.1\n')]);
  const pro = (await run(['key', 'create', '--data', data])).out.trim();
  const free = (await run(['key', 'create', '--tier', 'free', '--data', data])).out.trim();
  const revoked = (await run(['key', 'create', '--data', data])).out.trim();
  await run(['key', 'revoke', '--data', data, revoked]);
  const unknown = makeApiKey().text;
  const canaries = [pro, free, revoked, unknown];
  const server = start(
    t,
    ['serve', '--port', '0', '--data', data],
    { SOC_LOG_LEVEL: 'debug', SOC_API_KEY_IN_QUERY: 'true', CANARY: pro },
    CRASHING,
  );
  const url = await server.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  const seen = new Set<number>();
  const ask = async (target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<void> => {
    const answer = await fetch(url + target, { method, headers });
    const said = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
    seen.add(answer.status);
    for (const key of canaries) assert.ok(!said.includes(findable(key)), `${method} ${target}`);
  };
  for (const key of canaries) {
    await ask(PATH, { authorization: `Bearer ${key}` });
    await ask(PATH, {
      'x-api-key': key,
      cookie: `key=${key}`,
      'user-agent': key,
      referer: `http://h.example/?k=${key}`,
    });
    await ask(`${PATH}?api_key=${key}`);
    await ask(`${PATH}?api_key=${key}&limit=0`);
    await ask(`${PATH}?cursor=${key}`, { authorization: `Bearer ${pro}` });
    await ask(`/${key}/${key}`, { authorization: `Bearer ${key}` });
    await ask(`/%zz?api_key=${key}`);
    await ask(PATH, { authorization: `Basic ${Buffer.from(`u:${key}`).toString('base64')}` });
    await ask(PATH, { authorization: `Bearer ${key}`, accept: `text/${key}` });
    await ask(`${PATH}?api_key=${key}`, {}, 'POST');
    const port = Number(new URL(url).port);
    await exchange(
      port,
      `GET ${PATH} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${key}\r\nBad Header: ${key}\r\n\r\n`,
    );
    await exchange(port, `${key}\r\n\r\n`);
  }
  server.process.kill('SIGUSR2');
  // Statements are kept once they are prepared: only what nobody has asked for yet can crash.
  for (let tries = 0; !seen.has(500) && tries < 50; tries += 1) {
    await ask(`${PATH}?tlp=${tries % 2 === 0 ? 'green' : 'red'}&limit=${tries + 1}`, {
      authorization: `Bearer ${pro}`,
    });
    await setTimeout(20);
  }
  for (const status of [200, 400, 401, 403, 404, 405, 500]) assert.ok(seen.has(status), `${status} was met`);
  server.process.kill('SIGTERM');
  await server.ended;
  assert.match(
    server.talk(),
    /crashed with sk_live_/,
    'the crash is told, with as much of the key as may be told',
  );
  for (const key of canaries) {
    assert.ok(!server.talk().includes(findable(key)));
    assert.ok(!server.out().includes(findable(key)));
    for (const name of readdirSync(data)) {
      assert.equal(readFileSync(join(data, name)).indexOf(findable(key)), -1, name);
    }
  }
});

test('no command repeats a key that it was given by mistake', async (t) => {
  const { run } = bench(t);
  const key = makeApiKey().text;
  for (const args of [
    ['key', 'revoke', key],
    ['key', 'revoke', `${key}x`],
    ['key', 'revoke', '--json', key],
  ]) {
    const { out, talk } = await run(args);
    assert.ok(!`${out}${talk}`.includes(findable(key)), args.join(' '));
  }
});

test('the settings that doctor shows hold no key', async (t) => {
  const { run } = bench(t);
  const made = (await run(['key', 'create'])).out.trim();
  for (const args of [
    ['doctor'],
    ['doctor', '--json'],
    ['key', 'list'],
    ['key', 'list', '--json'],
    ['runs'],
  ]) {
    const { out, talk } = await run(args);
    assert.ok(!`${out}${talk}`.includes(findable(made)), args.join(' '));
  }
});

test('whatever stands around a key, redaction leaves its prefix and nothing more', () => {
  const key = makeApiKey().text;
  for (const [before, after] of [
    ['', ''],
    ['Bearer ', ''],
    ['"', '"'],
    ["'", "'"],
    ['key=', '&x=1'],
    ['https://h.example/?api_key=', '#f'],
    ['{"key":"', '"}'],
    ['\\"', '\\"'],
    ['(', ')'],
    [key, ''],
    ['ü', 'ü'],
    ['x', ''],
    ['sk_live_', ''],
  ] as const) {
    const safe = redact(`${before}${key}${after}`);
    assert.ok(!safe.includes(key.slice(12, 20)), `${before}…${after}: ${safe}`);
  }
  assert.equal(redact(key), `${key.slice(0, 12)}…`);
  assert.equal(redact(`${key} ${key}`), `${key.slice(0, 12)}… ${key.slice(0, 12)}…`);
  assert.equal(redact('sk_live_Ab12'), 'sk_live_Ab12');
});

test('secrets in URLs are blotted out whatever they are called, and nothing else of a URL', () => {
  for (const name of [
    'api_key',
    'api-key',
    'apikey',
    'auth-key',
    'auth_key',
    'authkey',
    'key',
    'token',
    'access_token',
    'secret',
    'password',
    'API_KEY',
    'Token',
  ]) {
    assert.equal(redact(`https://h.example/a?${name}=s3cr3t&b=2`), `https://h.example/a?${name}=…&b=2`);
    assert.equal(redact(`https://h.example/a?b=2&${name}=s3cr3t`), `https://h.example/a?b=2&${name}=…`);
    assert.equal(redact(`"https://h.example/?${name}=s3cr3t"`), `"https://h.example/?${name}=…"`);
  }
  for (const text of [
    'https://h.example/a?monkey=1',
    'https://h.example/key=1',
    'a key=1',
    '?limit=5&type=ipv4',
    '',
    'plain',
  ]) {
    assert.equal(redact(text), text);
  }
});
