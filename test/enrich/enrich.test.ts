import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { test } from 'node:test';

import fc from 'fast-check';

import { enrich } from '../../src/enrich/enrich.ts';
import { findTechnique } from '../../src/model/attack.ts';
import { SECTORS } from '../../src/model/sector.ts';
import type { Context, Derived, Sighting } from '../../src/model/sighting.ts';
import { toSighting } from '../../src/normalise/sighting.ts';
import { openInput } from '../../src/parse/formats.ts';
import { sharedData } from '../shared-data.ts';

const NOW = Date.UTC(2026, 0, 15);

function sighting(context: Context, type: Sighting['type'] = 'domain'): Sighting {
  return { type, value: 'x.example.com', ...context };
}

function concluded(context: Context, type: Sighting['type'] = 'domain'): string[] {
  const { derived = [] } = enrich(sighting(context, type));
  return derived.map(({ kind, value, from }) => `${kind} ${value} from ${from}`);
}

test('a tag that names a family, a group, a technique or a sector is concluded from', () => {
  assert.deepEqual(
    concluded({ tags: ['emotet', 'exe', 'fancy-bear', 'phishing', 'sector:energy', 'T1059.001'] }),
    [
      'family Emotet from tag "emotet"',
      'actor APT28 from tag "fancy-bear"',
      'technique T1566 from tag "phishing"',
      'sector energy from tag "sector:energy"',
      'technique T1059.001 from tag "T1059.001"',
    ],
  );
});

test('all spellings of a family are one', () => {
  for (const tag of [
    'win.emotet',
    'Emotet',
    'EMOTET',
    'heodo',
    'Geodo',
    'malware:emotet',
    'misp-galaxy:malpedia="Emotet"',
    'misp-galaxy:mitre-malware="Emotet - S0367"',
  ]) {
    assert.deepEqual(concluded({ tags: [tag] }), [`family Emotet from tag "${tag}"`]);
  }
  assert.deepEqual(concluded({ tags: ['RemcosRAT'] }), ['family Remcos from tag "RemcosRAT"']);
});

test('ordinary words, short names and tools with honest users are no families', () => {
  const tags = [
    'at',
    'net',
    'ping',
    'tor',
    'play',
    'chaos',
    'snake',
    'royal',
    'kevin',
    'psexec',
    'screenconnect',
    'viper',
  ];
  assert.deepEqual(concluded({ tags }), []);
  assert.deepEqual(concluded({ tags: ['mercury', 'bitter', 'silence', 'group5'] }), []);
});

test('a tag that speaks of another file names no family', () => {
  assert.deepEqual(concluded({ tags: ['dropped-by-amadey', 'not-emotet', 'emotet-like'] }), []);
});

test('more than three families on one record name none', () => {
  const tags = ['emotet', 'trickbot', 'qakbot', 'icedid', 'phishing'];
  assert.deepEqual(concluded({ tags }), ['technique T1566 from tag "phishing"']);
});

test('what the source states stays, and nothing is concluded beside it', () => {
  const stated: Context = {
    family: 'Ryuk',
    actors: ['Some Group'],
    techniques: ['T1566'],
    sectors: ['energy'],
    tags: ['emotet', 'turla', 'phishing', 'sector:energy'],
    comment: 'Lazarus Group targets energy companies with TrickBot.',
  };
  assert.deepEqual(enrich(sighting(stated)), sighting(stated));
});

test('a stated family is spelt as ATT&CK prints it, with the source’s spelling as evidence', () => {
  const { family, derived } = enrich(sighting({ family: 'win.emotet' }));
  assert.equal(family, 'Emotet');
  assert.deepEqual(derived, [{ kind: 'family', value: 'Emotet', from: 'family "win.emotet"' }]);
  assert.equal(enrich(sighting({ family: 'A Family of its Own' })).family, 'A Family of its Own');
  assert.equal(enrich(sighting({ family: 'Formbook' })).derived, undefined);
});

test('threat types and families say techniques by their words', () => {
  assert.deepEqual(concluded({ threatType: 'botnet_cc' }), ['technique TA0011 from threat type "botnet_cc"']);
  assert.deepEqual(concluded({ family: 'Snake Keylogger' }), [
    'technique T1056.001 from family "Snake Keylogger"',
  ]);
});

test('where malware is put is said of places, not of files', () => {
  const context = { threatType: 'malware_download' };
  assert.deepEqual(concluded(context, 'url'), ['technique T1608.001 from threat type "malware_download"']);
  assert.deepEqual(concluded(context, 'sha256'), []);
});

test('a text that names one family or group is concluded from, a text that names several is not', () => {
  assert.deepEqual(concluded({ comment: 'Used by Fancy Bear to spread TrickBot (again).' }), [
    'actor APT28 from text "Used by Fancy Bear to spread TrickBot…"',
    'family TrickBot from text "…by Fancy Bear to spread TrickBot (again)."',
  ]);
  assert.deepEqual(concluded({ comment: 'Emotet then fetches TrickBot.' }), []);
  assert.deepEqual(concluded({ comment: 'Win32/Emotet.AW' }), ['family Emotet from text "Win32/Emotet.AW"']);
});

test('names that a text sets apart, or that stand in addresses and file names, are passed over', () => {
  for (const comment of [
    'a loader similar to Emotet',
    'unlike Emotet it does not spread',
    'from hxxp://emotet.example[.]com/trickbot.exe',
    'attachment emotet.doc',
    'C:\\emotet\\run',
  ]) {
    assert.deepEqual(concluded({ comment }), [], comment);
  }
});

test('who reported it and what a file is called tell nothing', () => {
  assert.deepEqual(concluded({ comment: 'file name Emotet T1566; file type exe; reported by turla' }), []);
});

test('a sector is concluded where a sentence speaks of victims', () => {
  assert.deepEqual(
    concluded({ comment: 'Emails targeted a water utility and electricity companies in Europe.' }),
    [
      'sector energy from text "…a water utility and electricity companies in Europe."',
      'sector water from text "Emails targeted a water utility and electricity…"',
    ],
  );
  for (const comment of [
    'The sample connects to water.example.net.',
    'Attackers poured water on the power button.',
    'Government agencies published this list.',
    'The attack was described by government agencies.',
    'A banking trojan that attacks Windows.',
    'Attacks were seen. Hospitals are fine.',
  ]) {
    assert.deepEqual(concluded({ comment }), [], comment);
  }
});

test('the sentence that holds the value is read as well, but not for vulnerabilities and techniques', () => {
  const evidence = { sentence: 'The C2 server of Turla is x[.]example[.]com.', offset: 0, defanged: true };
  assert.deepEqual(
    (enrich(sighting({ evidence })).derived ?? []).map(({ value }) => value),
    ['Turla', 'TA0011'],
  );
  assert.deepEqual(concluded({ evidence }, 'cve'), []);
  assert.deepEqual(concluded({ evidence }, 'mitre-attack'), []);
});

test('a label comes before a text', () => {
  assert.deepEqual(concluded({ tags: ['qakbot'], comment: 'Emotet' }), ['family QakBot from tag "qakbot"']);
});

const words = fc.constantFrom(
  'emotet',
  'win.qakbot',
  'phishing',
  'sector:water',
  'Turla',
  'T1566',
  'Attacks on hospitals by Fancy Bear.',
  'Cobalt Strike',
  'constructor',
  '__proto__',
  'exe',
);
const anySighting: fc.Arbitrary<Sighting> = fc
  .record(
    {
      tags: fc.array(fc.oneof(words, fc.string()), { maxLength: 8 }),
      family: words,
      threatType: words,
      comment: fc.oneof(
        fc.array(words).map((list) => list.join(' ')),
        fc.string({ unit: 'grapheme', maxLength: 500 }),
      ),
      actors: fc.array(words, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  .map((context) => sighting(context));

test('it changes nothing but the family’s spelling and what was concluded, and the second time nothing', () => {
  fc.assert(
    fc.property(anySighting, (before) => {
      const after = enrich(before);
      const { derived, family, ...rest } = after;
      const { family: stated, ...others } = before;
      assert.deepEqual(rest, others);
      assert.equal(family === undefined, stated === undefined);
      assert.deepEqual(enrich(after), after);
      assert.deepEqual(enrich(before), after);
      assert.ok((derived?.length ?? 0) <= 20);
    }),
  );
});

test('every conclusion is a known value with its evidence', () => {
  fc.assert(
    fc.property(anySighting, (before) => {
      for (const { kind, value, from } of enrich(before).derived ?? []) {
        assert.match(from, /^(?:tag|text|family|threat type) "[^]+"$/);
        if (kind === 'technique') assert.ok(findTechnique(value));
        if (kind === 'sector') assert.ok((SECTORS as readonly string[]).includes(value));
      }
    }),
  );
});

test('hostile text costs little', () => {
  const hostile = [
    '"'.repeat(499) + 'a',
    'A '.repeat(250),
    '((((('.repeat(100),
    'by a a '.repeat(70),
    'attack '.repeat(70),
  ];
  const start = performance.now();
  for (let round = 0; round < 20; round += 1) {
    for (const text of hostile) enrich(sighting({ comment: `${round}${text}`.slice(0, 500) }));
  }
  assert.ok(performance.now() - start < 2_000);
});

test('of recorded feeds, enough sightings get a family, and only names that were read and found right', async (context) => {
  const path = sharedData(context, 'abusech/urlhaus_csv_online_2025-04-21.csv');
  if (path === undefined) return;
  const families = new Map<string, number>();
  let count = 0;
  const { items } = await openInput(createReadStream(path), { now: NOW });
  for await (const batch of items) {
    for (const item of batch) {
      const outcome = item.kind === 'ioc' ? toSighting(item.ioc) : undefined;
      if (outcome?.ok !== true) continue;
      count += 1;
      const found = enrich(outcome.sighting).derived ?? [];
      for (const { value } of found.filter(isFamily)) families.set(value, (families.get(value) ?? 0) + 1);
    }
  }
  const sum = [...families.values()].reduce((a, b) => a + b, 0);
  assert.ok(sum > count * 0.6, `${sum} of ${count}`);
  assert.equal(families.get('Mirai'), 1_271);
  for (const wrong of ['ConnectWise', 'PS1', 'Ping', 'Chaos']) assert.ok(!families.has(wrong));
});

function isFamily({ kind }: Derived): boolean {
  return kind === 'family';
}
