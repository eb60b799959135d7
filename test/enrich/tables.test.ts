import assert from 'node:assert/strict';
import { test } from 'node:test';

import attack from '../../src/enrich/attack-names.json' with { type: 'json' };
import { nameKey } from '../../src/enrich/name-key.ts';
import { actorNamed, familyNamed } from '../../src/enrich/names.ts';
import { OWN_ACTORS, OWN_FAMILIES, OWN_LABEL_ONLY } from '../../src/enrich/own-names.ts';
import { SECTOR_PHRASES, SECTOR_TAGS } from '../../src/enrich/sector-words.ts';
import { TECHNIQUE_WORDS } from '../../src/enrich/technique-words.ts';
import { findTechnique } from '../../src/model/attack.ts';
import { SECTORS } from '../../src/model/sector.ts';

test('names stand in the table by their keys, none shorter than four characters', () => {
  for (const key of [...Object.keys(attack.families), ...Object.keys(attack.actors)]) {
    assert.equal(nameKey(key), key);
    assert.ok(key.length >= 4);
  }
});

test('no name is both a family and a group', () => {
  const families = new Set([
    ...Object.keys(attack.families),
    ...Object.entries(OWN_FAMILIES).flatMap(([name, others]) => [name, ...others].map(nameKey)),
  ]);
  const actors = [
    ...Object.keys(attack.actors),
    ...Object.entries(OWN_ACTORS).flatMap(([name, others]) => [name, ...others].map(nameKey)),
  ];
  assert.deepEqual(
    actors.filter((key) => families.has(key)),
    [],
  );
});

test('no name of ours takes one of ATT&CK’s away', () => {
  const own: readonly (readonly [
    Readonly<Record<string, readonly string[]>>,
    Readonly<Record<string, string>>,
  ])[] = [
    [OWN_FAMILIES, attack.families],
    [OWN_ACTORS, attack.actors],
  ];
  for (const [names, table] of own) {
    for (const [name, others] of Object.entries(names)) {
      for (const each of [name, ...others]) assert.equal(table[nameKey(each)] ?? name, name, each);
    }
  }
});

test('every name that only counts as a label is in a table', () => {
  for (const name of [...attack.labelOnly, ...OWN_LABEL_ONLY]) {
    assert.ok(familyNamed(name) ?? actorNamed(name), name);
  }
});

test('every technique exists, has its reason, and no word stands for two', () => {
  const words = TECHNIQUE_WORDS.flatMap(({ words }) => [...new Set(words.map(nameKey))]);
  assert.deepEqual(words, [...new Set(words)]);
  for (const { id, why } of TECHNIQUE_WORDS) {
    assert.ok(findTechnique(id), id);
    assert.ok(why.length > 10);
  }
});

test('every sector has its phrases, and a bare word is none of them', () => {
  assert.deepEqual(SECTOR_PHRASES.map(([sector]) => sector).sort(), [...SECTORS].sort());
  const bare =
    'water power energy bank oil gas food chemical nuclear dam defense retail software transport medical it';
  for (const word of bare.split(' ')) {
    for (const [sector, phrase] of SECTOR_PHRASES) assert.ok(!phrase.test(word), `${word}: ${sector}`);
    assert.ok(!Object.hasOwn(SECTOR_TAGS, word));
  }
});
