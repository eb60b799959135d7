import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import type { Source } from '../../src/model/sighting.ts';
import { StixIds } from '../../src/render/stix/id.ts';
import {
  MODIFIED_OFFSET,
  type Publication,
  renderIndicator,
  withModified,
} from '../../src/render/stix/indicator.ts';
import { assess } from '../../src/score/assess.ts';
import { sharedData } from '../shared-data.ts';
import { oasisSchemas } from './oasis-schemas.ts';

const SEEN = Date.UTC(2026, 0, 15, 10);
const IDS = new StixIds(SOC_DEFENDERS);
const SOURCE: Source = {
  name: 'Example Feed',
  url: 'https://feed.example.com/',
  tlp: 'green',
  confidence: 50,
};

const VALUES: Record<IocType, string> = {
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  domain: 'bad.example.com',
  url: "http://bad.example.com/it's?a=\\b",
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  cve: 'CVE-2024-12345',
  'mitre-attack': 'T1059.001',
  email: "o'brien@example.com",
};

const PATTERNS: Record<IocType, string> = {
  ipv4: "[ipv4-addr:value = '192.0.2.1']",
  ipv6: "[ipv6-addr:value = '2001:db8::1']",
  domain: "[domain-name:value = 'bad.example.com']",
  url: "[url:value = 'http://bad.example.com/it\\'s?a=\\\\b']",
  md5: "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
  sha1: "[file:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']",
  sha256: "[file:hashes.'SHA-256' = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']",
  cve: "[vulnerability:name = 'CVE-2024-12345']",
  'mitre-attack': "[attack-pattern:external_references[*].external_id = 'T1059.001']",
  email: "[email-addr:value = 'o\\'brien@example.com']",
};

function render(type: IocType, value: string, context = {}, more: Partial<Publication> = {}): string {
  const report = { source: SOURCE, contexts: [context], firstReported: SEEN, lastReported: SEEN, reports: 1 };
  return renderIndicator(assess({ type, value }, [report], SEEN), {
    uuid: IDS.indicatorUuid(type, value),
    identity: IDS.identity,
    created: SEEN,
    modified: SEEN,
    validUntil: undefined,
    ...more,
  });
}

const FULL = {
  threatType: 'malware_download',
  family: 'Mozi',
  tags: ['ELF', 'mips'],
  techniques: ['T1059.001'],
  cves: ['CVE-2024-12345'],
  sectors: ['energy'],
  reference: 'https://feed.example.com/1',
  comment: 'seen in a honeypot',
  confidence: 90,
  tlp: 'amber',
} as const;

test('an indicator of each type has the pattern of its type, and its value as its name', () => {
  for (const type of IOC_TYPES) {
    const indicator = JSON.parse(render(type, VALUES[type])) as Record<string, unknown>;
    assert.equal(indicator.pattern, PATTERNS[type]);
    assert.equal(indicator.name, VALUES[type]);
  }
  assert.match(
    render('mitre-attack', 'TA0001'),
    /\[x-mitre-tactic:external_references\[\*\]\.external_id = 'TA0001'\]/,
  );
});

test('an indicator tells all that is known of it, in the order that the contract fixes', () => {
  const indicator = JSON.parse(render('url', VALUES.url, FULL, { validUntil: SEEN + 1000 })) as Record<
    string,
    unknown
  >;
  assert.deepEqual(Object.keys(indicator), [
    'type',
    'spec_version',
    'id',
    'created_by_ref',
    'created',
    'modified',
    'name',
    'description',
    'indicator_types',
    'pattern',
    'pattern_type',
    'pattern_version',
    'valid_from',
    'valid_until',
    'kill_chain_phases',
    'labels',
    'confidence',
    'external_references',
    'object_marking_refs',
  ]);
  assert.equal(indicator.description, 'URL (malware download) of Mozi, reported by Example Feed.');
  assert.deepEqual(indicator.labels, ['elf', 'mips', 'industry:energy', 'malware:mozi']);
  assert.deepEqual(indicator.kill_chain_phases, [
    { kill_chain_name: 'mitre-attack', phase_name: 'execution' },
  ]);
  assert.deepEqual(indicator.external_references, [
    { source_name: 'Example Feed', description: 'seen in a honeypot', url: 'https://feed.example.com/1' },
    { source_name: 'cve', external_id: 'CVE-2024-12345' },
    {
      source_name: 'mitre-attack',
      external_id: 'T1059.001',
      url: 'https://attack.mitre.org/techniques/T1059/001/',
    },
  ]);
  assert.deepEqual(indicator.object_marking_refs, [
    'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  ]);
  assert.equal(indicator.valid_until, '2026-01-15T10:00:01.000Z');
});

test('a group behind it is a label, and is named where it is the only one', () => {
  const one = JSON.parse(render('domain', VALUES.domain, { ...FULL, actors: ['APT28'] })) as Record<
    string,
    unknown
  >;
  assert.equal(
    one.description,
    'Domain (malware download) of Mozi, attributed to APT28, reported by Example Feed.',
  );
  assert.deepEqual((one.labels as string[]).slice(-2), ['malware:mozi', 'actor:apt28']);
  const two = JSON.parse(
    render('domain', VALUES.domain, { ...FULL, actors: ['APT28', 'Turla'] }),
  ) as typeof one;
  assert.equal(two.description, 'Domain (malware download) of Mozi, reported by Example Feed.');
  assert.deepEqual((two.labels as string[]).slice(-2), ['actor:apt28', 'actor:turla']);
});

test('the same IOC has the same id for ever, and another producer gives it another', () => {
  const id = IDS.indicatorUuid('ipv4', '192.0.2.1');
  assert.equal(new StixIds(SOC_DEFENDERS).indicatorUuid('ipv4', '192.0.2.1'), id);
  const other = new StixIds({ name: 'Other', uuid: '0b0a8a52-2f55-4d3e-9d8b-4a4f8f7a9c11' });
  assert.notEqual(other.indicatorUuid('ipv4', '192.0.2.1'), id);
  assert.notEqual(IDS.indicatorUuid('domain', '192.0.2.1'), id);
});

test('modified stands at one place in every indicator, and is all that a new stamp changes', () => {
  for (const type of IOC_TYPES) {
    const stix = render(type, VALUES[type], FULL);
    assert.equal(stix.slice(MODIFIED_OFFSET, MODIFIED_OFFSET + 24), '2026-01-15T10:00:00.000Z');
    assert.equal(withModified(stix, SEEN + 5), render(type, VALUES[type], FULL, { modified: SEEN + 5 }));
  }
});

test('every indicator is valid by the schemas of OASIS, whatever a source says', (context) => {
  const directory = sharedData(context, 'stix/schemas');
  if (directory === undefined) return;
  const faults = oasisSchemas(directory);
  for (const type of IOC_TYPES) {
    for (const said of [{}, FULL, { revoked: true }, { ...FULL, revoked: true }]) {
      for (const validUntil of [undefined, SEEN + 1]) {
        const stix = JSON.parse(render(type, VALUES[type], said, { validUntil })) as object;
        assert.deepEqual(faults(stix), [], JSON.stringify(stix));
      }
    }
  }
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(text, text, fc.array(text), text, (value, family, tags, comment) => {
      assert.deepEqual(faults(JSON.parse(render('url', value, { family, tags, comment }))), []);
    }),
    { numRuns: 200 },
  );
});
