import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concludeFromLabels, statedFamily } from '../../src/enrich/labels.ts';
import { remembering } from '../../src/enrich/memo.ts';
import { nameKey } from '../../src/enrich/name-key.ts';
import { actorNamed, familyNamed, namedInText } from '../../src/enrich/names.ts';
import { OWN_ACTORS, OWN_FAMILIES, OWN_LABEL_ONLY } from '../../src/enrich/own-names.ts';
import { SECTOR_TAGS } from '../../src/enrich/sector-words.ts';
import { TECHNIQUE_WORDS } from '../../src/enrich/technique-words.ts';
import { concludeFromText } from '../../src/enrich/text.ts';
import { SECTORS } from '../../src/model/sector.ts';
import type { Derived } from '../../src/model/sighting.ts';

function shown(found: readonly Derived[]): string[] {
  return found.map(({ kind, value, from }) => `${kind} ${value} from ${from}`);
}

function ofTags(...tags: string[]): string[] {
  return concludeFromLabels(tags, undefined, undefined).map(({ kind, value }) => `${kind} ${value}`);
}

function ofText(text: string): string[] {
  return concludeFromText(text).map(({ kind, value }) => `${kind} ${value}`);
}

test('what was asked before is not worked out again, and beyond the limit all is forgotten', () => {
  const asked: string[] = [];
  const length = remembering(3, (key) => asked.push(key) && key.length);
  for (const key of ['a', 'bb', 'a', 'bb', 'ccc', 'a']) assert.equal(length(key), key.length);
  assert.deepEqual(asked, ['a', 'bb', 'ccc']);
  length('dddd');
  length('a');
  assert.deepEqual(asked, ['a', 'bb', 'ccc', 'dddd', 'a']);
});

test('a memory answers as what it remembers, whatever is asked in whichever order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('', 'a', 'b', 'toString', '__proto__', 'c')),
      fc.integer({ min: 1, max: 4 }),
      (keys, most) => {
        const upper = remembering(most, (key) => key.toUpperCase());
        for (const key of keys) assert.equal(upper(key), key.toUpperCase());
      },
    ),
  );
});

test('a key has the letters and digits of a name, and is its own key', () => {
  assert.equal(nameKey('Cobalt_Strike 4.9'), 'cobaltstrike49');
  assert.equal(nameKey('— “ ” —'), '');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const key = nameKey(name);
      assert.match(key, /^[a-z0-9]*$/);
      assert.equal(nameKey(key), key);
    }),
  );
});

test('every name of ours is found under all of its spellings', () => {
  for (const [name, others] of Object.entries(OWN_FAMILIES))
    for (const each of [name, ...others])
      for (const spelling of [each, each.toUpperCase(), each.replaceAll(' ', '_'), `win.${each}`])
        assert.equal(familyNamed(spelling), name, spelling);
  for (const [name, others] of Object.entries(OWN_ACTORS))
    for (const each of [name, ...others]) assert.equal(actorNamed(each.toLowerCase()), name, each);
});

test('ordinary words that are names too count as labels and not in a text', () => {
  for (const name of OWN_LABEL_ONLY) assert.equal(namedInText(nameKey(name)), undefined, name);
  assert.equal(familyNamed('DarkSide'), 'DarkSide');
  assert.deepEqual(namedInText('emotet'), { kind: 'family', name: 'Emotet' });
});

test('a kind of malware behind a name is passed over, but not where nearly nothing is left', () => {
  for (const [label, family] of [
    ['Mirai botnet', 'Mirai'],
    ['emotet-loader', 'Emotet'],
    ['Clop Ransomware', 'Clop'],
    ['rat', undefined],
    ['abcrat', undefined],
    ['stealer', undefined],
    ['loader', undefined],
    ['', undefined],
    [`Emotet${' '.repeat(60)}`, undefined],
    [`Emotet${' '.repeat(54)}`, 'Emotet'],
  ] as const)
    assert.equal(familyNamed(label), family, label);
});

test('labels of vocabularies are read for what stands in them', () => {
  for (const [tag, conclusion] of [
    ['misp-galaxy:threat-actor="APT28"', 'actor APT28'],
    ['misp-galaxy:mitre-intrusion-set="APT28 - G0007"', 'actor APT28'],
    ['threat-actor:fancy bear', 'actor APT28'],
    ['malpedia="emotet"', 'family Emotet'],
    ['malware_family: Emotet', 'family Emotet'],
    ['sector:energy', 'sector energy'],
    ['targeted-industry:Healthcare', 'sector healthcare'],
    ['dhs-ciip-sectors:DHS-critical-sectors="water"', 'sector water'],
    ['t1059.001', 'technique T1059.001'],
    ['ta0011', 'technique TA0011'],
  ] as const)
    assert.deepEqual(ofTags(tag), [conclusion], tag);
  for (const tag of [
    'T9999',
    'T1059.999',
    'TA9999',
    'sector:astrology',
    'misp-galaxy:x',
    'malware:',
    '',
    'tlp:clear',
    'constructor',
  ])
    assert.deepEqual(ofTags(tag), [], tag);
});

test('every word of a technique says that technique as a tag and as a threat type, in any spelling', () => {
  for (const { words, id } of TECHNIQUE_WORDS)
    for (const word of words) {
      for (const tag of [word, word.toUpperCase(), word.replaceAll(' ', '_')])
        assert.ok(ofTags(tag).includes(`technique ${id}`), tag);
      assert.deepEqual(shown(concludeFromLabels([], word, undefined)), [
        `technique ${id} from threat type "${word}"`,
      ]);
    }
});

test('every tag of a sector says that sector, and each sector can be named', () => {
  for (const [tag, sector] of Object.entries(SECTOR_TAGS))
    assert.deepEqual(ofTags(tag.toUpperCase()), [`sector ${sector}`]);
  for (const sector of SECTORS) assert.deepEqual(ofTags(`sector:${sector}`), [`sector ${sector}`]);
});

test('three names are what a record is, four are a collection', () => {
  const families = ['emotet', 'trickbot', 'qakbot', 'icedid'];
  assert.equal(ofTags(...families.slice(0, 3)).length, 3);
  assert.deepEqual(ofTags(...families), []);
  assert.equal(ofTags('emotet', 'heodo', 'geodo', 'win.emotet').length, 4, 'all are one name');
  assert.deepEqual(ofTags(...families, 'apt28'), ['actor APT28'], 'groups are counted by themselves');
});

test('a stated family is respelt with what the source wrote, and its words say techniques', () => {
  assert.equal(statedFamily(undefined), 'family ""');
  assert.deepEqual(shown(concludeFromLabels([], undefined, 'heodo')), ['family Emotet from family "heodo"']);
  assert.deepEqual(concludeFromLabels([], undefined, 'Emotet'), []);
  assert.deepEqual(shown(concludeFromLabels([], undefined, 'Nameless-Keylogger')), [
    'technique T1056.001 from family "Nameless-Keylogger"',
  ]);
});

test('a name in a text is a whole word, written as names are where it has several words', () => {
  for (const [text, found] of [
    ['The sample is Emotet.', ['family Emotet']],
    ['(Emotet)', ['family Emotet']],
    ['“Emotet’s” panel', ['family Emotet']],
    ['emotet panel', ['family Emotet']],
    ['It beacons to Cobalt Strike', ['family Cobalt Strike']],
    ['a cobalt strike of miners', []],
    ['Cobalt, Strike', []],
    ['Emotetish', []],
    ['https://name.top/Emotet', []],
    ['emotet.exe', []],
    ['x@emotet', []],
    ['Trojan:Win32/Emotet.A', []],
    ['Win32/Emotet.A', ['family Emotet']],
    ['', []],
  ] as const)
    assert.deepEqual(ofText(text), found, text);
});

test('a word that sets a name apart counts up to three words before it', () => {
  for (const word of ['like', 'unlike', 'not', 'formerly', 'instead', 'versus']) {
    assert.deepEqual(ofText(`it is ${word} Emotet`), [], word);
    assert.deepEqual(ofText(`${word} the known Emotet`), [], word);
    assert.deepEqual(ofText(`${word} the old known Emotet`), ['family Emotet'], word);
  }
});

test('of several families none is concluded, of one that is named twice that one', () => {
  assert.deepEqual(ofText('Emotet and TrickBot'), []);
  assert.deepEqual(ofText('Emotet, and again Heodo'), ['family Emotet']);
  assert.deepEqual(ofText('APT28 uses Emotet'), ['actor APT28', 'family Emotet']);
});

test('ids of ATT&CK in a text are known ones, and citations are passed over', () => {
  assert.deepEqual(ofText('uses T1059.001, and TA0011; not T9999 or XT1059'), [
    'technique T1059.001',
    'technique TA0011',
  ]);
  assert.deepEqual(ofText('It was seen (Citation: Emotet targets banks 2020).'), []);
});

test('a sector is named as whom something is done to, in the same sentence', () => {
  for (const [text, found] of [
    ['It targets banks.', ['sector financial-services']],
    ['Attacks against hospitals and airlines.', ['sector healthcare', 'sector transportation']],
    ['They work with banks. It targets users.', []],
    ['Reported by banks that were hit.', []],
    ['It was targeted, according to several government agencies.', []],
    ['A campaign targeting nuclear power plants.', ['sector nuclear']],
    ['Victims in the water sector.', ['sector water']],
    ['Victims drink water.', []],
  ] as const)
    assert.deepEqual(ofText(text), found, text);
});

test('whatever a text holds, each conclusion quotes a part of it', () => {
  const word = fc.constantFrom(
    'Emotet',
    'Cobalt',
    'Strike',
    'T1059',
    'targets',
    'banks.',
    'phishing',
    'pages',
    'not',
    '“x”',
    '(',
    'APT28',
    'é',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      const text = words.join(' ');
      for (const { from } of concludeFromText(text)) {
        const quoted = /^text "…?(.*?)…?"$/s.exec(from)?.[1];
        assert.ok(quoted !== undefined && quoted !== '' && text.includes(quoted), from);
        assert.ok(from.length < 120, from);
      }
    }),
  );
});
