import assert from 'node:assert/strict';
import test from 'node:test';

import { urlParts } from '../../src/gate/url-parts.ts';
import { assertHeld, assertPasses, plainGate } from './checking.ts';

test('a URL to a popular site as such is held, however it is dressed up', () => {
  for (const end of [
    '',
    '/',
    '/?q=1',
    '/#top',
    '//',
    '/./',
    '/../',
    '/%2e%2e/',
    '/%20',
    '/index.html',
    '/en-US/',
    '/en/login',
    '/;',
    '/robots.txt',
    '\\',
  ])
    assertHeld(plainGate(), 'popular_site', [`https://www.netflix.com${end}`]);
  assertHeld(plainGate(), 'popular_site', [
    'http://user:pass@www.netflix.com:8080/',
    'https://WWW.NETFLIX.COM./',
  ]);
});

test('a URL to one page or file on a popular or shared host passes', () => {
  assertPasses(plainGate(), [
    'https://cdn.discordapp.com/attachments/1/2/setup.exe',
    'https://drive.google.com/uc?id=1AbC&export=download',
    'https://github.com/someone/something/releases/download/v1/x.exe',
    'https://raw.githubusercontent.com/a/b/main/c.ps1',
    'https://www.dropbox.com/s/abc/x.zip?dl=1',
    'https://bit.ly/3AbCdEf',
    'https://t.me/somechannel7',
    'https://docs.google.com/forms/d/e/1FAI/viewform',
  ]);
});

test('every URL on a special-use host or address is held', () => {
  assertHeld(plainGate(), 'special_use', [
    'http://127.0.0.1/x.exe',
    'http://[::1]/x',
    'http://192.168.1.1/x/y',
    'http://[::ffff:10.0.0.1]/x',
  ]);
  for (const host of ['localhost', 'printer.local', 'abcdefghij234567.onion'])
    assert.equal(plainGate().check({ type: 'url', value: `http://${host}/x.exe` })?.rule, 'special_use');
});

test('every URL on a security vendor’s blog or an analysis service is held, but not on hosts that others use too', () => {
  assertHeld(plainGate(), 'warninglist', [
    'https://www.virustotal.com/gui/file/abc',
    'https://app.any.run/tasks/abc',
    'https://krebsonsecurity.com/2020/01/x/',
    'http://api.ipify.org/?format=json',
  ]);
  assertPasses(plainGate(), ['https://medium.com/@evil/x-7', 'https://virustotal.com.evil-example.ru/x']);
});

test('a URL is split into host, port and whether it is specific', () => {
  const parts: Record<string, [host: string, hasPort: boolean, isSpecific: boolean]> = {
    'http://45.9.1.2:8080/x': ['45.9.1.2', true, true],
    'http://[2a00::1]:81/': ['2a00::1', true, false],
    'https://u:p@name.top/a?b': ['name.top', false, true],
    'http://name.top@SSL@443/DavWWWRoot/': ['name.top', true, true],
    'http://name.top@80/x': ['name.top', true, true],
    'https://name.top?x=/y': ['name.top', false, false],
    'ftp://name.top': ['name.top', false, false],
    'https://name.top/en/': ['name.top', false, false],
    'https://name.top/ab': ['name.top', false, true],
  };
  for (const [url, [host, hasPort, isSpecific]] of Object.entries(parts))
    assert.deepEqual(urlParts(url), { host, hasPort, isSpecific }, url);
  assert.equal(urlParts('no url'), undefined);
  assert.equal(urlParts('file:///etc/passwd'), undefined);
});
