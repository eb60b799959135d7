import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { IocType } from '../../src/model/ioc.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { iocsOfPattern } from '../../src/parse/stix-pattern.ts';
import { START, take } from '../store/fixtures.ts';
import { bearer, get, indicatorsOf, type Serving, serving, type StixObject } from './serving.ts';

/** What ends a literal, a comparison, an observation, a line or a document, or looks as if it did. */
const BREAKERS = [
  "'",
  "''",
  String.raw`\'`,
  '\\',
  String.raw`\\`,
  String.raw`\\'`,
  "'] OR [url:value = '",
  "' OR url:value LIKE '%",
  "' AND '1' = '1",
  "'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.1",
  "') START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z",
  "'] WITHIN 5 SECONDS",
  "'] REPEATS 5 TIMES",
  ']',
  '[',
  '[]',
  '(',
  ')',
  '"',
  String.raw`\"`,
  '"}]}',
  '","revoked":true,"x":"',
  '</script><script>alert(1)</script>',
  '<!--',
  '-->',
  '/*',
  '*/',
  '//',
  '--',
  '#',
  ';',
  '=',
  '=cmd|calc',
  '%',
  '%27',
  '%5C',
  '%00',
  '%0a',
  '%zz',
  '{{7*7}}',
  '${7*7}',
  '`id`',
  '$(id)',
  '| id',
  '&amp;',
  '&#39;',
  String.raw`\u0027`,
  String.raw`\x27`,
  String.raw`\n`,
  '*',
];

const ENDS = ['', 'x', "'", '\\'];

/** Two hundred URLs, each of which holds a breaker in some place. */
const URLS = BREAKERS.flatMap((breaker) =>
  ENDS.map((end, index) => {
    const base = `http://h${index}.example.com/`;
    return index % 2 === 0 ? `${base}${breaker}${end}` : `${base}a?q=${breaker}${end}`;
  }),
);

/** The value between the quotes of a pattern's one comparison, its escapes undone (STIX 2.1 §9.2). */
function literalOf(pattern: string): string {
  const literal =
    /^\[[a-z0-9-]+:(?:[a-z_]+|hashes\.(?:MD5|'SHA-(?:1|256)')|external_references\[\*\]\.external_id) = '((?:[^'\\]|\\['\\])*)'\]$/s.exec(
      pattern,
    );
  assert.ok(literal !== null, `${pattern} is not one comparison with one literal`);
  return literal[1]!.replaceAll(/\\(.)/gs, '$1');
}

async function served(server: Serving): Promise<StixObject[]> {
  return indicatorsOf(await get(server, '?limit=10000&since=2026-01-01', bearer(server.pro)));
}

function normal(value: string, type: IocType): string {
  const normalised = normaliseIoc(value, type);
  assert.ok(normalised.ok, `${value} is taken`);
  return normalised.value;
}

test('two hundred hostile URLs are all taken, and each comes out as the one value of one comparison', async (context) => {
  assert.ok(URLS.length >= 200);
  const server = await serving(context);
  const expected = [...new Set(URLS.map((url) => normal(url, 'url')))];
  assert.ok(expected.length >= 195, `${expected.length} different ones`);
  await take(
    server.store,
    expected.map((value) => ({ type: 'url', value, lastSeen: START })),
    START,
  );
  const indicators = await served(server);
  assert.deepEqual(
    indicators.map(({ pattern }) => literalOf(String(pattern))),
    expected,
  );
  assert.deepEqual(
    indicators.map(({ name }) => name),
    expected,
  );
  for (const indicator of indicators) {
    const { iocs, rest } = iocsOfPattern(String(indicator.pattern));
    assert.deepEqual(iocs, [{ value: indicator.name, typeHint: 'url' }]);
    assert.deepEqual(rest, []);
    assert.equal(indicator.revoked, undefined);
  }
});

test('hostile values of every type that can hold them come out as they went in', async (context) => {
  const server = await serving(context);
  const hostile: readonly (readonly [IocType, string])[] = [
    ['email', "o'brien@example.com"],
    ['email', '"quoted part"@example.com'],
    ['email', "a'='b@example.com"],
    ['email', '{x}@example.com'],
    ['domain', '_dmarc.example.com'],
    ['domain', 'xn--bcher-kva.example.com'],
    ['url', "ftp://us'er:p\\w@h.example.com/"],
    ['url', "http://[2001:db8::1]/'"],
    ['url', 'http://h.example.com/\u{1f600}'],
    ['url', 'http://h.example.com/\u2028\u2029'],
  ];
  const taken = hostile.flatMap(([type, value]) => {
    const normalised = normaliseIoc(value, type);
    return normalised.ok ? [{ type: normalised.type, value: normalised.value, lastSeen: START }] : [];
  });
  assert.ok(taken.length >= 7);
  await take(server.store, taken, START);
  const indicators = await served(server);
  assert.deepEqual(
    indicators.map(({ pattern }) => literalOf(String(pattern))),
    taken.map(({ value }) => value),
  );
});

test('what a source says beside a value can change no other property of its indicator', async (context) => {
  const server = await serving(context);
  const sightings = BREAKERS.map((breaker, index) => ({
    type: 'domain' as const,
    value: `h${index}.example.com`,
    lastSeen: START,
    comment: breaker,
    tags: [breaker],
    family: breaker,
    threatType: breaker,
    reference: `https://r.example.com/${encodeURIComponent(breaker)}`,
  }));
  await take(server.store, sightings, START, { name: 'S\'ource"]', tlp: 'amber', confidence: 40 });
  const indicators = await served(server);
  assert.equal(indicators.length, BREAKERS.length);
  for (const [index, indicator] of indicators.entries()) {
    assert.equal(indicator.pattern, `[domain-name:value = 'h${index}.example.com']`);
    assert.equal(indicator.confidence, 40);
    assert.equal(indicator.revoked, undefined);
    assert.deepEqual(indicator.object_marking_refs, [
      'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
    ]);
    assert.match(String(indicator.description), /S'ource"\]/);
  }
});

test('any two values stay two indicators, and no text of one reaches the other', async (context) => {
  const server = await serving(context);
  const path = fc.string({
    unit: fc.constantFrom("'", '\\', '"', ']', '[', ' ', 'O', 'R', '=', 'a', '%', '{', ','),
    maxLength: 12,
  });
  let round = 0;
  // From the first read on, versions are stamped after the present.
  await served(server);
  await fc.assert(
    fc.asyncProperty(path, path, async (one, other) => {
      round += 1;
      const urls = [`http://a${round}.example.com/${one}`, `http://b${round}.example.com/${other}`].map(
        (url) => normal(url, 'url'),
      );
      server.clock.advance(60_000);
      const { lastStamp } = await server.store.health();
      const since = encodeURIComponent(new Date(Math.max(lastStamp, START - 1)).toISOString());
      await take(
        server.store,
        urls.map((value) => ({ type: 'url', value, lastSeen: START })),
        server.clock.now,
      );
      server.clock.advance(1_000);
      const indicators = indicatorsOf(await get(server, `?since=${since}`, bearer(server.pro)));
      assert.deepEqual(
        indicators.map(({ pattern }) => literalOf(String(pattern))),
        urls,
      );
    }),
    { numRuns: 60 },
  );
});
