import assert from 'node:assert/strict';
import test from 'node:test';

import { decodeDocument } from '../../../src/parse/prose/decode-document.ts';
import { purposeOf } from '../../../src/parse/prose/sections.ts';
import { found } from './found.ts';

const page = (body: string): string =>
  `<!DOCTYPE html><html><head><title>x</title></head><body>${body}</body></html>`;

test('scripts, styles, attributes, comments and hidden elements are no text', () => {
  const html =
    page(`<style>a{b:http://192.0.2.8/}</style><!-- 192.0.2.7 --><script>var x = "192.0.2.6 </p>";</script>
<p class="192.0.2.5" title='a > 192.0.2.11'>evil<b>.</b>example&#46;com&nbsp;<a href="http://192.0.2.4/">192.0.2.1</a></p>
<div hidden>192.0.2.12</div><span style="display: none">192.0.2.13</span><noscript>192.0.2.14</noscript>
<template>192.0.2.15</template><textarea>192.0.2.16</textarea><svg><text>192.0.2.17</text></svg>
<td>192.0.2.2</td><td>192.0.2.3 a &lt; b &amp;amp; http://192.0.2.1/?a=1&amp;b=2</td> 1 < 2 <unclosed 192.0.2.10`);
  assert.deepEqual(found(html), [
    'domain evil.example.com',
    'ipv4 192.0.2.1',
    'ipv4 192.0.2.2',
    'ipv4 192.0.2.3',
    'url http://192.0.2.1/?a=1&b=2',
  ]);
});

test('what belongs to the page and not to the report is no IOC, unless it is defanged or listed as one', () => {
  for (const chrome of [
    'nav',
    'footer',
    'aside',
    'form',
    'div class="cookie-banner"',
    'div id="sidebar"',
    'div role="navigation"',
    'ul class="social-links"',
    'section class="related-posts"',
    'div class="author-bio"',
  ]) {
    const name = chrome.split(' ')[0]!;
    const html = page(
      `<p>The C2 is 192.0.2.1, and that is what this page is about.</p><${chrome}><p>CVE-2021-44228 www.example.org 192.0.2.9</p></${name}><p>The other is 192.0.2.2.</p>`,
    );
    assert.deepEqual(found(html), ['ipv4 192.0.2.1', 'ipv4 192.0.2.2'], chrome);
  }
  assert.deepEqual(
    found(page('<p>text</p><aside><h3>IOCs</h3><p>192.0.2.1</p><p>c2.example.com</p></aside>')),
    ['ipv4 192.0.2.1', 'domain c2.example.com'],
  );
});

test('classes that lay out the whole page hide nothing', () => {
  for (const name of ['has-sidebar', 'page-wrapper with-related', 'sidebar-layout', 'content-comments'])
    assert.deepEqual(found(page(`<div class="${name}"><p>at 192.0.2.1</p></div>`)), ['ipv4 192.0.2.1'], name);
  assert.deepEqual(found(page('<div class="share"><article><p>at 192.0.2.1</p></article></div>')), [
    'ipv4 192.0.2.1',
  ]);
  assert.deepEqual(found(page('<div class="post-widget"><p>all there is: 192.0.2.1</p></div>')), [
    'ipv4 192.0.2.1',
  ]);
});

test('teasers beside an article are no part of it', () => {
  const html = page(
    `<article><p>${'word '.repeat(100)}192.0.2.1</p></article><article><h3>CVE-2021-44228</h3><p>192.0.2.9</p></article>`,
  );
  assert.deepEqual(found(html), ['ipv4 192.0.2.1']);
});

test('elements that nobody closes, and end tags of what was never open, lose nothing', () => {
  assert.deepEqual(found(page('<nav><div>menu</nav></p></div></section><p>at 192.0.2.1<p>at 192.0.2.2')), [
    'ipv4 192.0.2.1',
    'ipv4 192.0.2.2',
  ]);
});

test('cells and lines stand apart, parts of a word do not', () => {
  assert.deepEqual(
    found(
      page(
        '<table><tr><th>Domain</th><th>IP</th></tr><tr><td>a.example.pl</td><td>192.0.2.1<br>192.0.2.2</td></tr></table>',
      ),
    ),
    ['domain a.example.pl', 'ipv4 192.0.2.1', 'ipv4 192.0.2.2'],
  );
  assert.deepEqual(
    found(
      page('<p>hxxps://<a href="http://x.example.com">c2<span>[.]</span>exam<wbr>ple&shy;[.]com</a>/a</p>'),
    ),
    ['url https://c2.example.com/a'],
  );
});

test('headings tell what stands below them', () => {
  const purposes: Readonly<Record<string, ReturnType<typeof purposeOf>>> = {
    'Indicators of Compromise (IOCs)': 'indicators',
    '## TA551 IOCs': 'indicators',
    'Hashes (SHA-256):': 'indicators',
    'Appendix B: Network Indicators': 'indicators',
    '**C2 servers**': 'names',
    'Malicious domains:': 'names',
    'File names': 'files',
    'Registry keys:': 'files',
    References: 'references',
    'Further reading': 'references',
    'Related posts': 'elsewhere',
    'About the author': 'elsewhere',
    'You may also like': 'elsewhere',
    'About Emotet': undefined,
    'How the loader works': undefined,
    'Infection chain': undefined,
  };
  for (const [heading, purpose] of Object.entries(purposes))
    assert.equal(purposeOf(heading), purpose, heading);
});

test('the encoding is the one that fits, then the one that server or page claim', () => {
  const russian = Buffer.from([0xef, 0xf0, 0xe8]);
  const meta = (label: string): Buffer =>
    Buffer.concat([Buffer.from(`<html><meta charset="${label}"><p>`), russian]);
  assert.match(decodeDocument(meta('windows-1251')), /\u043f\u0440\u0438$/);
  assert.match(decodeDocument(meta('utf-8')), /\u00ef\u00f0\u00e8$/);
  assert.match(decodeDocument(meta('no-such-charset')), /\u00ef\u00f0\u00e8$/);
  assert.match(
    decodeDocument(meta('windows-1252'), 'text/html; charset=windows-1251'),
    /\u043f\u0440\u0438$/,
  );
  assert.equal(decodeDocument(Buffer.from('caf\u00e9'), 'text/html; charset=iso-8859-1'), 'caf\u00e9');
});
