import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { bearer, get, serving } from './http/serving.ts';
import { START, take } from './store/fixtures.ts';

const run = promisify(execFile);
const GUIDE = readFileSync(fileURLToPath(new URL('../docs/guides/bind.md', import.meta.url)), 'utf8');

/** The block of configuration in the guide that has a text. */
function snippet(having: string): string {
  const found = [...GUIDE.matchAll(/^```text\n(.*?)^```/gms)].find(([, text]) => text?.includes(having));
  assert.ok(found !== undefined, `no block has ${having}`);
  return found[1]!;
}

function folder(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-bind-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function absent(context: TestContext, program: string): boolean {
  if (spawnSync(program, ['-h']).error === undefined) return false;
  context.skip(`${program} is not installed`);
  return true;
}

test('BIND takes the configuration of the guide', async (context) => {
  if (absent(context, 'named-checkconf')) return;
  const file = join(folder(context), 'named.conf');
  writeFileSync(file, snippet('response-policy') + snippet('category rpz'));
  await assert.doesNotReject(run('named-checkconf', [file]));
});

test('Unbound takes the configuration of the guide', async (context) => {
  if (absent(context, 'unbound-checkconf')) return;
  const directory = folder(context);
  const file = join(directory, 'unbound.conf');
  writeFileSync(
    join(directory, 'rpz.soc'),
    '$TTL 300\n@ IN SOA localhost. h.localhost. (1 1 1 1 1)\n@ IN NS localhost.\n',
  );
  writeFileSync(file, `${snippet('respip').replace('/var/lib/unbound', directory)}server:\n  chroot: ""\n`);
  await assert.doesNotReject(run('unbound-checkconf', [file]));
});

test('BIND takes a zone with names and addresses of every kind', async (context) => {
  if (absent(context, 'named-checkzone')) return;
  const server = await serving(context);
  const domains = [
    'bad.example.com',
    'xn--bcher-kva.example.com',
    `${'a'.repeat(63)}.example.com`,
    'a_b.example.org',
  ];
  const addresses = [
    '192.0.2.1',
    '198.51.100.0/24',
    '2001:db8::1',
    '2001:db8:5::/48',
    '2001:db8:0:1:2:3:4:5',
  ];
  await take(
    server.store,
    [
      ...domains.map((value) => ({ type: 'domain' as const, value })),
      ...addresses.map((value) => ({
        type: value.includes(':') ? ('ipv6' as const) : ('ipv4' as const),
        value,
      })),
    ],
    START,
  );
  const { body } = await get(server, '/api/v1/iocs/rpz?limit=100', bearer(server.pro));
  const file = join(folder(context), 'rpz.soc');
  writeFileSync(file, body);
  const { stdout } = await run('named-checkzone', ['rpz.soc', file]);
  assert.match(stdout, /\nOK\n$/);
  assert.equal(body.toString().match(/ CNAME \.$/gm)?.length, 2 * domains.length + addresses.length);
});
