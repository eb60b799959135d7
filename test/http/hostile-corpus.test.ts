import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { type Ioc, IOC_TYPES } from '../../src/model/ioc.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { FIREWALL_PROFILES } from '../../src/render/firewall/profiles.ts';
import { EXPORT_FORMATS, findExportFormat } from '../../src/render/formats.ts';
import { reading } from '../parse/reading.ts';
import { anyIoc } from '../render/formats/any-ioc.ts';
import { GOOD, NASTY } from '../render/formats/nasty.ts';
import { readEvent } from '../render/formats/readers/misp.ts';
import { READINGS, valueOfPattern } from '../render/formats/readings.ts';
import { SOURCE, START, take } from '../store/fixtures.ts';
import { bearer, get, type Serving, serving, type StixObject } from './serving.ts';

/** What a store may hold of what attackers choose: everything that normalisation lets through. */
function corpus(): Ioc[] {
  const raw = IOC_TYPES.flatMap((type) => [
    ...GOOD[type],
    ...NASTY,
    ...['', 'a?q=', '#', 'a/'].flatMap((place) =>
      NASTY.map((text) => `http://h.example.com/${place}${text}`),
    ),
    ...NASTY.map((text) => `${text}@example.com`),
  ]);
  const normal = IOC_TYPES.flatMap((type) => raw.map((text) => normaliseIoc(text, type)));
  const made = normal.filter((each) => each.ok).map(({ type, value }) => ({ type, value }));
  const sampled = fc.sample(anyIoc(IOC_TYPES), { seed: 7, numRuns: 1_500 });
  const all = [...made, ...sampled].filter(({ value }) => !/\/[0-7]$/.test(value));
  return [...new Map(all.map((ioc) => [`${ioc.type} ${ioc.value}`, ioc])).values()];
}

const CORPUS = corpus();

/** A server whose sources say hostile things of hostile values. */
async function filled(context: TestContext): Promise<Serving> {
  const server = await serving(context);
  const texts = NASTY.filter((text) => text.isWellFormed() && text.trim() !== '' && text.length < 500);
  for (const [at, source] of [SOURCE, { ...SOURCE, name: `"; <b>'\u202e]]>&\\|=` }].entries()) {
    const half = CORPUS.filter((_, index) => index % 2 === at);
    const sightings = half.map((ioc, index) => {
      const text = texts[index % texts.length]!;
      return { ...ioc, lastSeen: START, confidence: index % 101, tags: [text], family: text, comment: text };
    });
    await take(server.store, sightings, START, source);
  }
  server.clock.advance(60_000);
  return server;
}

async function text(server: Serving, path: string): Promise<string> {
  const { status, body } = await get(server, path, bearer(server.pro));
  assert.equal(status, 200, `${path}: ${body.subarray(0, 500).toString()}`);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** What `docs/api.md` says about undoing. */
function undefused(cell: string): string {
  return /^'+[=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell;
}

const valuesIn = (objects: readonly unknown[]): string[] =>
  objects.map((object) => (object as { value: string }).value);

/** How values are read out of each form of the list and the bundle, which carry everything. */
const WHOLE: Readonly<Record<string, (body: string) => string[]>> = {
  '/api/v1/iocs': (body) => valuesIn((JSON.parse(body) as { data: unknown[] }).data),
  '/api/v1/iocs?format=ndjson': (body) =>
    valuesIn(
      body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ),
  '/api/v1/iocs?format=txt': (body) => body.trimEnd().split('\n'),
  '/api/v1/iocs?format=csv': (body) =>
    parse<Record<string, string>>(body, { columns: true, record_delimiter: '\r\n' }).map(({ value }) =>
      undefused(value!),
    ),
  '/api/v1/iocs/stix': (body) => patternsIn((JSON.parse(body) as { objects: StixObject[] }).objects),
  '/api/v1/iocs/stix?format=objects': (body) => patternsIn(JSON.parse(body) as StixObject[]),
};

function patternsIn(objects: readonly StixObject[]): string[] {
  return objects
    .filter(({ type }) => type === 'indicator')
    .map(({ pattern }) => valueOfPattern(String(pattern)));
}

/** The path of an export format. */
function pathOf(name: string): string {
  if (FIREWALL_PROFILES.some((profile) => profile.name === name))
    return `/api/v1/iocs/firewall?profile=${name}`;
  if (name.startsWith('suricata-')) return `/api/v1/iocs/suricata?limit=10000&format=${name}`;
  return name === 'syslog'
    ? '/api/v1/iocs/cef?limit=10000&format=syslog'
    : `/api/v1/iocs/${name}?limit=10000`;
}

test('every hostile value that a store can hold comes out of every list, bundle and export as it went in', async (context) => {
  assert.ok(CORPUS.length > 1_500, `${CORPUS.length} values`);
  assert.ok(CORPUS.length < 10_000);
  const server = await filled(context);
  const all = sorted(CORPUS.map(({ value }) => value));
  for (const [path, read] of Object.entries(WHOLE)) {
    const separator = path.includes('?') ? '&' : '?';
    const values = read(await text(server, `${path}${separator}limit=10000`));
    assert.equal(values.length, CORPUS.length, path);
    assert.deepEqual(sorted(values), all, path);
  }
  for (const { name, types } of EXPORT_FORMATS) {
    const { values, carried } = READINGS[name]!;
    const given = CORPUS.filter(({ type }) => types.includes(type)).map(carried);
    const expected = sorted(given.filter((value) => value !== undefined));
    assert.deepEqual(sorted(values(await text(server, pathOf(name)))), expected, name);
  }
});

test('a search, a look-up and the MISP feed find every hostile value as it is', async (context) => {
  const server = await filled(context);
  const manifest = JSON.parse(await text(server, '/api/v1/misp/feed/manifest.json')) as object;
  const events = await Promise.all(
    Object.keys(manifest).map(async (uuid) =>
      readEvent(await text(server, `/api/v1/misp/feed/${uuid}.json`)),
    ),
  );
  const attributes = events.flatMap(({ Attribute: list }) => list.map(({ value }) => value));
  const carried = CORPUS.filter(({ type }) => type !== 'mitre-attack').map(READINGS.misp!.carried);
  assert.deepEqual(sorted(attributes), sorted(carried.filter((value) => value !== undefined)));
  for (const { type, value } of CORPUS.filter((_, at) => at % 20 === 0)) {
    if (value.length > 1_000) continue;
    const query = new URLSearchParams({ value, type });
    const found = JSON.parse(await text(server, `/api/v1/lookup?${query.toString()}`)) as {
      value: string;
      found: boolean;
    };
    assert.deepEqual([found.value, found.found], [value, true]);
    const asked = new URLSearchParams({ q: value, type });
    const { data } = JSON.parse(await text(server, `/api/v1/iocs/search?${asked.toString()}`)) as {
      data: unknown[];
    };
    assert.deepEqual(valuesIn(data), [value]);
  }
});

/** Exports that our own readers read, with the format that they are to them, and the one of ours whose types they have. */
const READABLE = [
  ['/api/v1/iocs/stix?limit=10000', 'stix', 'cef'],
  ['/api/v1/iocs/misp?limit=10000', 'misp-event', 'misp'],
  ['/api/v1/iocs?format=csv&limit=10000', 'csv', 'cef'],
  ['/api/v1/iocs?format=txt&limit=10000', 'list', 'cef'],
  ['/api/v1/iocs/hosts?limit=10000', 'list', 'hosts'],
  ['/api/v1/iocs/firewall?profile=paloalto-ip', 'list', 'paloalto-ip'],
  ['/api/v1/iocs/firewall?profile=fortigate-domain', 'list', 'fortigate-domain'],
  ['/api/v1/iocs/firewall?profile=fortigate-hash', 'list', 'fortigate-hash'],
] as const;

/**
 * A bare value says nothing of its type, and a list takes what begins with `#` or `;` for a remark; CSV has an apostrophe before
 * what a spreadsheet would run.
 */
function isPlain({ type, value }: Ioc): boolean {
  const bare = normaliseIoc(value);
  return bare.ok && bare.type === type && bare.value === value && !/^['=+\-@#;]/.test(value);
}

test('our own readers take the same IOCs from what we write', async (context) => {
  const iocs = fc.uniqueArray(anyIoc(IOC_TYPES).filter(isPlain), {
    minLength: 1,
    maxLength: 30,
    selector: ({ value }) => value,
  });
  await fc.assert(
    fc.asyncProperty(iocs, async (given) => {
      const server = await serving(context);
      const sightings = given.map((ioc) => ({ ...ioc, lastSeen: START }));
      await take(server.store, sightings, START);
      server.clock.advance(1_000);
      for (const [path, format, like] of READABLE) {
        const { types } = findExportFormat(like)!;
        const expected = given.filter(({ type }) => types.includes(type));
        const body = await text(server, path);
        if (expected.length === 0) continue;
        const { iocs: read, failure, rejections } = await reading(body, { format });
        assert.deepEqual([failure, rejections], [undefined, []], path);
        const normal = read.map(({ value, typeHint }) => normaliseIoc(value, typeHint));
        assert.deepEqual(
          normal.map((each) => (each.ok ? `${each.type} ${each.value}` : each.reason)).sort(),
          expected.map(({ type, value }) => `${type} ${value}`).sort(),
          path,
        );
      }
    }),
    { numRuns: 15 },
  );
});
