import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { urlParts } from '../../src/gate/url-parts.ts';

const host = fc.stringMatching(/^[a-z0-9]{1,8}(?:\.[a-z0-9]{1,8}){1,3}$/);
const segment = fc.stringMatching(/^x[a-z0-9_-]{4,12}$/);

test('the host of a URL is what stands between the slashes, without user, password and port', () => {
  const user = fc.constantFrom('', 'who@', 'who:secret@', 'a@b@', ':@');
  const port = fc.option(fc.nat(65_535), { nil: undefined });
  const rest = fc.constantFrom('', '/', '/a/b', '?q=1', '#top', '\\a', '/@x:1', '?x=@y:2', '#@z');
  fc.assert(
    fc.property(
      fc.constantFrom('http', 'https', 'ftp'),
      user,
      host,
      port,
      rest,
      (scheme, who, name, number, end) => {
        const url = `${scheme}://${who}${name}${number === undefined ? '' : `:${number}`}${end}`;
        const parts = urlParts(url);
        assert.equal(parts?.host, name, url);
        assert.equal(parts?.hasPort, number !== undefined, url);
      },
    ),
  );
});

test('one segment that is not general makes a path specific, wherever it stands', () => {
  const general = fc.constantFrom(
    '',
    '.',
    '..',
    'index.html',
    'en',
    'en-US',
    'login',
    'sign-in',
    'news',
    '%2e%2e',
    '%20',
    ';',
  );
  fc.assert(
    fc.property(
      fc.array(general, { maxLength: 4 }),
      fc.array(general, { maxLength: 4 }),
      segment,
      (before, after, one) => {
        const url = (...segments: readonly string[]) => `https://name.top/${segments.join('/')}`;
        assert.equal(urlParts(url(...before, ...after))?.isSpecific, false);
        assert.equal(urlParts(url(...before, one, ...after))?.isSpecific, true);
        assert.equal(urlParts(`${url(...before)}?${one}/${one}`)?.isSpecific, false, 'a query is no path');
        assert.equal(urlParts(`${url(...before)}#/${one}`)?.isSpecific, false, 'nor is a fragment');
      },
    ),
  );
});

test('pages that every site has are general, with any ending; what only begins alike is not', () => {
  for (const page of [
    'index',
    'index.php',
    'home',
    'default.aspx',
    'main.html',
    'de',
    'pt-br',
    'zh_hans',
    'about-us',
    'contact',
    'robots.txt',
    'favicon.ico',
    'sharer.php',
    'LOGIN',
    'sign-up',
    'signup',
  ])
    assert.equal(urlParts(`https://name.top/${page}`)?.isSpecific, false, page);
  for (const page of [
    'index.html5x',
    'homes',
    'deu',
    'login.php',
    'robots',
    'loginn',
    'en-US-x',
    'index%2ehtml2',
    'a%00',
    '%61',
  ])
    assert.equal(urlParts(`https://name.top/${page}`)?.isSpecific, true, page);
});

test('an IPv6 host stands without its brackets, with a port or not', () => {
  for (const [url, name, hasPort] of [
    ['http://[2001:db8::1]', '2001:db8::1', false],
    ['http://[2001:db8::1]/', '2001:db8::1', false],
    ['http://[2001:db8::1]:8080/x', '2001:db8::1', true],
    ['http://who@[2001:db8::1]:8080?x', '2001:db8::1', true],
  ] as const)
    assert.deepEqual([urlParts(url)?.host, urlParts(url)?.hasPort], [name, hasPort], url);
});

test('without a scheme or a host there are no parts', () => {
  for (const url of [
    '',
    '://',
    'name.top/x',
    'http:name.top',
    'http:///x',
    'mailto:x@name.top',
    'http://?x',
    'http://#',
    'http://who@/x',
    'http://:80/',
  ])
    assert.equal(urlParts(url), undefined, url);
});

test('whatever stands there is split without an exception, and in linear time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const parts = urlParts(`http://${text}`);
      if (parts !== undefined) assert.notEqual(parts.host, '');
    }),
  );
  const start = performance.now();
  for (const hostile of [
    '/'.repeat(130_000),
    '%2e'.repeat(43_000),
    '@'.repeat(130_000),
    '@1'.repeat(65_000),
    '['.repeat(130_000),
  ])
    urlParts(`http://x${hostile}`);
  assert.ok(performance.now() - start < 1_000);
});
