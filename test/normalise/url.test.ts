import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { isPlainUrl, normaliseUrl } from '../../src/normalise/url.ts';
import { assertNormal, assertRefused } from './expect.ts';

test('scheme and host become lower case, default ports go, a missing path becomes /', () => {
  assertNormal('url', {
    'HTTP://Example.COM': 'http://example.com/',
    'https://example.com:443/a': 'https://example.com/a',
    'http://example.com:443/a': 'http://example.com:443/a',
    'http://example.com:0080/': 'http://example.com/',
    'http://example.com:0/': 'http://example.com:0/',
    'http://example.com?q': 'http://example.com/?q',
    'http://example.com./': 'http://example.com/',
    'http:\\\\example.com\\a\\b': 'http://example.com/a\\b',
    'ftp://Example.com:21/x': 'ftp://example.com/x',
    'tcp://example.com:80': 'tcp://example.com:80',
  });
});

test('path, query and fragment stay byte for byte', () => {
  const path = "/A/../b//c;d/%7euser/[x]?q[]='1'&r={}|^`#Frag\"<>\\";
  assertNormal('url', { [`HTTPS://EXAMPLE.com${path}`]: `https://example.com${path}` });
});

test('what cannot stand in a URL is percent-encoded as UTF-8', () => {
  assertNormal('url', {
    'http://example.com/a b/é?ü=€#😀': 'http://example.com/a%20b/%C3%A9?%C3%BC=%E2%82%AC#%F0%9F%98%80',
  });
});

test('hosts take the form of the URL standard', () => {
  assertNormal('url', {
    'http://bücher.example.com/': 'http://xn--bcher-kva.example.com/',
    'http://ex%61mple.com/': 'http://example.com/',
    'http://0xc0.0.2.1/': 'http://192.0.2.1/',
    'http://3221225985/x': 'http://192.0.2.1/x',
    'http://[2001:DB8:0::1]:8080/': 'http://[2001:db8::1]:8080/',
    'http://[::ffff:192.0.2.1]/': 'http://[::ffff:c000:201]/',
  });
});

test('credentials are kept, empty ones dropped', () => {
  assertNormal('url', {
    'ftp://User:Secret@example.com/': 'ftp://User:Secret@example.com/',
    'http://user:@example.com/': 'http://user@example.com/',
    'http://@example.com/': 'http://example.com/',
    'http://a@b@example.com/': 'http://a%40b@example.com/',
  });
});

test('the port of a WebDAV server stays behind its host', () => {
  assertNormal('url', {
    'file://Example.com@ssl/DavWWWRoot/x.lnk': 'file://example.com@SSL/DavWWWRoot/x.lnk',
    'file://192.0.2.1@SSL@8443/x': 'file://192.0.2.1@SSL@8443/x',
    'https://192.0.2.1@80/x': 'https://192.0.2.1@80/x',
  });
});

test('a URL needs a host that is an address or a domain under a known suffix', () => {
  assertRefused('bad_url', [
    'http://localhost/',
    'http://host.example/',
    'http://',
    'http:///x',
    'http://co.uk/',
    'http://:80/',
  ]);
  assertRefused('bad_url', [
    'http://example.com:99999/',
    'http://a b.example.com/',
    'http://[2001:db8::1/',
    'file:///etc/passwd',
  ]);
  assertRefused('bad_url', ['javascript://x', 'http://example.com:8x/', 'file://u@example.com/x']);
});

test('a URL longer than 65,536 characters is refused, before and after encoding', () => {
  assertRefused('too_long', [
    `http://example.com/${'a'.repeat(65_536)}`,
    `http://example.com/${'é'.repeat(30_000)}`,
  ]);
});

test('a bare host or host and path with a url hint is taken as http', () => {
  assertNormal(
    'url',
    {
      'example.com/path': 'http://example.com/path',
      'example.com': 'http://example.com/',
      '192.0.2.1:8080': 'http://192.0.2.1:8080/',
      'example.com/?u=http://example.org/': 'http://example.com/?u=http://example.org/',
    },
    'url',
  );
});

const urlText = fc
  .tuple(
    fc.constantFrom('http://', 'HTTPS://', 'ftp://', 'http:\\\\', 'irc://'),
    fc.constantFrom('', 'u@', 'u:p@', '@', ':@'),
    fc.constantFrom(
      'example.com',
      'EXAMPLE.org.',
      '192.0.2.1',
      '[2001:db8::1]',
      'bücher.example.com',
      '0x7f.1',
      'nope',
    ),
    fc.constantFrom('', ':', ':80', ':443', ':8080', ':65536'),
    fc.oneof(
      fc.constant(''),
      fc.string({ unit: 'grapheme' }).map((s) => `/${s}`),
      fc.string({ unit: 'grapheme-ascii' }).map((s) => `?${s}`),
    ),
  )
  .map((parts) => parts.join(''));

test('a URL in normal form is its own normal form and has the same host for the URL standard', () => {
  fc.assert(
    fc.property(urlText, (text) => {
      const normal = normaliseIoc(text);
      if (!normal.ok) return;
      assert.deepEqual(normaliseIoc(normal.value), normal);
      assert.deepEqual(normaliseUrl(normal.value), normal);
      const hostname = URL.parse(text.trim())?.hostname.replace(/\.$/, '');
      if (text.startsWith('http')) assert.equal(new URL(normal.value).hostname, hostname);
    }),
    { numRuns: 500 },
  );
});

const plainText = fc
  .tuple(
    fc.constantFrom('http://', 'https://'),
    fc.constantFrom(
      'example.com',
      'a_b.example.co.uk',
      '192.0.2.1',
      '1.2',
      'com',
      'host.example',
      'polkadot.example.org',
    ),
    fc.constantFrom('', ':8080', ':80', ':443', ':65535', ':65536', ':0'),
    fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
        fc.constantFrom('[.]', 'hxxp://', '(dot)', '@', '"'),
      ),
    }),
  )
  .map(([scheme, host, port, path]) => `${scheme}${host}${port}/${path}`);

test('a plain URL is exactly what the long way makes of it', () => {
  fc.assert(
    fc.property(plainText, (text) => {
      if (!isPlainUrl(text)) return;
      const expected = { ok: true, type: 'url', value: text };
      assert.deepEqual(normaliseUrl(text.replace('http', 'HTTP')), expected);
      assert.deepEqual(normaliseIoc(` ${text.replace('http', 'HTTP')} `), expected);
    }),
    { numRuns: 1_000 },
  );
  for (const text of ['http://example.com/?q[]=1', 'https://192.0.2.1:8080/']) assert.ok(isPlainUrl(text));
  for (const text of [
    'http://example.com:80/',
    'https://example.com:443/',
    'http://host.example/',
    'http://example.com',
    'http://Example.com/',
    'http://example.com/é',
  ])
    assert.equal(isPlainUrl(text), false);
});
