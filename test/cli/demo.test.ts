import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { IOC_TYPES } from '../../src/model/ioc.ts';
import { runOn } from './commands.ts';
import { start } from './program.ts';

interface Example {
  readonly label: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** What the answers hold that are no bundles, by their paths. */
const HELD: readonly (readonly [string, RegExp])[] = [
  ['/api/v1/iocs?', /"value":"[^"]+\.example\.\w+"/],
  ['/api/v1/lookup', /"found":true.*"article_title":"Inside a fake-update campaign"/],
  ['/api/v1/articles', /"title":"Inside a fake-update campaign".*"has_iocs":true/],
  ['/api/v1/iocs/firewall', /^cdn-update\.example\.net$/m],
  ['/api/taxii2/', /"collections":\[\{/],
];

/** The requests that the demo prints, but for the loop. */
function examplesIn(text: string): Example[] {
  const commands = text.matchAll(/^# (.+)\ncurl -s (.*)"(http[^"]+)"$/gm);
  return [...commands].map(([, label = '', options = '', url = '']) => ({
    label,
    url,
    headers: Object.fromEntries(
      [...options.matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name, value]) => [name, value]),
    ),
  }));
}

test('the demo prints keys and requests that do as they are labelled, and leaves nothing behind', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-demo-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const program = start(t, ['demo', '--port', '0'], { TMPDIR: directory });
  await program.says(/Stop with Ctrl-C/);
  const text = program.out();
  assert.match(text, /^ {2}Pro key {3}sk_live_\w+\n {2}Free key {2}sk_live_\w+$/m);
  assert.equal(readdirSync(directory).length, 1);

  const examples = examplesIn(text);
  assert.equal(examples.length, 12);
  for (const { label, url, headers } of examples) {
    const response = await fetch(url, { headers });
    const answer = await response.text();
    assert.equal(response.status, Number(/^(\d{3}):/.exec(label)?.[1] ?? 200), label);
    const held = HELD.find(([path]) => url.includes(path));
    if (held !== undefined) assert.match(answer, held[1], label);
    if (held !== undefined || response.status !== 200) continue;
    const body = JSON.parse(answer) as { objects?: { type: string; name?: string }[] };
    assert.ok(
      body.objects!.some(({ type }) => type === 'indicator'),
      label,
    );
  }

  const page = /\s(http\S+)\/docs$/m.exec(text)![1]!;
  const home = await fetch(page);
  assert.deepEqual([home.url, home.status], [`${page}/docs`, 200]);
  const [, account, password] = /^ {4}account (\S+), password (\S+)$/m.exec(text)!;
  const signedIn = await fetch(`${page}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: page },
    body: JSON.stringify({ account, password }),
  });
  assert.equal(signedIn.status, 200, await signedIn.clone().text());
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const keys = (await (await fetch(`${page}/api/v1/keys`, { headers: { cookie } })).json()) as {
    data: object[];
  };
  assert.equal(keys.data.length, 2, 'the keys that are printed are those of the account');

  const loop = /seq (\d+)\); .*-H "X-API-Key: (\w+)" "([^"]+)"/.exec(text)!;
  const statuses: number[] = [];
  for (let request = 0; request < Number(loop[1]); request += 1) {
    const response = await fetch(loop[3]!, { headers: { 'x-api-key': loop[2]! } });
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  assert.ok(statuses.includes(403));
  assert.equal(statuses.at(-1), 429);

  const everything = await fetch(examples[0]!.url, { headers: examples[0]!.headers });
  const body = await everything.text();
  const objects = [
    'ipv4-addr:',
    'ipv6-addr:',
    'domain-name:',
    'url:',
    'MD5',
    'SHA-1',
    'SHA-256',
    'vulnerability',
    'attack-pattern',
    'email-',
  ];
  assert.equal(objects.length, IOC_TYPES.length);
  for (const object of objects) assert.ok(body.includes(object), object);

  program.process.kill('SIGINT');
  assert.deepEqual(await program.ended, { code: 0, signal: null });
  assert.deepEqual(readdirSync(directory), []);
});

test('a demo that cannot listen leaves nothing behind either', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('soc-defenders-demo-'));
  const { code, talk } = await runOn(['demo', '--port', '0', '--host', '192.0.2.1']);
  assert.equal(code, 2);
  assert.match(talk, /192\.0\.2\.1 is not an address of this machine/);
  const after = readdirSync(tmpdir()).filter((name) => name.startsWith('soc-defenders-demo-'));
  assert.ok(after.length <= before.length);
});
