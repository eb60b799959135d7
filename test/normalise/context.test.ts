import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Context, RawIoc } from '../../src/model/sighting.ts';
import { cleanText, normaliseContext } from '../../src/normalise/context.ts';
import { presentable, toSighting } from '../../src/normalise/sighting.ts';
import { cpuTime } from '../cpu-time.ts';

const of = (said: Partial<RawIoc>): Context => normaliseContext({ value: 'x', place: 'line 1', ...said });

/** What no text may hold that others see. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

test('what a source does not say is not said', () => {
  assert.deepEqual(of({}), {});
  assert.deepEqual(
    of({
      tags: [],
      techniques: [],
      cves: [],
      sectors: [],
      comment: '',
      family: '  ',
      reference: '',
      revoked: false,
    }),
    {},
  );
});

test('numbers, sectors and markings pass as they are', () => {
  const said = {
    firstSeen: 1,
    lastSeen: 2,
    confidence: 0,
    sectors: ['energy'],
    tlp: 'amber',
    revoked: true,
  } as const;
  assert.deepEqual(of(said), said);
});

test('texts lose what nobody sees, and stay on one line', () => {
  for (const [text, clean] of [
    ['plain', 'plain'],
    ['  two  spaces  ', 'two  spaces'],
    ['a\nb', 'a b'],
    ['a\r\n\tb', 'a b'],
    ['a\u0000b', 'a b'],
    ['a\u001b[31mb', 'a [31mb'],
    ['a\u202eb\u202c', 'a b'],
    ['a\u200bb', 'a b'],
    ['a\u2028b\u2029c', 'a b c'],
    ['a\ufeffb', 'a b'],
    ['a\ud800b', 'a b'],
    ['\u0000', undefined],
    ['\u200b\u200b', undefined],
    ['', undefined],
    [undefined, undefined],
    ['naïve 日本 🙂', 'naïve 日本 🙂'],
  ] as const) {
    assert.equal(cleanText(text, 50), clean, JSON.stringify(text));
  }
});

test('a text that is too long is cut with an ellipsis, never in the middle of a character', () => {
  assert.equal(cleanText('abcdef', 6), 'abcdef');
  assert.equal(cleanText('abcdefg', 6), 'abcde…');
  assert.equal(cleanText('abcd efg', 6), 'abcd…');
  const smiling = cleanText('🙂'.repeat(20), 10)!;
  assert.ok(smiling.isWellFormed());
  assert.ok(smiling.length <= 10);
});

test('whatever the text and the length, what is left is clean, short enough, and stays as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer({ min: 2, max: 100 }),
      (text, longest) => {
        const clean = cleanText(text, longest);
        if (clean === undefined) return;
        assert.ok(clean.length <= longest);
        assert.ok(clean.isWellFormed());
        assert.doesNotMatch(clean, UNSEEN);
        assert.equal(clean, clean.trim());
        assert.equal(cleanText(clean, longest), clean);
      },
    ),
  );
});

test('a text of megabytes is cut without being read to its end', () => {
  const texts = ['x', '\u0000', ' ', '\u202e', '🙂', '\ud800', '\n '].map((unit) =>
    Buffer.from(unit.repeat(2_000_000)).toString(),
  );
  const start = cpuTime();
  for (const text of texts) cleanText(text, 100);
  assert.ok(cpuTime() - start < 200);
});

test('each kind of text has its length', () => {
  const long = 'x'.repeat(5_000);
  const { threatType, family, comment, entry, tags } = of({
    threatType: long,
    family: long,
    comment: long,
    entry: long,
    tags: [long],
  });
  assert.deepEqual(
    [threatType, family, comment, entry, tags?.[0]].map((text) => text?.length),
    [100, 100, 500, 100, 100],
  );
});

test('words come once each, fifty at most, without the empty ones', () => {
  assert.deepEqual(of({ tags: ['a', ' a ', 'b', '', '\u0000', 'A'] }).tags, ['a', 'b', 'A']);
  const many = Array.from({ length: 500 }, (_, index) => `tag-${index}`);
  assert.deepEqual(of({ tags: many }).tags, many.slice(0, 50));
  assert.equal(of({ tags: ['', ' ', '\u200b'] }).tags, undefined);
});

test('techniques are those that ATT&CK has, in upper case, once each', () => {
  assert.deepEqual(
    of({ techniques: ['t1059.001', ' T1059 ', 'T1059', 'T9999', 'x', '', 'TA0002', '__proto__'] }).techniques,
    ['T1059.001', 'T1059', 'TA0002'],
  );
  assert.equal(of({ techniques: ['T9999'] }).techniques, undefined);
});

test('CVE ids are those of their form, in upper case, once each', () => {
  assert.deepEqual(
    of({
      cves: [
        'cve-2026-0001',
        'CVE-2026-0001',
        ' CVE-2026-12345678 ',
        'CVE-2026-1',
        'CVE-26-0001',
        'CVE-2026-',
        'x',
        "CVE-2026-0001'",
        `CVE-2026-${'1'.repeat(20)}`,
      ],
    }).cves,
    ['CVE-2026-0001', 'CVE-2026-12345678'],
  );
  assert.equal(of({ cves: ['none'] }).cves, undefined);
});

test('a reference shows nobody what lets its source in', () => {
  for (const reference of ['https://user:pw@intel.example.com/p?q=1', 'https://user@intel.example.com/p?q=1'])
    assert.equal(of({ reference }).reference, 'https://intel.example.com/p?q=1');
});

test('a reference is a web address, and nothing that a browser would run', () => {
  for (const [reference, kept] of [
    ['https://example.com/a', 'https://example.com/a'],
    [' http://example.com ', 'http://example.com/'],
    ['HTTPS://EXAMPLE.COM/A', 'https://example.com/A'],
    ['https://example.com/\u202ea', 'https://example.com/%E2%80%AEa'],
    ['https://example.com/"><script>', 'https://example.com/%22%3E%3Cscript%3E'],
    ['javascript:alert(1)', undefined],
    ['java\nscript:alert(1)', undefined],
    ['data:text/html,<script>', undefined],
    ['file:///etc/passwd', undefined],
    ['ftp://example.com/', undefined],
    ['//example.com/', undefined],
    ['example.com', undefined],
    ['https://', undefined],
    ['https://[', undefined],
    ['', undefined],
    [`https://example.com/${'a'.repeat(2_048)}`, undefined],
  ] as const) {
    assert.equal(of({ reference }).reference, kept, reference.slice(0, 60));
  }
});

test('whatever a source says comes out fit to publish, and the same the second time', () => {
  const text = fc.option(fc.string({ unit: 'binary', maxLength: 200 }), { nil: undefined });
  const words = fc.option(fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 10 }), {
    nil: undefined,
  });
  fc.assert(
    fc.property(
      fc.record({
        threatType: text,
        family: text,
        comment: text,
        entry: text,
        reference: text,
        tags: words,
        techniques: words,
        cves: words,
      }),
      (said) => {
        const given = Object.fromEntries(
          Object.entries(said).filter(([, value]) => value !== undefined),
        ) as Partial<RawIoc>;
        const context = of(given);
        for (const value of Object.values(context).flat()) {
          if (typeof value !== 'string') continue;
          assert.doesNotMatch(value, UNSEEN);
          assert.ok(value.length > 0 && value.isWellFormed());
        }
        assert.deepEqual(of(context), context);
      },
    ),
  );
});

test('a raw value is a sighting in normal form or a rejection with its place, reason and a short sample', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom(undefined, 'ip' as const, 'hash' as const, 'url' as const, 'cve' as const),
      (value, typeHint) => {
        const outcome = toSighting({ value, place: 'line 7', ...(typeHint !== undefined && { typeHint }) });
        if (outcome.ok) return;
        const { place, reason, sample } = outcome.rejection;
        assert.equal(place, 'line 7');
        assert.ok(reason.length > 5);
        assert.ok(sample.length <= 200);
        assert.doesNotMatch(sample, UNSEEN);
      },
    ),
  );
});

test('a rejection is shown without what steers a terminal', () => {
  const shown = presentable({
    place: 'line\u001b[2J 1',
    code: 'bad_url',
    reason: 'not a \u0007 URL',
    sample: `\u009b31m${'x'.repeat(500)}`,
  });
  assert.deepEqual([shown.place, shown.reason], ['line [2J 1', 'not a URL']);
  assert.ok(shown.sample.length <= 200);
  for (const text of [shown.place, shown.reason, shown.sample]) assert.doesNotMatch(text, UNSEEN);
  assert.deepEqual(presentable({ place: '', code: 'bad_url', reason: '\u0000', sample: '' }), {
    place: '',
    code: 'bad_url',
    reason: '',
    sample: '',
  });
});
