import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CATALOGUE, feedNamed, KEY_SETTINGS } from '../../../src/feeds/catalogue/index.ts';
import { RELIABILITY } from '../../../src/feeds/catalogue/reliability.ts';
import { parseFeedDefinition } from '../../../src/feeds/definition.ts';
import { FEED_CATEGORIES } from '../../../src/model/feed.ts';
import { TLP_MARKINGS } from '../../../src/model/marking.ts';
import { recogniseFormat, formatNamed } from '../../../src/parse/formats.ts';
import { fixture } from '../../parse/reading.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FOLDER = fileURLToPath(new URL('../../../src/feeds/catalogue', import.meta.url));

/** Files of the folder that are no feed. */
const SHARED = new Set(['index', 'duration', 'reliability', 'abusech', 'report-licence']);

/** How often at most each publisher wants to be asked, where it says so. */
const PUBLISHERS_WISH: Readonly<Record<string, number>> = {
  urlhaus: 5 * MINUTE,
  threatfox: 5 * MINUTE,
  malwarebazaar: 5 * MINUTE,
  'feodo-tracker': 5 * MINUTE,
  'sslbl-certificates': 5 * MINUTE,
  'spamhaus-drop-v4': HOUR,
  'spamhaus-drop-v6': HOUR,
  openphish: 12 * HOUR,
  phishtank: HOUR,
};

/** A fixture in the layout of each feed that is a file. */
const LAYOUTS: Readonly<Record<string, string>> = {
  urlhaus: 'urlhaus.csv',
  threatfox: 'threatfox.json',
  malwarebazaar: 'malwarebazaar.csv',
  'feodo-tracker': 'feodo.json',
  'sslbl-certificates': 'sslbl-certificates.csv',
  'cisa-kev': 'kev.json',
  'spamhaus-drop-v4': 'spamhaus-drop.json',
  'spamhaus-drop-v6': 'spamhaus-drop.json',
  'blocklist-de': 'ip-list.txt',
  openphish: 'openphish.txt',
  phishtank: 'phishtank.csv',
  'emerging-threats-compromised': 'ip-list.txt',
  'dshield-block': 'dshield-block.txt',
  'cins-army': 'ip-list.txt',
  'tor-exits': 'tor-exits.txt',
  'dataplane-sshclient': 'dataplane.txt',
  'cert-pl-warning-list': 'hosts.txt',
};

/** Downloads that are the whole of what stands, by what their publishers say of them. */
const WHOLE = [
  'cisa-kev',
  'emerging-threats-compromised',
  'feodo-tracker',
  'phishtank',
  'spamhaus-drop-v4',
  'spamhaus-drop-v6',
  'sslbl-certificates',
  'tor-exits',
];

test('every file of the catalogue is one feed, named as its file, and none is twice', () => {
  const files = globSync('*.ts', { cwd: FOLDER }).map((file) => basename(file, '.ts'));
  const names = CATALOGUE.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), files.filter((file) => !SHARED.has(file)).toSorted());
  assert.equal(new Set(CATALOGUE.map(({ access }) => access.url)).size, CATALOGUE.length);
  assert.equal(new Set(CATALOGUE.map(({ title }) => title)).size, CATALOGUE.length);
  for (const feed of CATALOGUE) assert.equal(feedNamed(feed.name), feed);
  assert.equal(feedNamed('nonsense'), undefined);
});

test('every feed is complete: pages by https, a category, a marking, scales, words on its terms', () => {
  for (const feed of CATALOGUE) {
    assert.match(feed.name, /^[a-z0-9]+(?:-[a-z0-9]+)*$/, feed.name);
    for (const url of [feed.homepage, feed.access.url, feed.licence.url, feed.credential?.page]) {
      if (url !== undefined) assert.equal(new URL(url).protocol, 'https:', `${feed.name}: ${url}`);
    }
    assert.ok(FEED_CATEGORIES.includes(feed.category), feed.name);
    assert.ok(TLP_MARKINGS.includes(feed.tlp), feed.name);
    assert.ok(feed.confidence > 0 && feed.confidence <= 100, feed.name);
    assert.ok((Object.values(RELIABILITY) as number[]).includes(feed.reliability), feed.name);
    assert.ok(feed.licence.name.length > 2 && feed.licence.terms.length > 20, feed.name);
    assert.ok(feed.title.length > 2 && feed.publisher.length > 2, feed.name);
  }
});

test('the feeds that were promised are there, and ten and more that carry reports', () => {
  for (const name of Object.keys(LAYOUTS)) assert.ok(feedNamed(name) !== undefined, name);
  const reports = CATALOGUE.filter(({ access, enabled }) => access.kind === 'reports' && enabled);
  assert.ok(reports.length >= 10, `${reports.length}`);
  assert.deepEqual([...new Set(reports.map(({ category }) => category))].toSorted(), [
    'cert',
    'government',
    'vendor',
  ]);
});

test('no feed is asked more often than its publisher wishes, nor than every five minutes', () => {
  for (const { name, interval } of CATALOGUE) {
    const least = PUBLISHERS_WISH[name] ?? 5 * MINUTE;
    assert.ok(interval >= least, `${name}: ${interval} ms`);
    assert.ok(interval <= 24 * HOUR, name);
  }
});

test('every file names its format, and the format recognises a fixture in the layout of the feed', () => {
  for (const { name, access } of CATALOGUE) {
    if (access.kind !== 'file') continue;
    const layout = LAYOUTS[name];
    assert.ok(layout !== undefined && access.format !== undefined, name);
    assert.ok(formatNamed(access.format) !== undefined, name);
    assert.equal(recogniseFormat(fixture(layout).toString())?.name, access.format, name);
  }
});

test('only whole lists retract what is missing from them', () => {
  const retracting = CATALOGUE.filter(({ absence }) => absence === 'retracts').map(({ name }) => name);
  assert.deepEqual(retracting.toSorted(), WHOLE);
});

test('what may not be used commercially or passed on is off unless the operator says otherwise', () => {
  for (const { name, licence, enabled, tlp } of CATALOGUE) {
    if (/not for commercial|non-commercial/i.test(licence.terms)) assert.equal(enabled, false, name);
    if (/not to be passed on|internal business use only/i.test(licence.terms))
      assert.equal(tlp, 'amber+strict', name);
  }
  assert.equal(feedNamed('tor-exits')!.enabled, false);
});

test('a key is a setting, never a part of the catalogue', () => {
  assert.deepEqual(KEY_SETTINGS, ['SOC_ABUSECH_AUTH_KEY', 'SOC_PHISHTANK_APP_KEY']);
  for (const { name, access, credential } of CATALOGUE) {
    assert.equal(access.url.includes('{key}'), credential?.scheme === 'url', name);
    assert.ok(!/[?&](?:auth|api|key|token)/i.test(access.url), name);
  }
});

test('every feed could have been added by command', () => {
  for (const feed of CATALOGUE) {
    const { access, credential } = feed;
    const parsed = parseFeedDefinition({
      name: feed.name,
      title: feed.title,
      publisher: feed.publisher,
      homepage: feed.homepage,
      licence: feed.licence.name,
      licenceUrl: feed.licence.url,
      terms: feed.licence.terms,
      category: feed.category,
      tlp: feed.tlp,
      kind: access.kind,
      url: access.url,
      format: access.kind === 'file' ? access.format : undefined,
      pages: access.kind === 'reports' ? String(access.pages) : undefined,
      interval: `${feed.interval / MINUTE}m`,
      confidence: String(feed.confidence),
      reliability: String(feed.reliability),
      absence: feed.absence,
      enabled: String(feed.enabled),
      threatType: feed.threatType,
      tags: feed.tags,
      keySetting: credential?.setting,
      keyScheme: credential?.scheme,
      keyRequired: credential === undefined ? undefined : String(credential.required),
      keyPage: credential?.page,
    });
    assert.deepEqual(parsed, feed, feed.name);
  }
});
