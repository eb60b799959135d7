import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import type { Hold } from '../../src/model/hold.ts';
import type { OperatorEntry } from '../../src/model/operator-entry.ts';
import { type Bench, bench, jsonLines } from './commands.ts';

const DAY = 86_400_000;

/** A store into which values were imported. */
async function withImported(t: TestContext, ...values: string[]): Promise<Bench> {
  const here = bench(t);
  const { code, talk } = await here.run(['import', here.file('list.txt', `${values.join('\n')}\n`)]);
  assert.equal(code, 0, talk);
  return here;
}

/** The values of which a client is told now, in order. */
async function published({ exported }: Bench): Promise<string[]> {
  return (await exported()).map(({ pattern }) => /= '(.*)'\]$/.exec(String(pattern))![1]!).sort();
}

/** Runs a command that must succeed, and returns what it says. */
async function says({ run }: Bench, ...args: string[]): Promise<string> {
  const { code, talk } = await run(args);
  assert.equal(code, 0, talk);
  return talk;
}

test('what is allowed is taken back, with what lies below it, and the command says how many', async (t) => {
  const here = await withImported(t, 'c2.example.com', 'https://c2.example.com/x', '192.0.2.7', '192.0.2.80');
  assert.match(
    await says(here, 'gate', 'allow', 'Example[.]com', '192.0.2.0/28'),
    /4 IOCs checked: 3 now held back, 0 let go\./,
  );
  assert.deepEqual(await published(here), ['192.0.2.80']);
  const { out } = await here.run(['why', 'c2.example.com']);
  assert.match(out, /the operator’s allow list covers it \(operator: example\.com\)/);
});

test('who polls is told that what is allowed is revoked', async (t) => {
  const here = await withImported(t, 'c2.example.com');
  const [before] = await here.exported();
  await says(here, 'gate', 'allow', 'example.com');
  const [after, ...more] = await here.exported('--since', before!.modified);
  assert.deepEqual([after?.id, after?.revoked, more.length], [before!.id, true, 0]);
});

test('what is imported after it was allowed is held back, and kept', async (t) => {
  const here = bench(t);
  await says(here, 'gate', 'allow', 'example.com');
  const path = here.file('list.txt', 'c2.example.com\n192.0.2.7\n');
  assert.match(await says(here, 'import', path), /1 held back/);
  assert.deepEqual(await published(here), ['192.0.2.7']);
  assert.match(await says(here, 'gate', 'remove', 'example.com'), /0 now held back, 1 let go\./);
  assert.deepEqual(await published(here), ['192.0.2.7', 'c2.example.com']);
});

test('what is denied is let go although a list holds it, and held again when the entry is removed', async (t) => {
  const here = await withImported(t, 'netflix.com', '192.0.2.7');
  assert.deepEqual(await published(here), ['192.0.2.7']);
  assert.match(await says(here, 'gate', 'deny', 'netflix.com'), /0 now held back, 1 let go\./);
  assert.deepEqual(await published(here), ['192.0.2.7', 'netflix.com']);
  assert.match(await says(here, 'gate', 'remove', 'netflix.com'), /1 now held back, 0 let go\./);
  assert.deepEqual(await published(here), ['192.0.2.7']);
});

test('removing takes a value off both lists, and what is on neither is an error', async (t) => {
  const here = bench(t);
  await says(here, 'gate', 'allow', '*.Example.com');
  await says(here, 'gate', 'deny', 'example.com');
  await says(here, 'gate', 'remove', 'example[.]com');
  assert.equal((await here.run(['gate', 'list'])).out, '');
  const { code, talk } = await here.run(['gate', 'remove', 'example.com']);
  assert.equal(code, 2);
  assert.match(talk, /^gate remove: example\.com is on neither list\./);
});

test('list shows who says what, why, since when and until when', async (t) => {
  const here = bench(t);
  const now = Date.UTC(2026, 0, 15, 10);
  const at = (days: number) => ({ clock: () => now + days * DAY });
  const args = ['--comment', 'our shop', '--owner', 'netops', '--expires', '30d'];
  await here.run(['gate', 'allow', 'shop.example.com', ...args], at(0));
  await here.run(['gate', 'deny', '203.0.113.0/24'], at(0));
  const lines = async (days: number) => (await here.run(['gate', 'list'], at(days))).out.split('\n').sort();
  assert.deepEqual(await lines(1), [
    '',
    'allow  shop.example.com  since 2026-01-15  until 2026-02-14T10:00:00.000Z  netops  our shop',
    'deny   203.0.113.0/24  since 2026-01-15',
  ]);
  assert.match((await lines(31))[1]!, / expired 2026-02-14T10:00:00\.000Z /);
  const entries = jsonLines<OperatorEntry>((await here.run(['gate', 'list', '--json'], at(1))).out);
  assert.deepEqual(
    entries.find(({ list }) => list === 'allow'),
    {
      list: 'allow',
      value: 'shop.example.com',
      comment: 'our shop',
      owner: 'netops',
      createdAt: now,
      expiresAt: now + 30 * DAY,
    },
  );
});

test('empty lists say so, and print nothing', async (t) => {
  const here = bench(t);
  await here.makeStore();
  const { code, out, talk } = await here.run(['gate', 'list']);
  assert.deepEqual([code, out], [0, '']);
  assert.match(talk, /Your lists are empty/);
});

test('an entry that has expired holds no longer', async (t) => {
  const here = await withImported(t, 'c2.example.com');
  await says(here, 'gate', 'allow', 'example.com', '--expires', '30d');
  assert.deepEqual(await published(here), []);
  const later = { clock: () => Date.now() + 31 * DAY };
  const { talk } = await here.run(['gate', 'apply'], later);
  assert.match(talk, /1 IOCs checked: 0 now held back, 1 let go\./);
  const { out } = await here.run(['gate', 'check', 'c2.example.com'], later);
  assert.equal(out, 'c2.example.com  passes\n');
});

test('apply does nothing when everything has been checked by these lists', async (t) => {
  const here = await withImported(t, 'c2.example.com');
  await says(here, 'gate', 'allow', 'example.com');
  assert.match(await says(here, 'gate', 'apply'), /checked by these lists already/);
});

test('check tells what passes, and which rule, list and entry hold the rest', async (t) => {
  const here = bench(t);
  await here.makeStore();
  const { code, out, talk } = await here.run([
    'gate',
    'check',
    'www.netflix[.]com',
    '10.1.2.3',
    'c2.example.com',
    'no value',
  ]);
  assert.equal(code, 0);
  assert.deepEqual(out.split('\n'), [
    'www.netflix.com  held back: among the most visited sites (well-known sites: netflix.com)',
    '10.1.2.3  held back: a special-use address or name, which nobody outside can own (private use (RFC 1918): 10.0.0.0/8)',
    'c2.example.com  passes',
    '',
  ]);
  assert.match(talk, /^no value: /m);
});

test('check --json gives one line for a value, with its hold or null', async (t) => {
  const here = bench(t);
  await here.makeStore();
  const { out } = await here.run(['gate', 'check', '--json', '8.8.8.8', 'c2.example.com']);
  assert.deepEqual(jsonLines<{ type: string; value: string; hold: Hold | null }>(out), [
    {
      type: 'ipv4',
      value: '8.8.8.8',
      hold: { rule: 'public_resolver', list: 'Google Public DNS', entry: '8.8.8.0/24' },
    },
    { type: 'domain', value: 'c2.example.com', hold: null },
  ]);
});

test('check goes by lists of a folder, and tells of those that cannot be read', async (t) => {
  const here = bench(t);
  await here.makeStore();
  const write = (name: string, text: string) => writeFileSync(join(here.directory, name), text);
  write(
    'ours.json',
    JSON.stringify({ name: 'What we live on', type: 'hostname', list: ['shop.ours-7.com'] }),
  );
  write('torn.json', '{');
  write('tranco.json', '{');
  const env = { SOC_WARNINGLISTS: here.directory };
  const { out, talk } = await here.run(['gate', 'check', 'www.shop.ours-7.com'], { env });
  assert.match(out, /held back: .* \(What we live on: shop\.ours-7\.com\)/);
  assert.match(talk, /^The gate: torn: /);
  assert.doesNotMatch(talk, /tranco/, 'what only describes is not read');
});

test('a bad entry is refused with its reason, and none of the others is taken', async (t) => {
  const here = bench(t);
  for (const [args, reason] of [
    [['allow', 'example.com', 'no value'], /^gate allow: "no value": .* An entry is a domain, URL/],
    [['allow', '0.0.0.0/0'], /is wider than \/8/],
    [['deny', '192.168.1.1'], /is for special use/],
    [['allow', 'example.com', '--expires', '2001-01-01'], /--expires 2001-01-01 is not a time to come/],
    [['allow'], /^gate allow: name one or more values/],
    [['deny'], /^gate deny: name one or more values/],
    [['remove'], /^gate remove: name one or more entries/],
    [['check'], /^gate check: name one or more values/],
    [['list', 'x'], /^gate list: x is too much/],
    [['apply', 'x'], /^gate apply: x is too much/],
    [['permit', 'example.com'], /^gate: say one of allow, deny, remove, list, check, apply/],
    [['constructor'], /^gate: say one of/],
    [[], /^gate: say one of/],
  ] as const) {
    const { code, out, talk } = await here.run(['gate', ...args]);
    assert.deepEqual([code, out], [2, ''], args.join(' '));
    assert.match(talk, reason);
  }
  assert.equal((await here.run(['gate', 'list'])).out, '');
});
