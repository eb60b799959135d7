import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FeedDefinitionError, parseFeedDefinition, type FeedOptions } from '../../src/feeds/definition.ts';

const URL_OF_LIST = 'https://isac.example.com/lists/bad.txt';

function problems(options: FeedOptions): string {
  try {
    parseFeedDefinition(options);
  } catch (error) {
    assert.ok(error instanceof FeedDefinitionError);
    return error.problems.join('\n');
  }
  return '';
}

test('a name and a URL are enough', () => {
  assert.deepEqual(parseFeedDefinition({ name: 'my-isac', url: URL_OF_LIST }), {
    name: 'my-isac',
    title: 'my-isac',
    publisher: 'isac.example.com',
    homepage: 'https://isac.example.com/',
    licence: { name: 'not stated', terms: 'Not stated by whoever added the feed.' },
    category: 'community',
    tlp: 'clear',
    sectors: [],
    access: { kind: 'file', url: URL_OF_LIST },
    interval: 3_600_000,
    confidence: 50,
    reliability: 50,
    absence: 'means-nothing',
    enabled: true,
  });
});

test('everything that can be said is kept, whichever way people write it', () => {
  const feed = parseFeedDefinition({
    name: 'my-isac',
    url: 'https://isac.example.com/{key}/own.csv',
    title: 'My ISAC',
    publisher: 'ISAC',
    columns: ['value=ip', 'tags=3'],
    tlp: 'TLP:AMBER',
    confidence: 'High',
    reliability: '80',
    category: 'own',
    sectors: 'Energy, health care',
    interval: '30m',
    absence: 'retracts',
    enabled: 'false',
    threatType: 'scanner',
    tags: 'ssh, brute-force',
    keySetting: 'SOC_FEED_KEY_ISAC',
    keyRequired: 'false',
  });
  assert.deepEqual(feed.access, {
    kind: 'file',
    url: 'https://isac.example.com/{key}/own.csv',
    columns: { value: 'ip', tags: '3' },
  });
  assert.deepEqual(feed.credential, { setting: 'SOC_FEED_KEY_ISAC', scheme: 'url', required: false });
  assert.deepEqual(
    [feed.tlp, feed.confidence, feed.reliability, feed.sectors, feed.interval],
    ['amber', 85, 80, ['energy', 'healthcare'], 1_800_000],
  );
  assert.deepEqual([feed.absence, feed.enabled, feed.tags], ['retracts', false, ['ssh', 'brute-force']]);
});

test('the kind follows from the URL and what else is said, and so do interval and confidence', () => {
  const misp = parseFeedDefinition({ name: 'x', url: 'https://misp.example.com/feed/manifest.json' });
  assert.deepEqual(misp.access, { kind: 'misp', url: 'https://misp.example.com/feed/' });
  assert.equal(misp.interval, 6 * 3_600_000);
  const taxii = parseFeedDefinition({
    name: 'x',
    url: 'https://taxii.example.com/taxii2/',
    collection: 'IOCs',
  });
  assert.deepEqual(taxii.access, {
    kind: 'taxii',
    url: 'https://taxii.example.com/taxii2/',
    collection: 'IOCs',
  });
  const reports = parseFeedDefinition({ name: 'x', url: 'https://blog.example.com/rss', kind: 'reports' });
  assert.deepEqual(reports.access, { kind: 'reports', url: 'https://blog.example.com/rss', pages: true });
  assert.equal(parseFeedDefinition({ name: 'x', url: URL_OF_LIST, format: 'feodo-csv' }).confidence, 90);
});

test('the way a key is sent follows from what is said', () => {
  const schemes = [
    [{ keyName: 'X-API-Key' }, { scheme: 'header', name: 'X-API-Key' }],
    [{}, { scheme: 'bearer' }],
    [{ keyScheme: 'basic' }, { scheme: 'basic' }],
  ] as const;
  for (const [said, expected] of schemes) {
    const feed = parseFeedDefinition({ name: 'x', url: URL_OF_LIST, keySetting: 'SOC_FEED_KEY_X', ...said });
    assert.deepEqual(feed.credential, { setting: 'SOC_FEED_KEY_X', required: true, ...expected });
  }
});

test('a secret in the URL is refused, with where it belongs', () => {
  for (const [url, sentence] of [
    ['https://me:secret@isac.example.com/list', /no user or password.*keyScheme basic/],
    ['https://me@isac.example.com/list', /no user or password/],
    ['https://isac.example.com/list?api_key=123', /api_key=\{key\}.*keySetting/],
    ['https://isac.example.com/list?auth-key=123&x=1', /auth-key=\{key\}/],
    ['https://isac.example.com/list?token=abc', /token=\{key\}/],
  ] as const) {
    assert.match(problems({ name: 'x', url }), sentence, url);
  }
  const url = 'https://isac.example.com/list?token={key}';
  assert.equal(problems({ name: 'x', url, keySetting: 'SOC_FEED_KEY_X' }), '');
  assert.equal(problems({ name: 'x', url: 'https://isac.example.com/list?keyword=bank' }), '');
});

test('every mistake says what is wrong and how to mend it', () => {
  const cases: readonly (readonly [FeedOptions, RegExp])[] = [
    [{ url: URL_OF_LIST }, /^name: give one of lower-case letters/],
    [{ name: 'My ISAC', url: URL_OF_LIST }, /^name: /],
    [{ name: 'x'.repeat(51), url: URL_OF_LIST }, /^name: /],
    [{ name: '../../x', url: URL_OF_LIST }, /^name: /],
    [{ name: 'x' }, /^url: give a web address/],
    [{ name: 'x', url: 'isac.example.com/list' }, /^url: /],
    [{ name: 'x', url: 'file:///etc/passwd' }, /^url: /],
    [{ name: 'x', url: 'ftp://isac.example.com/' }, /^url: /],
    [{ name: 'x', url: URL_OF_LIST, kind: 'rss' }, /^kind: "rss" is none of file, misp, taxii, reports/],
    [{ name: 'x', url: URL_OF_LIST, format: 'stixx' }, /^format: "stixx" is none of .*you may mean stix$/],
    [{ name: 'x', url: URL_OF_LIST, columns: 'colour=1' }, /^columns: "colour=1" is not FIELD=HEADER/],
    [
      { name: 'x', url: URL_OF_LIST, columns: 'value=ip', format: 'list' },
      /^columns: they are for the format csv/,
    ],
    [{ name: 'x', url: URL_OF_LIST, pages: 'true' }, /^pages: it is for kind reports/],
    [{ name: 'x', url: URL_OF_LIST, kind: 'misp', format: 'list' }, /^format: it is for kind file/],
    [{ name: 'x', url: URL_OF_LIST, tlp: 'purple' }, /^tlp: "purple" is not one of clear, green/],
    [{ name: 'x', url: URL_OF_LIST, confidence: '101' }, /^confidence: "101" is not 0 to 100/],
    [{ name: 'x', url: URL_OF_LIST, reliability: 'high' }, /^reliability: /],
    [{ name: 'x', url: URL_OF_LIST, category: 'vendr' }, /^category: .*you may mean vendor/],
    [
      { name: 'x', url: URL_OF_LIST, sectors: 'enrgy' },
      /^sectors: "enrgy" is no sector; you may mean energy/,
    ],
    [{ name: 'x', url: URL_OF_LIST, interval: '1m' }, /^interval: "1m" is not a time from 5m to 30d/],
    [{ name: 'x', url: URL_OF_LIST, interval: 'hourly' }, /^interval: /],
    [{ name: 'x', url: URL_OF_LIST, interval: '31d' }, /^interval: /],
    [
      { name: 'x', url: URL_OF_LIST, absence: 'maybe' },
      /^absence: "maybe" is none of retracts, means-nothing/,
    ],
    [{ name: 'x', url: URL_OF_LIST, kind: 'taxii', absence: 'retracts' }, /^absence: retracts is for files/],
    [{ name: 'x', url: URL_OF_LIST, enabled: 'perhaps' }, /^enabled: /],
    [{ name: 'x', url: URL_OF_LIST, homepage: 'isac' }, /^homepage: .*begin it with https/],
    [{ name: 'x', url: URL_OF_LIST, title: 'a\nb' }, /^title: it holds a line break/],
    [{ name: 'x', url: URL_OF_LIST, terms: 'x'.repeat(501) }, /^terms: it is longer than 500/],
    [{ name: 'x', url: URL_OF_LIST, keySetting: 'PATH' }, /^keySetting: .*begins with SOC_FEED_KEY_/],
    [{ name: 'x', url: URL_OF_LIST, keySetting: 'SOC_DATA_DIR' }, /^keySetting: /],
    [
      { name: 'x', url: 'https://{key}.x.example/', keySetting: 'SOC_FEED_KEY_X' },
      /^url: put \{key\} into the path/,
    ],
    [{ name: 'x', url: 'https://x.example/{key}' }, /^keySetting: the URL has \{key\}/],
    [
      { name: 'x', url: URL_OF_LIST, keySetting: 'SOC_FEED_KEY_X', keyScheme: 'url' },
      /^keyScheme: url and \{key\}/,
    ],
    [
      { name: 'x', url: URL_OF_LIST, keySetting: 'SOC_FEED_KEY_X', keyScheme: 'header' },
      /^keyName: name the header/,
    ],
    [{ name: 'x', url: URL_OF_LIST, keySetting: 'SOC_FEED_KEY_X', keyName: 'X: y' }, /^keyName: /],
    [
      { name: 'x', url: 'http://isac.example.com/', keySetting: 'SOC_FEED_KEY_X' },
      /^url: a key must not go over http/,
    ],
    [{ name: 'x', url: URL_OF_LIST, intervall: '1h' } as FeedOptions, /^intervall: .*you may mean interval/],
  ];
  for (const [options, sentence] of cases) {
    const told = problems(options);
    assert.match(told, sentence, JSON.stringify(options));
    assert.ok(!told.includes('\n'), told);
  }
});

test('all mistakes are told at once', () => {
  const told = problems({ name: 'X', url: 'nowhere', tlp: 'purple', interval: '1s' }).split('\n');
  assert.deepEqual(
    told.map((problem) => problem.split(':')[0]),
    ['url', 'name', 'tlp', 'interval'],
  );
});
