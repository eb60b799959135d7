import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import fc from 'fast-check';

import { Compilation } from '../../src/gate/compile.ts';
import { policyOf } from '../../src/gate/policy.ts';
import { readWarninglistFolder } from '../../src/gate/read-folder.ts';
import { parseWarninglist, WARNINGLIST_KINDS } from '../../src/gate/warninglist.ts';
import { wellKnownLists } from '../../src/gate/well-known.ts';
import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import { check, gateWithLists, listOf } from './checking.ts';

function folder(context: TestContext, files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'soc-lists-'));
  context.after(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

test('reading a list never throws, and gives a list or says why there is none', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record(
          { type: fc.jsonValue(), list: fc.jsonValue(), matching_attributes: fc.jsonValue() },
          { requiredKeys: [] },
        ),
      ),
      (json) => {
        const { list, problems } = parseWarninglist('ours', json);
        assert.ok(list !== undefined || problems.length === 1);
        for (const problem of problems) assert.match(problem, /^ours: /);
        if (list !== undefined) {
          assert.ok(WARNINGLIST_KINDS.includes(list.kind));
          assert.ok(list.entries.every((entry) => typeof entry === 'string' && entry !== ''));
        }
      },
    ),
  );
});

test('what a list does not say has a plain default', () => {
  assert.deepEqual(listOf('ours', { list: ['a'] }), {
    slug: 'ours',
    name: 'ours',
    version: 0,
    kind: 'string',
    types: IOC_TYPES,
    entries: ['a'],
  });
  const said = listOf('ours', {
    name: 'x'.repeat(500),
    version: '7',
    category: 'known',
    type: 'cidr',
    list: [],
  });
  assert.equal(said.name.length, 200);
  assert.deepEqual([said.version, said.category, said.kind], [0, 'known', 'cidr']);
});

test('MISP’s attributes stand for IOC types, each once and in their fixed order', () => {
  for (const [attributes, types] of [
    [
      ['ip-dst', 'ip-src', 'ip-dst|port'],
      ['ipv4', 'ipv6'],
    ],
    [['domain|ip'], ['ipv4', 'ipv6', 'domain']],
    [['hostname', 'domain'], ['domain']],
    [
      ['email-src', 'url', 'link', 'uri'],
      ['url', 'email'],
    ],
    [
      ['filename|sha256', 'sha1', 'md5'],
      ['md5', 'sha1', 'sha256'],
    ],
    [['vulnerability'], ['cve']],
    [['AS', 'mutex', 7, null, '__proto__', 'constructor'], []],
  ] as readonly (readonly [readonly unknown[], readonly IocType[]])[])
    assert.deepEqual(
      listOf('ours', { matching_attributes: attributes, list: [] }).types,
      types,
      String(attributes),
    );
});

test('entries that are no text are counted and left out, with the others taken', () => {
  const { list, problems } = parseWarninglist('ours', {
    list: ['a', '', 7, null, ['b'], 'x'.repeat(2_049), 'x'.repeat(2_048)],
  });
  assert.deepEqual(list?.entries, ['a', 'x'.repeat(2_048)]);
  assert.deepEqual(problems, ['ours: 5 entries are no text, empty, or longer than 2048 characters']);
});

test('of a folder only the files that are lists are read, in the order of their names', (context) => {
  const list = (entry: string): string => JSON.stringify({ list: [entry] });
  const path = folder(context, {
    'b.json': list('b'),
    'a.json': list('a'),
    '_c.json': list('c'),
    '.d.json': list('d'),
    'e.txt': 'text',
    'f.json': '{"list":',
    'g.json': '[]',
  });
  const { lists, problems } = readWarninglistFolder(path);
  assert.deepEqual(
    lists.map(({ slug }) => slug),
    ['a', 'b'],
  );
  assert.equal(problems.length, 2);
  assert.match(problems[0] ?? '', /^f: /);
  assert.match(problems[1] ?? '', /^g: not a warninglist: not a JSON object/);
  assert.deepEqual(
    readWarninglistFolder(path, (slug) => slug === 'b'),
    { lists: lists.slice(1), problems: [] },
  );
});

test('a checkout has its lists in folders; a file named lists is none', (context) => {
  const list = JSON.stringify({ list: ['a'] });
  const checkout = folder(context, {
    'lists/two/list.json': list,
    'lists/one/list.json': list,
    'lists/README': '',
    'x.json': list,
    'lists/none/other.json': list,
  });
  const { lists, problems } = readWarninglistFolder(checkout);
  assert.deepEqual(
    lists.map(({ slug }) => slug),
    ['one', 'two'],
  );
  assert.match(problems.join(), /^none: .*ENOENT/);
  const flat = folder(context, { lists: 'no folder', 'x.json': list });
  assert.deepEqual(
    readWarninglistFolder(flat).lists.map(({ slug }) => slug),
    ['x'],
  );
  assert.throws(() => readWarninglistFolder(join(flat, 'missing')), { code: 'ENOENT' });
  assert.deepEqual(readWarninglistFolder(folder(context, {})), { lists: [], problems: [] });
});

test('a host is listed however an entry writes it, and an address in a list of hosts as an address', () => {
  const gate = gateWithLists({
    ours: {
      type: 'hostname',
      list: ['.a-7.top', '*.b-7.top', 'C-7.TOP', '45.9.2.0/24', '46.8.2.7', 'bad entry'],
    },
  });
  for (const value of [
    'a-7.top',
    'x.b-7.top',
    'c-7.top',
    '45.9.2.200',
    '46.8.2.7',
    'http://c-7.top/',
    'http://46.8.2.7/',
  ])
    assert.equal(check(gate, value)?.rule, 'warninglist', value);
  for (const value of ['46.8.2.8', 'xa-7.top', 'http://c-7.top.other-7.top/one-page'])
    assert.equal(check(gate, value), undefined, value);
});

test('networks so wide that they would hold everything are told and not taken', () => {
  const list = listOf('ours', {
    type: 'cidr',
    list: ['0.0.0.0/0', '44.0.0.0/7', '2000::/3', 'no network', '45.0.0.0/8'],
  });
  const compilation = new Compilation();
  const problems = compilation.add(list, policyOf(list));
  assert.deepEqual(problems, [
    'ours: "0.0.0.0/0": so wide that it would hold everything',
    'ours: "44.0.0.0/7": so wide that it would hold everything',
    'ours: "2000::/3": so wide that it would hold everything',
    'ours: and 1 more entries',
  ]);
  assert.equal(
    compilation.networks.index().covering({ words: [0x2d_00_00_01], prefix: 32 })?.entry,
    '45.0.0.0/8',
  );
});

test('a type that a list is not for is let go, whatever entries it has', () => {
  const hash = '5d41402abc4b2a76b9719d911017c592';
  const gate = gateWithLists({
    ours: { type: 'string', matching_attributes: ['md5'], list: [hash.toUpperCase(), 'a-7.top', '45.9.2.7'] },
  });
  assert.equal(check(gate, hash)?.rule, 'warninglist');
  for (const value of ['a-7.top', '45.9.2.7', 'http://a-7.top/'])
    assert.equal(check(gate, value), undefined, value);
});

test('the lists that come with the program have names and kinds of their own, none of them twice', () => {
  const lists = wellKnownLists();
  assert.equal(new Set(lists.map(({ slug }) => slug)).size, lists.length);
  for (const { slug, kind, types, entries } of lists) {
    assert.ok(WARNINGLIST_KINDS.includes(kind), slug);
    assert.ok(types.length > 0 && entries.length > 0, slug);
  }
});
