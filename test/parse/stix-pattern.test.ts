import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { iocsOfPattern, PatternError } from '../../src/parse/stix-pattern.ts';
import { sharedData } from '../shared-data.ts';
import { cpuTime } from '../cpu-time.ts';

const MD5 = 'ab'.repeat(16);
const SHA1 = 'ab'.repeat(20);
const SHA256 = 'ab'.repeat(32);

/** Asserts the IOCs of a pattern as `type value`, and the expressions that it reports as lost. */
function assertPattern(pattern: string, iocs: readonly string[], rest: readonly string[] = []): void {
  const found = iocsOfPattern(pattern);
  assert.deepEqual(
    found.iocs.map(({ typeHint, value }) => `${typeHint} ${value}`),
    iocs,
    pattern,
  );
  assert.deepEqual(
    found.rest.map(({ expression }) => expression),
    rest,
    pattern,
  );
}

test('each IOC type is read from its object path', () => {
  assertPattern("[ipv4-addr:value = '192.0.2.1']", ['ipv4 192.0.2.1']);
  assertPattern("[ipv6-addr:value = '2001:db8::1']", ['ipv6 2001:db8::1']);
  assertPattern("[domain-name:value = 'example.com']", ['domain example.com']);
  assertPattern("[url:value == 'http://example.com/']", ['url http://example.com/']);
  assertPattern("[email-addr:value = 'user@example.com']", ['email user@example.com']);
  assertPattern("[vulnerability:name = 'CVE-2021-44228']", ['cve CVE-2021-44228']);
  assertPattern("[attack-pattern:external_references[*].external_id = 'T1059']", ['mitre-attack T1059']);
  assertPattern("[x-mitre-tactic:external_references[0].external_id = 'TA0001']", ['mitre-attack TA0001']);
  assertPattern("[network-traffic:dst_ref.value = '192.0.2.1']", ['host 192.0.2.1']);
  assertPattern("[email-message:from_ref.value = 'user@example.com']", ['email user@example.com']);
});

test('hashes are read under every spelling of their algorithm, wherever a file hangs', () => {
  for (const name of ['MD5', "'MD5'", 'md5'])
    assertPattern(`[file:hashes.${name} = '${MD5}']`, [`md5 ${MD5}`]);
  for (const name of ["'SHA-1'", 'SHA1', 'SHA-1', "'sha1'"])
    assertPattern(`[file:hashes.${name} = '${SHA1}']`, [`sha1 ${SHA1}`]);
  for (const name of ["'SHA-256'", 'SHA256', "'sha-256'", 'sha_256'])
    assertPattern(`[file:hashes.${name} = '${SHA256}']`, [`sha256 ${SHA256}`]);
  for (const path of [
    'process:binary_ref.hashes',
    'file:content_ref.hashes',
    'artifact:hashes',
    'file:contains_refs[*].hashes',
  ])
    assertPattern(`[${path}.MD5 = '${MD5}']`, [`md5 ${MD5}`]);
  assertPattern(`[x509-certificate:hashes.'SHA-1' = '${SHA1}']`, [`sha1 ${SHA1}`]);
  assertPattern("[file:hashes.'SHA-512' = 'ab']", [], ["file:hashes.'SHA-512' = 'ab'"]);
});

test('OR, AND and IN are taken apart, across and within observations', () => {
  assertPattern("[url:value = 'a' OR url:value = 'b'] AND [url:value = 'c']", ['url a', 'url b', 'url c']);
  assertPattern(`[file:hashes.MD5 = '${MD5}' AND file:hashes.'SHA-256' = '${SHA256}']`, [
    `md5 ${MD5}`,
    `sha256 ${SHA256}`,
  ]);
  assertPattern("[domain-name:value IN ('a', 'b')]", ['domain a', 'domain b']);
  assertPattern("([(ipv4-addr:value = 'a')] OR ([((url:value = 'b'))]))", ['ipv4 a', 'url b']);
});

test('what an address is to be in is a network', () => {
  assertPattern("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", ['ipv4 192.0.2.0/24']);
  assertPattern("[ipv6-addr:value ISSUBSET '2001:db8::/32' OR url:value = 'a']", [
    'ipv6 2001:db8::/32',
    'url a',
  ]);
  assertPattern("[network-traffic:dst_ref.value ISSUBSET '192.0.2.0/24']", ['host 192.0.2.0/24']);
});

test('what does not stand by itself is reported with a reason', () => {
  assertPattern(`[file:name = 'x' AND file:hashes.MD5 = '${MD5}']`, [`md5 ${MD5}`], ["file:name = 'x'"]);
  for (const comparison of [
    "url:value != 'a'",
    "url:value NOT = 'a'",
    "url:value NOT IN ('a')",
    "url:value LIKE 'a%'",
    "url:value MATCHES 'a.*'",
    "ipv4-addr:value NOT ISSUBSET '192.0.2.0/24'",
    "domain-name:value ISSUBSET 'example.com'",
    "ipv4-addr:value ISSUPERSET '192.0.2.0/24'",
    "url:value > 'a'",
    'url:value = 5',
    "url:value IN ('a', true)",
    'EXISTS url:value',
    'NOT EXISTS url:value',
    "x-mine:value = 'a'",
  ])
    assertPattern(`[${comparison}]`, [], [comparison]);
  assert.ok(iocsOfPattern("[url:value != 'a'] OR [x:y = 1]").rest.every(({ reason }) => reason.length > 10));
});

test('the order and time of observations is reported as lost', () => {
  assertPattern(
    "([url:value = 'a'] FOLLOWEDBY [url:value = 'b']) WITHIN 300 SECONDS REPEATS 5 TIMES",
    ['url a', 'url b'],
    ['FOLLOWEDBY', 'WITHIN 300 SECONDS', 'REPEATS 5 TIMES'],
  );
  const span = "START t'2024-01-01T00:00:00Z' STOP t'2024-02-01T00:00:00.5Z'";
  assertPattern(`[url:value = 'a'] ${span}`, ['url a'], [span]);
  assertPattern(`[url:value = 'a'] ${span.replaceAll("t'", "'")}`, ['url a'], [span.replaceAll("t'", "'")]);
});

test('the type of a reference beside its value is no loss', () => {
  const type = "network-traffic:dst_ref.type = 'ipv4-addr'";
  assertPattern(`[${type} AND network-traffic:dst_ref.value = 'a']`, ['host a']);
  assertPattern(`[${type}] AND [network-traffic:dst_ref.value = 'a']`, ['host a'], [type]);
  assertPattern(
    "[network-traffic:src_ref.type = 'mac-addr' AND network-traffic:src_ref.value = 'a']",
    ['host a'],
    ["network-traffic:src_ref.type = 'mac-addr'"],
  );
});

test('white space and comments may stand anywhere between elements', () => {
  assertPattern("/* a * / b **/ [\u00a0url:value\n=\t'a' // end\r\n OR url:value IN('b')]// done", [
    'url a',
    'url b',
  ]);
});

test('escaped quotes and backslashes mean themselves', () => {
  assertPattern(String.raw`[url:value = 'a\'b\\c] OR [url:value = \'']`, [
    String.raw`url a'b\c] OR [url:value = '`,
  ]);
});

test('any value survives being written into a pattern', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const escaped = value.replaceAll(/['\\]/g, String.raw`\$&`);
      assertPattern(`[url:value = '${escaped}']`, [`url ${value}`]);
    }),
  );
});

const BROKEN = [
  '',
  ' ',
  '[]',
  '()',
  'file:size = 1280',
  '[file:size = 1280',
  'file:size = 1280]',
  '[file.size = 1]',
  "['file':size = 1]",
  "[file:name = 'a' AND ]",
  "[file:name = 'a'] AND",
  "[file:name = 'a'] [file:name = 'b']",
  "[file:name 'a']",
  '[file:name = a]',
  "[file:name = 'a]",
  String.raw`[file:name = 'a\b']`,
  '[file:name MATCHES /a/]',
  '[file:size LIKE 5]',
  '[file:x > true]',
  "[file:na-me = 'a']",
  "[file:name.a-b = 'a']",
  '[a:b[x] = 1]',
  '[a:b[*] ]',
  "[file:name IN 'a']",
  "[file:name IN ('a',)]",
  "[file:name = 'a'] WITHIN SECONDS",
  "[file:name = 'a'] WITHIN -5 SECONDS",
  "[file:name = 'a'] WITHIN 5 HOURS",
  "[file:name = 'a'] REPEATS 5.5 TIMES",
  "[file:name = 'a'] START t'2024-01-01' STOP t'2024-01-02'",
  "[file:created = t'2024-13-01T00:00:00Z']",
  "[a:b = h'abc']",
  "[a:b = b'!!!!']",
  '[a:b = 01]',
  '[a:b = 1.]',
  '[a:b = 5x]',
  "[AND:value = 'a']",
  "[url:NOT = 'a']",
  "[NOT url:value = 'a']",
  "([url:value = 'a']",
  "[(url:value = 'a']",
  "[url:value = 'a')]",
  "[url:value = 'a'] /* open",
  "[url:value = 'a'] # b",
  '[url:value = “a”]',
  'and',
  "[url:value = 'a' and url:value = 'b']",
];

test('what is no pattern is refused with its place', () => {
  for (const pattern of BROKEN)
    assert.throws(
      () => iocsOfPattern(pattern),
      (error: unknown) => error instanceof PatternError && error.position <= pattern.length,
      pattern,
    );
  assert.throws(() => iocsOfPattern("[url:value ~ 'a']"), /unexpected character at character 12/);
  assert.throws(() => iocsOfPattern("[url:value = 'a'"), /expected \], the pattern ends at character 17/);
});

test('a pattern nested too deep or too long is refused, one within the limits is read', () => {
  const nested = (depth: number): string => `${'('.repeat(depth)}[url:value = 'a']${')'.repeat(depth)}`;
  assertPattern(nested(64), ['url a']);
  assert.throws(() => iocsOfPattern(nested(65)), /nested deeper than 64/);
  assert.throws(() => iocsOfPattern(`[${'('.repeat(100_000)}`), PatternError);
  assert.throws(() => iocsOfPattern(' '.repeat(300_000)), /longer than 262144/);
});

test('any text is either a pattern or a PatternError, in linear time', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '(',
    ')',
    'url:value',
    ' = ',
    "'a'",
    ' AND ',
    ' IN ',
    ',',
    "'",
    '\\',
    '/*',
    '*/',
    '//',
    '.',
    '1',
    '*',
    "t'",
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        iocsOfPattern(pieces.join(''));
      } catch (error) {
        assert.ok(error instanceof PatternError);
      }
    }),
    { numRuns: 1_000 },
  );
  const start = cpuTime();
  for (const seed of [
    "[url:value = 'a'] OR ",
    "'",
    '\\\\',
    '/*',
    '/**/',
    '//\n',
    'a.',
    '-',
    '1',
    '(',
    "[a:b IN ('",
    "'a',",
    '[a:b=1 OR ',
    ' ',
    '//',
  ])
    for (const prefix of ['', '[a:b = ', "[a:b = '", "[a:b IN ('a',"])
      assert.throws(() => iocsOfPattern(prefix + seed.repeat(250_000 / seed.length)), PatternError);
  assert.ok(cpuTime() - start < 3_000);
});

test('every example of the standard is a pattern', (t) => {
  const folder = sharedData(t, 'stix/patterns');
  if (folder === undefined) return;
  for (const version of ['v20', 'v21'])
    for (const pattern of readFileSync(`${folder}/spec_examples_${version}.txt`, 'utf8')
      .split('\n')
      .filter(Boolean))
      assert.doesNotThrow(() => iocsOfPattern(pattern), pattern);
});

test('the patterns of public bundles give IOCs that have a normal form', (t) => {
  const folder = sharedData(t, 'stix');
  if (folder === undefined) return;
  let count = 0;
  for (const file of ['oasis_examples', 'unit42'].flatMap((name) =>
    readdirSync(`${folder}/${name}`).map((entry) => `${folder}/${name}/${entry}`),
  ))
    for (const pattern of patternsOf(JSON.parse(readFileSync(file, 'utf8'))))
      for (const { value, typeHint } of iocsOfPattern(pattern).iocs) {
        const normal = normaliseIoc(value, typeHint);
        if (normal.ok) count += 1;
        else t.diagnostic(`${file.slice(folder.length)}: ${typeHint} ${normal.reason}`);
      }
  assert.ok(count > 1_000, String(count));
});

function patternsOf(bundle: unknown): string[] {
  const { objects = [] } = bundle as { objects?: { type: string; pattern?: string }[] };
  return objects.flatMap(({ type, pattern }) =>
    type === 'indicator' && pattern !== undefined ? [pattern] : [],
  );
}
