import assert from 'node:assert/strict';
import { test } from 'node:test';

import { expiryOf, nextValidity, VALIDITY_STEP } from '../../src/score/life.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 15);

test('addresses, URLs, domains and senders expire; hashes, CVEs and techniques do not', () => {
  for (const type of ['ipv4', 'ipv6', 'url', 'domain', 'email'] as const)
    assert.ok(expiryOf(type, NOW)! > NOW);
  for (const type of ['md5', 'sha1', 'sha256', 'cve', 'mitre-attack'] as const) {
    assert.equal(expiryOf(type, NOW), undefined);
  }
});

test('a later sighting moves the end of validity only a day after it was last moved', () => {
  const published = nextValidity('ipv4', NOW, undefined, NOW);
  assert.deepEqual(nextValidity('ipv4', NOW + 1000, published, NOW + VALIDITY_STEP - 1), published);
  const moved = nextValidity('ipv4', NOW + 1000, published, NOW + VALIDITY_STEP);
  assert.deepEqual(moved, { until: NOW + 1000 + 30 * DAY, movedAt: NOW + VALIDITY_STEP });
});

test('what had expired is valid again at once when it is seen', () => {
  const old = { until: NOW - 1, movedAt: NOW - 1000 };
  assert.equal(nextValidity('ipv4', NOW, old, NOW).until, NOW + 30 * DAY);
});

test('what is seen a year ago expires a year ago', () => {
  assert.equal(nextValidity('ipv4', NOW - 365 * DAY, undefined, NOW).until, NOW - 335 * DAY);
});
