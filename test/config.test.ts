import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { ConfigError, credentialOf, isSecret, loadConfig, LOG_LEVELS, SETTINGS } from '../src/config.ts';
import { KEY_SETTINGS } from '../src/feeds/catalogue/index.ts';
import { COLLECTIONS } from '../src/model/collection.ts';
import { SOC_DEFENDERS } from '../src/model/producer.ts';

test('without any setting the documented defaults hold', () => {
  assert.deepEqual(loadConfig({ PATH: '/bin', SOCKS: 'x' }), {
    dataDirectory: './data',
    host: '127.0.0.1',
    port: 8080,
    admin: undefined,
    producer: SOC_DEFENDERS,
    trustProxy: [],
    apiKeyInQuery: false,
    logLevel: 'info',
    feeds: 'on',
    contact: '',
    fetchNetworks: [],
    warninglists: 'misp',
    documentation: 'pass',
    keepVersions: 365 * 86_400_000,
    publicUrl: '',
    taxii: { collections: COLLECTIONS, repeatCommon: true },
  });
});

test('an empty setting counts as not set', () => {
  const empty = Object.fromEntries(SETTINGS.map(({ name }) => [name, '']));
  assert.deepEqual(loadConfig(empty), loadConfig({}));
});

test('each setting is taken from the environment', () => {
  const uuid = '11111111-2222-4333-8444-555555555555';
  const config = loadConfig({
    SOC_DATA_DIR: '/srv/soc',
    SOC_HOST: '::1',
    SOC_PORT: '0',
    SOC_ADMIN_PORT: '9090',
    SOC_ADMIN_HOST: '192.0.2.7',
    SOC_PRODUCER_NAME: 'Example CERT',
    SOC_PRODUCER_ID: uuid,
    SOC_TRUST_PROXY: ' 192.0.2.1, 198.51.100.0/24 ,,2001:db8::/32',
    SOC_API_KEY_IN_QUERY: 'true',
    SOC_LOG_LEVEL: 'silent',
    SOC_FEEDS: 'own',
    SOC_CONTACT: 'soc@example.org',
    SOC_FETCH_ALLOW_NETWORKS: '192.0.2.0/24',
    SOC_WARNINGLISTS: '/srv/lists',
    SOC_DOCUMENTATION_VALUES: 'hold',
    SOC_PUBLIC_URL: 'https://iocs.example.com/soc/',
    SOC_KEEP_VERSIONS: '30',
    SOC_TAXII_REPEAT_COMMON: 'false',
  });
  assert.deepEqual(config, {
    dataDirectory: '/srv/soc',
    host: '::1',
    port: 0,
    admin: { host: '192.0.2.7', port: 9090 },
    producer: { name: 'Example CERT', uuid },
    trustProxy: ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32'],
    apiKeyInQuery: true,
    logLevel: 'silent',
    feeds: 'own',
    contact: 'soc@example.org',
    fetchNetworks: ['192.0.2.0/24'],
    warninglists: { folder: '/srv/lists' },
    documentation: 'hold',
    keepVersions: 30 * 86_400_000,
    publicUrl: 'https://iocs.example.com/soc',
    taxii: { collections: COLLECTIONS, repeatCommon: false },
  });
});

test('overrides go before the environment', () => {
  const { port, host } = loadConfig({ SOC_PORT: '1', SOC_HOST: '::' }, { SOC_PORT: '2' });
  assert.deepEqual([port, host], [2, '::']);
  assert.throws(() => loadConfig({ SOC_PORT: '1' }, { SOC_PORT: '' }), ConfigError);
});

test('another name gives another identity, always the same', () => {
  const named = (SOC_PRODUCER_NAME: string) => loadConfig({ SOC_PRODUCER_NAME }).producer.uuid;
  assert.equal(named('Example CERT'), named('Example CERT'));
  assert.notEqual(named('Example CERT'), named('Example CSIRT'));
  assert.equal(named('SOC Defenders'), SOC_DEFENDERS.uuid);
});

for (const [name, values] of [
  ['SOC_PORT', ['-1', '65536', '100000', '8080 ', '0x50', '1e3', 'http', '80.5']],
  ['SOC_PRODUCER_ID', ['x', '11111111-2222-4333-8444-55555555555', '5A3D1F0E-7C64-4B52-9D0A-2F6B8E41C7D3']],
  ['SOC_KEEP_VERSIONS', ['0', '-1', '36501', '1.5', '30d', 'forever']],
  ['SOC_API_KEY_IN_QUERY', ['yes', '1', 'TRUE', ' true']],
  ['SOC_LOG_LEVEL', ['trace', 'INFO', 'warning', '__proto__']],
  ['SOC_PRODUCER_NAME', ['two\nlines', 'clear\u001b[2J', 'reversed\u202e', 'n'.repeat(257)]],
  ['SOC_CONTACT', ['SOC <soc@example.org>', 'soc@example.org\r\nX: y', '(soc)', 'ж', 'c'.repeat(201)]],
  [
    'SOC_TRUST_PROXY',
    [
      'nonsense',
      'true',
      '192.0.2',
      '192.0.2.0/33',
      '0.0.0.0/0',
      '192.0.2.1/',
      'fe80::1%eth0',
      '192.0.2.1;192.0.2.2',
      '::1, proxy.example.com',
    ],
  ],
] as const) {
  test(`${name} refuses what it cannot be, naming itself and the value`, () => {
    for (const value of values) {
      assert.throws(
        () => loadConfig({ [name]: value }),
        (error: Error) => {
          assert.ok(error instanceof ConfigError, value);
          assert.ok(error.message.startsWith(`${name}: "`) && error.message.endsWith('.'), error.message);
          return true;
        },
      );
    }
  });
}

test('every log level there is is taken', () => {
  for (const level of LOG_LEVELS) assert.equal(loadConfig({ SOC_LOG_LEVEL: level }).logLevel, level);
});

test('a variable that begins with SOC_ and is no setting is refused, with those that there are', () => {
  assert.throws(() => loadConfig({ SOC_PROT: '80', SOC_X: '' }), {
    name: 'ConfigError',
    message: `SOC_PROT, SOC_X: no such setting. There are ${SETTINGS.map(({ name }) => name).join(', ')}.`,
  });
});

test('what was loaded cannot be changed', () => {
  const config = loadConfig({ SOC_TRUST_PROXY: '192.0.2.1' });
  assert.ok(Object.isFrozen(config));
  assert.throws(() => Object.assign(config, { port: 1 }), TypeError);
  assert.throws(() => (config.trustProxy as string[]).push('192.0.2.2'), TypeError);
});

test('the credential of a feed is taken from its setting, or from the file that another names', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-config-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'key');
  writeFileSync(path, ' from-file\n');
  assert.equal(credentialOf({}, 'SOC_FEED_KEY_X'), undefined);
  assert.equal(credentialOf({ SOC_FEED_KEY_X: 'direct' }, 'SOC_FEED_KEY_X'), 'direct');
  assert.equal(credentialOf({ SOC_FEED_KEY_X_FILE: path }, 'SOC_FEED_KEY_X'), 'from-file');
  assert.equal(
    credentialOf({ SOC_FEED_KEY_X: 'direct', SOC_FEED_KEY_X_FILE: path }, 'SOC_FEED_KEY_X'),
    'direct',
  );
  assert.throws(
    () => credentialOf({ SOC_FEED_KEY_X_FILE: join(directory, 'none') }, 'SOC_FEED_KEY_X'),
    (error: Error) => error instanceof ConfigError && /SOC_FEED_KEY_X_FILE: .*ENOENT/.test(error.message),
  );
});

test('settings for the keys of one’s own feeds are no misspelling', () => {
  assert.doesNotThrow(() => loadConfig({ SOC_FEED_KEY_MY_ISAC: 'x', SOC_FEED_KEY_MY_ISAC_FILE: '/x' }));
});

test('what holds a secret is known', () => {
  const secret = SETTINGS.map(({ name }) => name).filter(isSecret);
  assert.deepEqual(secret, ['SOC_ABUSECH_AUTH_KEY', 'SOC_PHISHTANK_APP_KEY']);
  assert.equal(isSecret('SOC_FEED_KEY_MY_ISAC'), true);
});

test('every key that a feed of the catalogue may want has its setting, and one for a file', () => {
  const names = new Set<string>(SETTINGS.map(({ name }) => name));
  for (const setting of KEY_SETTINGS) assert.ok(names.has(setting) && names.has(`${setting}_FILE`), setting);
});
