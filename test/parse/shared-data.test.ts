import assert from 'node:assert/strict';
import { createReadStream, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { toSighting } from '../../src/normalise/sighting.ts';
import { sharedData } from '../shared-data.ts';
import { readingOf, type Reading } from './reading.ts';

/** What is expected of each folder: format of a file, and how many IOCs at least for known files. */
const FORMATS: Readonly<Record<string, (file: string) => RegExp>> = {
  abusech: (file) =>
    file.startsWith('malwarebazaar_api')
      ? /^malwarebazaar-json$/
      : new RegExp(`^${file.split('_')[0]}-${file.split('.').at(-1)}$`),
  kev: () => /^kev-json$/,
  csv_infoblox: (file) => (file.endsWith('.csv') ? /^csv$/ : /^prose$/),
  lists_plain: (file) => (file.startsWith('_') ? /^prose$/ : /^list$/),
  'misp/feed_infoblox': (file) => (file === 'manifest.json' ? /^misp-manifest$/ : /^misp-event$/),
  'misp/events_eset': (file) =>
    file === '_LICENSE' ? /^prose$/ : file.startsWith('dnsbirthday') ? /^$/ : /^misp-event$/,
  'stix/unit42': (file) => (file === 'reports.json' ? /^$/ : /^stix$/),
  'stix/oasis_examples': () => /^stix$/,
  'stix/mitre_samples': () => /^stix$/,
  'stix/validator_examples': () => /^(?:stix)?$/,
};

/** Files with the number of IOCs that they hold. */
const COUNTS: Readonly<Record<string, number>> = {
  'abusech/urlhaus_csv_online_2025-04-21.csv': 11_125,
  'abusech/urlhaus_json_online_2025-04-21.derived.json': 7_190,
  'abusech/threatfox_csv_recent_2026-07-24.derived.csv': 4_488,
  'abusech/threatfox_export_json_recent_2026-07-24T14.json': 4_488,
  'abusech/feodo_ipblocklist_csv_2024-03-26T233015.csv': 27,
  'abusech/feodo_ipblocklist_2026-07.json': 5,
  'abusech/malwarebazaar_csv_recent_2024-05-07.csv': 3 * 481,
  'abusech/sslbl_sslblacklist_2018-07-26.csv': 2_763,
  'abusech/sslbl_sslipblacklist_2015-10-15.head.csv': 12,
  'abusech/sslbl_ja3_fingerprints_2020-04-09.head.csv': 0,
  'kev/known_exploited_vulnerabilities_2026.07.07.json': 1_635,
  'kev/known_exploited_vulnerabilities_2026.07.16.json': 1_647,
  'csv_infoblox/vextrio_unveiled_20250806.csv': 2_097,
  'csv_infoblox/turkiye_earthquake_legitimate_iocs.csv': 0,
  'lists_plain/cps-collected-iocs.txt': 47_314,
  'lists_plain/alienvault.txt': 609,
  'stix/unit42/2024-02-14-Danabot.json': 14,
};

/** Refused as a whole, with a reason. */
const REFUSED = /dnsbirthday|manifest\.json|unit42\/reports\.json|invalid_braces/;

for (const [folder, formatOf] of Object.entries(FORMATS)) {
  test(`every file of ${folder} is read as what it is, or refused with a reason`, async (context) => {
    const path = sharedData(context, folder);
    if (path === undefined) return;
    for (const file of readdirSync(path)) {
      const name = `${folder}/${file}`;
      const read = await readingOf(createReadStream(`${path}/${file}`), { fileName: file });
      assert.match(read.format, formatOf(file), name);
      assert.equal(
        read.failure !== undefined,
        REFUSED.test(name),
        `${name}: ${read.failure?.message ?? 'was read'}`,
      );
      if (COUNTS[name] !== undefined) assert.equal(read.iocs.length, COUNTS[name], name);
      assertSound(read, name);
    }
  });
}

/** Nearly all IOCs have a normal form, and each rejection says where and why. */
function assertSound(read: Reading, name: string): void {
  const normal = read.iocs.filter((ioc) => toSighting(ioc).ok).length;
  assert.ok(
    normal >= 0.95 * read.iocs.length,
    `${name}: ${normal} of ${read.iocs.length} have a normal form`,
  );
  for (const { place, reason, sample } of read.rejections) {
    assert.ok(place.length > 0 && reason.length > 10 && sample.length <= 200, name);
  }
}

test('URLhaus CSV and JSON of the same day say the same of the same id', async (context) => {
  const csv = sharedData(context, 'abusech/urlhaus_csv_online_2025-04-21.csv');
  const json = sharedData(context, 'abusech/urlhaus_json_online_2025-04-21.derived.json');
  if (csv === undefined || json === undefined) return;
  const byEntry = new Map(
    (await readingOf(createReadStream(csv))).iocs.map(({ place: _place, ...said }) => [said.entry, said]),
  );
  for (const { place: _place, ...said } of (await readingOf(createReadStream(json))).iocs) {
    assert.deepEqual(said, byEntry.get(said.entry));
  }
});
