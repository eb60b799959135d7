import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { ConfigError, loadConfig } from '../../src/config.ts';
import { COLLECTIONS } from '../../src/model/collection.ts';
import { CollectionError, parseCollections } from '../../src/model/own-collections.ts';

const OWN = {
  id: '4a8340d5-db7c-4c5e-9671-226ceb5d0153',
  alias: 'energy-high',
  title: 'Energy high',
  description: 'For the control room.',
  type: 'ipv4,domain',
  confidence: 'high',
  industry: 'energy,water',
  tlp: 'green,clear',
};

test('an operator’s collection is read with the filters of a request', () => {
  const [own] = parseCollections(JSON.stringify([OWN]));
  assert.deepEqual(own, {
    id: OWN.id,
    alias: 'energy-high',
    title: 'Energy high',
    description: 'For the control room.',
    filter: {
      types: ['ipv4', 'domain'],
      levels: ['high'],
      sectors: ['energy', 'water'],
      tlps: ['clear', 'green'],
    },
  });
});

test('what is not said filters nothing', () => {
  const [own] = parseCollections(JSON.stringify([{ id: OWN.id, alias: 'mine', title: 'Mine' }]));
  assert.deepEqual(own!.filter, { types: [], levels: [], sectors: [], tlps: [] });
});

test('what is wrong is said, with the collection that it is wrong in', () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{}, /no JSON array/],
    [[1], /collection 1 is not an object/],
    [[{ ...OWN, id: 'x' }], /collection 1: id must be a UUID of version 4/],
    [[{ ...OWN, id: '4a8340d5-db7c-5c5e-9671-226ceb5d0153' }], /version 4/],
    [[{ ...OWN, alias: 'Energy High' }], /alias must be/],
    [[{ ...OWN, title: 'v1.0' }], /no dot/],
    [[{ ...OWN, title: '' }], /title must have/],
    [[{ ...OWN, title: 7 }], /title is no text/],
    [[{ ...OWN, type: 'ip' }], /type must be of ipv4, ipv6/],
    [[{ ...OWN, confidence: 'sure' }], /confidence must be of low, medium, high/],
    [[{ ...OWN, industry: 'toys' }], /industry must be of chemical/],
    [[{ ...OWN, tlp: 'white,blue' }], /tlp must be of clear/],
    [[{ ...OWN, typ: 'ipv4' }], /property typ, which there is not: did you mean type/],
    [[OWN, { ...OWN, alias: 'other', title: 'Other' }], /two collections have the id/],
    [[{ ...OWN, alias: 'all' }], /two collections have the alias all/],
    [[{ ...OWN, title: 'all indicators' }], /two collections have the title/],
  ];
  for (const [list, message] of cases) {
    assert.throws(
      () => parseCollections(JSON.stringify(list)),
      (error) => error instanceof CollectionError && message.test(error.message),
      JSON.stringify(list),
    );
  }
  assert.throws(() => parseCollections('[{'), /it is not JSON/);
});

test('the file of the setting is read besides the usual collections, and named where it is wrong', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-collections-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'own.json');
  writeFileSync(path, JSON.stringify([OWN]));
  const { collections } = loadConfig({ SOC_TAXII_COLLECTIONS: path }).taxii;
  assert.equal(collections.length, COLLECTIONS.length + 1);
  assert.equal(collections.at(-1)!.alias, 'energy-high');
  writeFileSync(path, '[]x');
  for (const [file, message] of [
    [path, /SOC_TAXII_COLLECTIONS: .*own\.json: it is not JSON/],
    [join(directory, 'none.json'), /none\.json: it cannot be read \(ENOENT\)/],
  ] as const) {
    assert.throws(
      () => loadConfig({ SOC_TAXII_COLLECTIONS: file }),
      (error) => error instanceof ConfigError && message.test(error.message),
    );
  }
});

test('a public URL is a whole one, without what does not belong into a link', () => {
  for (const text of [
    'iocs.example.com',
    'ftp://iocs.example.com',
    'https://u:p@iocs.example.com',
    'https://iocs.example.com/?x=1',
  ]) {
    assert.throws(() => loadConfig({ SOC_PUBLIC_URL: text }), ConfigError, text);
  }
  assert.equal(
    loadConfig({ SOC_PUBLIC_URL: 'https://iocs.example.com' }).publicUrl,
    'https://iocs.example.com',
  );
});
