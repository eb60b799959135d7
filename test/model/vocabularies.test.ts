import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  CONFIDENCE_LEVEL_NAMES,
  CONFIDENCE_LEVELS,
  confidenceLevel,
  parseConfidence,
} from '../../src/model/confidence.ts';
import { IOC_TYPES } from '../../src/model/ioc.ts';
import {
  parseTlp,
  stricterTlp,
  TLP_MARKINGS,
  tlpMarkingId,
  tlpOfMarkingId,
} from '../../src/model/marking.ts';
import { nearestName } from '../../src/model/nearest.ts';
import { producerNamed, SOC_DEFENDERS } from '../../src/model/producer.ts';
import { REJECTION_CODES } from '../../src/model/sighting.ts';
import { parseSector, SECTOR_ALIASES, SECTORS } from '../../src/model/sector.ts';
import { isUuid, uuidBytes, uuidText, uuidV5 } from '../../src/model/uuid.ts';

/**
 * A position in these lists is a code in every store that there is: an entry may be added at the end, and none moved.
 */
test('the codes that stores hold have not moved', () => {
  assert.deepEqual(
    [...IOC_TYPES],
    ['ipv4', 'ipv6', 'domain', 'url', 'md5', 'sha1', 'sha256', 'cve', 'mitre-attack', 'email'],
  );
  assert.deepEqual([...CONFIDENCE_LEVEL_NAMES], ['low', 'medium', 'high']);
  assert.deepEqual([...TLP_MARKINGS], ['clear', 'green', 'amber', 'amber+strict', 'red']);
  assert.deepEqual(
    [...SECTORS],
    [
      'chemical',
      'commercial-facilities',
      'communications',
      'critical-manufacturing',
      'dams',
      'defense-industrial-base',
      'emergency-services',
      'energy',
      'financial-services',
      'food-and-agriculture',
      'government',
      'healthcare',
      'information-technology',
      'nuclear',
      'transportation',
      'water',
    ],
  );
});

test('every number from 0 to 100 is of one level, and levels rise with it', () => {
  let before = 0;
  for (let confidence = 0; confidence <= 100; confidence += 1) {
    const level = confidenceLevel(confidence);
    const position = CONFIDENCE_LEVEL_NAMES.indexOf(level);
    assert.ok(position >= before, String(confidence));
    before = position;
    const { from, to } = CONFIDENCE_LEVELS[level];
    if (confidence > 0) assert.ok(confidence >= from && confidence <= to, String(confidence));
  }
  assert.deepEqual([0, 1, 29, 30, 69, 70, 100].map(confidenceLevel), [
    'low',
    'low',
    'low',
    'medium',
    'medium',
    'high',
    'high',
  ]);
});

test('the number that a bare level stands for is of that level', () => {
  for (const level of CONFIDENCE_LEVEL_NAMES) {
    const { from, to, value } = CONFIDENCE_LEVELS[level];
    assert.equal(confidenceLevel(value), level);
    assert.equal(parseConfidence(level), value);
    assert.equal(parseConfidence(` ${level.toUpperCase()} `), value);
    assert.ok(from <= value && value <= to);
  }
});

test('a confidence is a number from 0 to 100 or a level, and nothing else', () => {
  for (let number = 0; number <= 100; number += 1) assert.equal(parseConfidence(String(number)), number);
  assert.equal(parseConfidence('49.5'), 50);
  assert.equal(parseConfidence('49.4'), 49);
  assert.equal(parseConfidence('100.4'), 100);
  assert.equal(parseConfidence('007'), 7);
  // A share of one.
  for (const [text, value] of [
    ['0.8', 80],
    ['0.854', 85],
    ['1.0', 100],
    ['0.0', 0],
    ['1', 1],
    ['1.5', 2],
  ] as const)
    assert.equal(parseConfidence(text), value, text);
  for (const text of [
    '',
    ' ',
    '-1',
    '+1',
    '101',
    '100.5',
    '1000',
    '1e2',
    '0x10',
    '50%',
    '.5',
    '5.',
    'NaN',
    'Infinity',
    'very high',
    'highest',
    '٥٠',
    'toString',
    '__proto__',
    'constructor',
  ]) {
    assert.equal(parseConfidence(text), undefined, text);
  }
});

test('every marking has an id in each version of TLP, by which it is known again', () => {
  const ids = new Set<string>();
  for (const tlp of TLP_MARKINGS) {
    for (const version of [1, 2] as const) {
      const id = tlpMarkingId(tlp, version);
      assert.match(id, /^marking-definition--/);
      assert.ok(isUuid(id.slice('marking-definition--'.length)), id);
      assert.equal(tlpOfMarkingId(id), tlp);
      ids.add(id);
    }
  }
  assert.equal(ids.size, 9, 'amber+strict is of version 2 alone');
  assert.equal(tlpMarkingId('amber+strict', 1), tlpMarkingId('amber+strict', 2));
  for (const id of [
    '',
    'marking-definition--',
    'marking-definition--00000000-0000-4000-8000-000000000000',
    'clear',
    '__proto__',
  ]) {
    assert.equal(tlpOfMarkingId(id), undefined, id);
  }
});

test('ids of one version are of one length: a marking can be written in the place of another', () => {
  const lengths = new Set(
    TLP_MARKINGS.flatMap((tlp) => [tlpMarkingId(tlp, 1).length, tlpMarkingId(tlp, 2).length]),
  );
  assert.equal(lengths.size, 1);
});

test('the stricter of markings is the same in whatever order they are compared', () => {
  const tlp = fc.constantFrom(...TLP_MARKINGS);
  fc.assert(
    fc.property(tlp, tlp, tlp, (a, b, c) => {
      assert.equal(stricterTlp(a, b), stricterTlp(b, a));
      assert.equal(stricterTlp(a, a), a);
      assert.equal(stricterTlp(stricterTlp(a, b), c), stricterTlp(a, stricterTlp(b, c)));
      assert.ok([a, b].includes(stricterTlp(a, b)));
    }),
  );
  assert.equal(TLP_MARKINGS.reduce(stricterTlp), 'red');
});

test('a marking is read in every spelling that is in use', () => {
  for (const [tlp, spellings] of Object.entries({
    clear: [
      'clear',
      'CLEAR',
      'white',
      'White',
      'TLP:WHITE',
      'tlp:clear',
      'TLP: CLEAR',
      'TLP-WHITE',
      'TLP_CLEAR',
      'tlp white',
      ' clear ',
    ],
    green: ['green', 'TLP:GREEN', 'tlp green'],
    amber: ['amber', 'TLP:AMBER'],
    'amber+strict': [
      'amber+strict',
      'AMBER+STRICT',
      'TLP:AMBER+STRICT',
      'amber-strict',
      'amber_strict',
      'amber strict',
      'TLP:AMBER-STRICT',
    ],
    red: ['red', 'TLP:RED', 'tlp:red '],
  })) {
    for (const text of spellings) assert.equal(parseTlp(text), tlp, text);
  }
  for (const text of [
    '',
    'tlp',
    'tlp:',
    'tlp:tlp:red',
    'TLP:ORANGE',
    'amber+',
    'strict',
    'ambers',
    'redd',
    'clear,green',
    '0',
    'constructor',
  ]) {
    assert.equal(parseTlp(text), undefined, text);
  }
});

test('a sector is read by its slug and its aliases, however words are joined', () => {
  for (const sector of SECTORS) {
    for (const text of [
      sector,
      sector.toUpperCase(),
      sector.replaceAll('-', ' '),
      sector.replaceAll('-', '_'),
      ` ${sector} `,
      sector.replace('-and-', ' & '),
      sector.replace('-and-', '&'),
    ]) {
      assert.equal(parseSector(text), sector, text);
    }
  }
  for (const [alias, sector] of Object.entries(SECTOR_ALIASES)) {
    assert.equal(parseSector(alias), sector);
    assert.equal(parseSector(alias.replaceAll('-', ' ').toUpperCase()), sector, alias);
    assert.ok(!(SECTORS as readonly string[]).includes(alias), `${alias} is a slug itself`);
    assert.match(alias, /^[a-z]+(?:-[a-z]+)*$/);
  }
  for (const text of [
    '',
    '-',
    'mars',
    'energyx',
    'energy,water',
    'constructor',
    '__proto__',
    'toString',
    'ener gy',
  ]) {
    assert.equal(parseSector(text), undefined, text);
  }
});

test('the aliases of the contract are known', () => {
  for (const [alias, sector] of [
    ['finance', 'financial-services'],
    ['financial', 'financial-services'],
    ['banking', 'financial-services'],
    ['health', 'healthcare'],
    ['healthcare-and-public-health', 'healthcare'],
    ['government-facilities', 'government'],
    ['it', 'information-technology'],
    ['telecom', 'communications'],
    ['water-and-wastewater', 'water'],
    ['defence', 'defense-industrial-base'],
    ['defense', 'defense-industrial-base'],
  ] as const) {
    assert.equal(parseSector(alias), sector);
  }
});

test('no text makes a vocabulary throw, and what is read is of the vocabulary', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (text) => {
      const [sector, tlp, confidence] = [parseSector(text), parseTlp(text), parseConfidence(text)];
      if (sector !== undefined) assert.ok(SECTORS.includes(sector));
      if (tlp !== undefined) assert.ok(TLP_MARKINGS.includes(tlp));
      if (confidence !== undefined)
        assert.ok(Number.isInteger(confidence) && confidence >= 0 && confidence <= 100);
    }),
  );
});

test('the nearest name is found over one slip in a short word and several in a long one', () => {
  const names = ['type', 'since', 'confidence', 'industry', 'limit', 'include_identity'];
  for (const [word, name] of [
    ['type', 'type'],
    ['Type', 'type'],
    ['tpye', 'type'],
    ['typ', 'type'],
    ['types', 'type'],
    ['sinec', 'since'],
    ['confidense', 'confidence'],
    ['confidance', 'confidence'],
    ['industries', 'industry'],
    ['includeIdentity', 'include_identity'],
    ['include-identity', 'include_identity'],
    ['include.identity', 'include_identity'],
    ['LIMIT', 'limit'],
    ['imit', 'limit'],
  ] as const) {
    assert.equal(nearestName(word, names), name, word);
  }
  for (const word of ['', 'x', 'cursor', 'completely-different', 'a'.repeat(41), '日本語', 'ty']) {
    assert.equal(nearestName(word, ['industry', 'confidence']), undefined, word);
  }
});

test('a name is nearest to itself, and a swap, a loss or a gain of a letter is found again', () => {
  const names = ['confidence', 'industry', 'tlp_version', 'include_markings'];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat(),
      fc.constantFrom('swap', 'lose', 'gain', 'none'),
      (name, at, slip) => {
        const index = at % (name.length - 1);
        const [before, one, two, after] = [
          name.slice(0, index),
          name[index]!,
          name[index + 1]!,
          name.slice(index + 2),
        ];
        const word = {
          swap: before + two + one + after,
          lose: before + two + after,
          gain: `${before}${one}x${two}${after}`,
          none: name,
        }[slip];
        assert.equal(nearestName(word, names), name);
      },
    ),
  );
});

test('a UUID is the same in text and bytes, and its form is checked', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      assert.equal(isUuid(uuid), true);
      assert.equal(uuidText(uuidBytes(uuid)), uuid);
      assert.equal(isUuid(uuid.toUpperCase()), uuid === uuid.toUpperCase());
    }),
  );
  for (const text of [
    '',
    '5a3d1f0e7c644b529d0a2f6b8e41c7d3',
    '5a3d1f0e-7c64-4b52-9d0a-2f6b8e41c7d',
    '5a3d1f0e-7c64-4b52-9d0a-2f6b8e41c7d33',
    '{5a3d1f0e-7c64-4b52-9d0a-2f6b8e41c7d3}',
    '5a3d1f0e-7c64-9b52-9d0a-2f6b8e41c7d3',
    '5a3d1f0e-7c64-4b52-cd0a-2f6b8e41c7d3',
    '00000000-0000-0000-0000-000000000000',
  ]) {
    assert.equal(isUuid(text), false, text);
  }
});

test('name-based UUIDs are those of RFC 9562', () => {
  const dns = uuidBytes('6ba7b810-9dad-11d1-80b4-00c04fd430c8');
  assert.equal(uuidV5(dns, 'www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert.ok(isUuid(uuidV5(dns, a)));
      assert.equal(uuidV5(dns, a)[14], '5');
      assert.equal(uuidV5(dns, a) === uuidV5(dns, b), Buffer.from(a).equals(Buffer.from(b)));
    }),
  );
});

test('a producer follows from its name, and no two names share one', () => {
  assert.equal(producerNamed('SOC Defenders'), SOC_DEFENDERS);
  assert.deepEqual(producerNamed('x', SOC_DEFENDERS.uuid), { name: 'x', uuid: SOC_DEFENDERS.uuid });
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const producer = producerNamed(name);
      assert.ok(isUuid(producer.uuid));
      assert.deepEqual(producerNamed(name), producer);
      assert.equal(producer.uuid === SOC_DEFENDERS.uuid, name === SOC_DEFENDERS.name);
    }),
  );
});

test('every reason for quarantine is a sentence that ends without a full stop', () => {
  for (const [code, sentence] of Object.entries(REJECTION_CODES)) {
    assert.match(code, /^[a-z]+(?:_[a-z]+)*$/);
    assert.match(sentence, /^[a-z].*[a-zA-Z&K]$/);
  }
});
