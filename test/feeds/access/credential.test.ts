import assert from 'node:assert/strict';
import { test } from 'node:test';

import { carriedBy, headersFor, withKey } from '../../../src/feeds/access/credential.ts';
import { feedNamed } from '../../../src/feeds/catalogue/index.ts';
import type { FeedCredential } from '../../../src/model/feed.ts';
import { feedOf } from './site.ts';

const feed = (credential: Partial<FeedCredential>) => ({
  ...feedOf({ url: 'https://example.com/list' }),
  credential: {
    setting: 'SOC_FEED_KEY_X',
    scheme: 'header',
    required: true,
    ...credential,
  } as FeedCredential,
});

test('a secret goes along as its scheme says', () => {
  assert.deepEqual(carriedBy(feed({ name: 'X-API-Key' }), 's3cret'), { headers: { 'x-api-key': 's3cret' } });
  assert.deepEqual(carriedBy(feed({ scheme: 'bearer' }), 's3cret'), {
    headers: { authorization: 'Bearer s3cret' },
  });
  assert.deepEqual(carriedBy(feed({ scheme: 'basic' }), 'me:s3cret'), {
    headers: { authorization: `Basic ${Buffer.from('me:s3cret').toString('base64')}` },
  });
  assert.deepEqual(carriedBy(feed({ scheme: 'url' }), 's3cret'), { headers: {}, key: 's3cret' });
});

test('without a secret that it needs a feed says which setting, and where to get one', () => {
  const reason = carriedBy(feedNamed('urlhaus')!, undefined);
  assert.ok(typeof reason === 'string');
  assert.match(reason, /SOC_ABUSECH_AUTH_KEY.*SOC_ABUSECH_AUTH_KEY_FILE.*auth\.abuse\.ch/);
  assert.deepEqual(carriedBy(feedNamed('phishtank')!, ''), { headers: {} });
  assert.deepEqual(carriedBy(feedNamed('cisa-kev')!, undefined), { headers: {} });
});

test('a secret that would break the request is refused without being told', () => {
  for (const [scheme, secret] of [
    ['header', 'canary\r\nHost: x'],
    ['bearer', 'canary\u0000'],
    ['header', ' canary'],
    ['url', 'canary/../admin'],
    ['url', 'canary?x'],
    ['basic', 'canary'],
  ] as const) {
    const reason = carriedBy(feed({ scheme }), secret);
    assert.ok(typeof reason === 'string' && reason.includes('SOC_FEED_KEY_X'), scheme);
    assert.ok(!reason.includes('canary'));
  }
});

test('a key takes its place in the URL, and without one the place is gone', () => {
  assert.equal(withKey('https://x.example/{key}/a', 'k'), 'https://x.example/k/a');
  assert.equal(withKey('https://x.example/{key}/a', undefined), 'https://x.example/a');
  assert.equal(withKey('https://x.example/a?auth={key}', 'k'), 'https://x.example/a?auth=k');
});

test('credentials go to the feed’s own origin only', () => {
  const headers = { authorization: 'Bearer x' };
  const feedUrl = 'https://x.example/{key}/feed';
  assert.equal(headersFor('https://x.example/page', feedUrl, headers), headers);
  for (const other of ['http://x.example/page', 'https://y.example/', 'https://x.example:8443/', 'nonsense'])
    assert.deepEqual(headersFor(other, feedUrl, headers), {}, other);
});
