import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { buildGate } from '../../src/gate/build.ts';
import { isJudged, isOfUse } from '../../src/gate/policy.ts';
import { readWarninglistFolder } from '../../src/gate/read-folder.ts';
import { parseWarninglist } from '../../src/gate/warninglist.ts';
import { wellKnownLists } from '../../src/gate/well-known.ts';
import { assertHeld, assertPasses, check, gateWithLists, listOf, NOW } from './checking.ts';

const NAMES = ['domain', 'hostname', 'url'];

test('a list of strings holds equal values, and of names what is below them', () => {
  const gate = gateWithLists({
    ours: {
      type: 'string',
      list: [
        'shop-of-ours-7.com',
        'https://other-of-ours-7.com/a',
        'AB'.repeat(16),
        'boss@ours-7.com',
        '45.9.1.2',
      ],
    },
  });
  assertHeld(gate, 'warninglist', [
    'shop-of-ours-7.com',
    'www.shop-of-ours-7.com',
    'https://shop-of-ours-7.com/x',
    'https://other-of-ours-7.com/a',
    'ab'.repeat(16),
    'boss@ours-7.com',
    '45.9.1.2',
    '45.9.1.0/24',
  ]);
  assertPasses(gate, ['other-of-ours-7.com', 'https://other-of-ours-7.com/b', 'ours-7.com', '45.9.1.3']);
});

test('a list of host names holds names below them, whichever way it writes them', () => {
  const gate = gateWithLists({
    ours: {
      type: 'hostname',
      matching_attributes: NAMES,
      list: ['.Ours-7.com', '*.ours-8.com', 'bücher-ours-9.com.'],
    },
  });
  assertHeld(gate, 'warninglist', [
    'ours-7.com',
    'a.b.ours-8.com',
    'xn--bcher-ours-9-dlb.com',
    'http://x.ours-7.com/y',
  ]);
  assertPasses(gate, ['notours-7.com', 'ours-7.com.evil-example.ru']);
});

test('a list of networks holds what lies in them and what contains them, of both families', () => {
  const gate = gateWithLists({
    ours: {
      type: 'cidr',
      matching_attributes: ['ip-src'],
      list: ['45.9.16.0/20', '2A0E:B107::/32', '45.10.1.1'],
    },
  });
  assertHeld(gate, 'warninglist', [
    '45.9.17.1',
    '45.9.31.0/24',
    '45.9.0.0/16',
    '2a0e:b107:1::/48',
    '45.10.1.1',
  ]);
  assertPasses(gate, ['45.9.32.1', '2a0e:b108::1', '45.10.1.2', 'http://45.10.1.1/x']);
});

test('a list of substrings holds values that contain one, in any case', () => {
  const gate = gateWithLists({
    ours: { type: 'substring', matching_attributes: NAMES, list: ['Sinkhole-7', 'hole-77'] },
  });
  assertHeld(gate, 'warninglist', [
    'a.sinkhole-7.net',
    'http://evil-example.ru/SINKHOLE-7',
    'xsinkhole-77.com',
  ]);
  assertPasses(gate, ['sinkhole-8.net', 'x@sinkhole-7.net']);
});

test('a list of expressions holds values that match one, bare or as PHP writes it', () => {
  const gate = gateWithLists({
    ours: {
      type: 'regex',
      matching_attributes: ['email-src', 'domain'],
      list: ['/^no-?reply@.*$/i', '^ns\\d+\\.ours-7\\.com$'],
    },
  });
  assertHeld(gate, 'warninglist', ['No-Reply@evil-example.ru', 'noreply@x.top', 'ns12.ours-7.com']);
  assertPasses(gate, ['reply@evil-example.ru', 'ns.ours-7.com', 'http://ns12.ours-7.com/']);
});

test('a list is compared with the types that its matching attributes stand for, and without any with all', () => {
  const list = ['ours-7.com'];
  const only = (...matching_attributes: string[]) =>
    gateWithLists({ ours: { type: 'hostname', matching_attributes, list } });
  assertPasses(only('domain'), ['http://ours-7.com/']);
  assertHeld(only('domain'), 'warninglist', ['ours-7.com']);
  assertPasses(only('url'), ['ours-7.com']);
  assertHeld(only('url'), 'warninglist', ['http://ours-7.com/']);
  assertPasses(only('phone-number', 'constructor'), ['ours-7.com', 'http://ours-7.com/']);
  assertHeld(gateWithLists({ ours: { type: 'hostname', list } }), 'warninglist', [
    'ours-7.com',
    'http://ours-7.com/',
  ]);
});

test('a list that names a public suffix holds the suffix only', () => {
  const gate = gateWithLists({ ours: { type: 'hostname', list: ['com', 'co.uk', 'github.io', '.top'] } });
  assertPasses(gate, ['evil-7.com', 'evil-7.co.uk', 'evil-7.github.io', 'evil-7.top']);
});

test('lists that only describe hold nothing', () => {
  const list = ['45.9.1.0/24'];
  assertPasses(
    gateWithLists({
      sinkholes: { type: 'cidr', list },
      'shodan-scanning': { type: 'cidr', list },
      'somebody-new': { type: 'cidr', category: 'known', list },
    }),
    ['45.9.1.2', '45.9.1.0/24'],
  );
});

test('a newer list takes the place of the built-in one of its name', () => {
  const cloudflare = { type: 'cidr', name: 'Cloudflare, newer', list: ['45.9.1.0/24'] };
  const gate = gateWithLists({ cloudflare });
  assert.deepEqual(check(gate, '45.9.1.7'), {
    rule: 'cloud_range',
    list: 'Cloudflare, newer',
    entry: '45.9.1.0/24',
  });
});

test('the fingerprint changes with lists and entries, and with nothing else', () => {
  const ours = listOf('ours', { type: 'string', list: ['ours-7.com'] });
  const of = (...lists: (typeof ours)[]) => buildGate({ warninglists: lists, now: NOW }).fingerprint;
  assert.equal(of(ours), of(ours));
  assert.equal(buildGate({ now: NOW }).fingerprint, buildGate({ now: NOW + 1e9 }).fingerprint);
  assert.notEqual(of(ours), of());
  assert.notEqual(of(ours), of({ ...ours, entries: ['ours-8.com'] }));
  assert.notEqual(of(), buildGate({ now: NOW, documentation: 'pass' }).fingerprint);
  assert.notEqual(of(), buildGate({ now: NOW, version: '2.0.0' }).fingerprint);
});

test('what is no warninglist is told and gives none; what is wrong in one is told and left out', () => {
  for (const json of [
    null,
    [],
    'x',
    7,
    {},
    { list: 'x' },
    { list: [], type: 'xml' },
    { list: [], matching_attributes: 'url' },
  ]) {
    const { list, problems } = parseWarninglist('broken', json);
    assert.equal(list, undefined);
    assert.match(problems[0]!, /^broken: not a warninglist: /);
  }
  const { list, problems } = parseWarninglist('partly', {
    list: ['a.com', 7, null, '', 'x'.repeat(5000), {}],
  });
  assert.deepEqual(list?.entries, ['a.com']);
  assert.deepEqual(problems, ['partly: 5 entries are no text, empty, or longer than 2048 characters']);
});

test('entries that cannot be used are told by the gate, three of a list and the number of the rest', () => {
  const { problems } = gateWithLists({
    nets: { type: 'cidr', list: ['0.0.0.0/0', '::/0', 'x', '1.2.3.4/33', '1.2.3', '45.9.1.0/24'] },
    words: { type: 'substring', list: ['.ru', ''] },
    patterns: { type: 'regex', list: ['(?=x)', '(unclosed'] },
  });
  assert.deepEqual(problems.slice(0, 4), [
    'nets: "0.0.0.0/0": so wide that it would hold everything',
    'nets: "::/0": so wide that it would hold everything',
    'nets: "x": not an address or network',
    'nets: and 2 more entries',
  ]);
  assert.match(problems[4]!, /^patterns: "\(\?=x\)": /);
  assert.match(problems[6]!, /^words: "\.ru": shorter than 4/);
});

test('what comes with the program can all be used, is held, is small, and repeats nothing', () => {
  const lists = wellKnownLists();
  assert.ok(lists.length > 8);
  assert.deepEqual(buildGate({ now: NOW }).problems, []);
  for (const { slug, entries } of lists) {
    assert.ok(entries.length > 0 && entries.every((entry) => entry !== ''), slug);
    assert.equal(new Set(entries).size, entries.length, slug);
    assert.ok(isJudged(slug) && isOfUse(slug), slug);
  }
  const { size } = statSync(new URL('../../src/gate/well-known.json', import.meta.url));
  assert.ok(size < 120_000, `${size} bytes`);
});

test('lists that only describe are not read, however large', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'soc-lists-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const slug of ['tranco', 'ours']) writeFileSync(join(folder, `${slug}.json`), '{ torn');
  const { problems } = readWarninglistFolder(folder, isOfUse);
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^ours: /);
});

test('a checkout of MISP’s repository and a flat folder are read, and broken files are told', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'soc-lists-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const list = JSON.stringify({ name: 'Ours', type: 'string', version: 3, list: ['ours-7.com'] });
  write('repo/README.md', 'x');
  write('repo/lists/b/list.json', list);
  write('repo/lists/a/list.json', list);
  write('repo/lists/torn/list.json', list.slice(0, 20));
  mkdirSync(join(folder, 'repo/lists/empty'));
  write('flat/_schema.json', '{}');
  write('flat/ours.json', list);
  write('flat/notes.txt', 'x');
  const repo = readWarninglistFolder(join(folder, 'repo'));
  assert.deepEqual(
    repo.lists.map(({ slug }) => slug),
    ['a', 'b'],
  );
  assert.equal(repo.problems.length, 2);
  assert.match(repo.problems.join('\n'), /empty: ENOENT[\s\S]*torn: /);
  assert.deepEqual(readWarninglistFolder(join(folder, 'flat')), {
    lists: [
      {
        slug: 'ours',
        name: 'Ours',
        version: 3,
        kind: 'string',
        types: listOf('x', { list: [] }).types,
        entries: ['ours-7.com'],
      },
    ],
    problems: [],
  });
  assert.throws(() => readWarninglistFolder(join(folder, 'nowhere')), /ENOENT/);
});
