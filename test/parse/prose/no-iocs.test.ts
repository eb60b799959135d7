import assert from 'node:assert/strict';
import test from 'node:test';

import { assertFound, assertNothing, found } from './found.ts';

const MD5 = '900150983cd24fb0d6963f7d28e17f72';

test('file names, members, namespaces, packages and sentences are no domains', () => {
  assertNothing([
    ...['invoice.zip', 'main.rs', 'readme.md', 'script.sh', 'foo.py', 'setup.exe', 'a.tar.gz', 'lib.so'].map(
      (name) => `It uses ${name} for that.`,
    ),
    ...['System.Net', 'System.IO.Compression.Zip', 'ASP.NET', 'Node.js', 'Microsoft.Win32', 'Json.NET'].map(
      (name) => `It is written with ${name} in mind.`,
    ),
    'The app com.example.app and com.android.chrome were installed.',
    'import java.net, os.name, self.id, request.host, app.run and user.info from it',
    'call os.name() and document.location.host here',
    'foo.bar.name = user.email',
    '/usr/share/x.info or C:\\Temp\\x.info or %TEMP%\\run.app or /var/www/example.com/html',
    'This is the end.The next sentence. And so on.In the end',
    '%s.example.com $host.example.com',
    'Follow @example.com and @name.example.org there',
    'lodash.get, d3.js, moment.tz and express.io are modules',
    'npm @example/core, PyPI example-utils==1.0.2.4, github.com/example/tool, registry.example.com/team/image:1.0.0.1',
    'Detected as Win32/Agent.KR, VBS/Pterodo.BY and Trojan.Agent.CC',
  ]);
});

test('files stay files where domains are listed and where their names are defanged by a program', () => {
  assertFound({
    'Domains:\nevil.example.sh\nevil.example.pl\ninvoice.zip': [
      'domain evil.example.sh',
      'domain evil.example.pl',
    ],
    [`${MD5}  locker[.]zip`]: [`md5 ${MD5}`],
    'The attachment named order[.]zip was opened.': [],
    'defanged invoice[.]zip is meant': ['domain invoice.zip'],
    'File names:\nsetup.ai\nrun.app': [],
  });
});

test('version numbers, section numbers, masks and object ids are no addresses', () => {
  assertNothing([
    'version 1.2.3.4',
    'v1.2.3.4',
    'Version: 1.2.3.4',
    'AssemblyVersion("1.2.3.4")',
    'firmware 1.2.3.4',
    'Chrome/91.0.4472.124 and nginx/1.18.0.4',
    'Affected: versions 9.1.7.5, 9.1.8.1 and 9.2.0.3.',
    'Update to 9.1.0.3 or 9.1.0.4 or later',
    'ExampleOS 4.1.2.3 and earlier',
    '1.2.3.4 Persistence',
    'as in section 3.4.5.6',
    'netmask 255.255.255.0',
    'pkg==1.2.3.4 other>=1.2.3.5',
    'OID 1.3.6.1.4.1.311.2.1.12',
    '| Product | Version |\n|---|---|\n| Thing | 1.2.3.4 |',
  ]);
  assertFound({
    'server 192.0.2.4': ['ipv4 192.0.2.4'],
    'version 192[.]0[.]2[.]4': ['ipv4 192.0.2.4'],
    'tcp/192.0.2.4': ['ipv4 192.0.2.4'],
    '192.0.2.4 Frankfurt': ['ipv4 192.0.2.4'],
  });
});

test('digests of something other than a file are no hashes', () => {
  assertNothing([
    `imphash: ${MD5}`,
    `pe.imphash() == "${MD5}"`,
    `JA3 fingerprint: ${MD5}`,
    `AES key: ${MD5}`,
    `mutex ${MD5}`,
    `Serial number: ${MD5}`,
    `commit ${MD5}12345678`,
    `HKLM\\Software\\Example\\${MD5}`,
    `| Imphash | Note |\n|---|---|\n| ${MD5} | x |`,
    `| Type | Value |\n|---|---|\n| Imphash | ${MD5} |`,
    `${'ab'.repeat(64)} ${'ab'.repeat(5_000)}`,
    '12345678901234567890123456789012',
  ]);
  assertFound({
    [`MD5: ${MD5} (imphash: ${MD5.replace('9', 'a')})`]: [`md5 ${MD5}`],
    [`${MD5}.exe and /files/${MD5}`]: [`md5 ${MD5}`],
  });
});

test('what only resembles a value is left out', () => {
  assertNothing([
    'T9999 and t1059 and TA9999',
    'CVE-1990-1234 CVE-2024-12',
    'std::abc at 12:30:45 with 00:11:22:33:44:55',
    'serial 71:a0:b7:36:95:dd:b1:af',
    't***@example.com',
    'and/or 24/7 TCP/IP',
    'exam\u200bple.com',
    'git@github.com:example/tool.git',
    'Message-ID: <abc123@mail.example.org>',
    '@labs@social.example.net',
  ]);
});

test('links, references and what they stand under are no IOCs', () => {
  assertNothing([
    'As [Example Labs](https://labs.example.com/a) wrote.',
    'As [Example Labs][1] wrote.\n\n[1]: https://labs.example.com/a',
    'Read https://labs.example.com/a for more.',
    'https://labs.example.com/a[Example Labs] wrote of it.',
    '# Report\n\n## References\n\n- https://a.example.com/x\n- b.example.com',
    'More in https://blog.example.com/ and https://example.com/2026/03/how-it-was-all-done and https://a.example.com/r.pdf',
    'See https://github.com/example/iocs, www.virustotal.com and https://x.com/example.',
    'Victims visited Example.com, X.org and www.google.com.',
    '<p align="center"><img src="https://a.example.com/x.svg"></p>\n\n# Tool\n\n- [x] [a](https://a.example.com/b) by <a href=\'https://b.example.com\'>b</a>',
    'Contact: press@example.com or cert@example.org',
    'rule x { meta: author = "Jane <jane@example.com>" reference = "https://a.example.com/x" }',
    '| IOC | Reference |\n|---|---|\n| none | https://a.example.com/x |',
  ]);
});

test('in a text that defangs its values plain names and links in sentences are references', () => {
  const values = 'a[.]example[.]com b[.]example[.]com c[.]example[.]com';
  const defanged = ['domain a.example.com', 'domain b.example.com', 'domain c.example.com'];
  assert.deepEqual(
    found(`${values}\n\nIt was seen by example.net, as https://partner.example.org/x has it.`),
    defanged,
  );
  assert.deepEqual(found(`${values}\n\nIt connects to c2.example.net and http://192.0.2.1/x.`), [
    ...defanged,
    'domain c2.example.net',
    'url http://192.0.2.1/x',
  ]);
});

test("the publisher's own hosts are none, whatever the page is called by", () => {
  const text = 'It connects to www.example.com and c2.example.net; mail analyst@labs.example.com.';
  assert.deepEqual(found(text, { url: 'https://labs.example.com/report' }), ['domain c2.example.net']);
  const page = `<html><head><link rel="canonical" href="https://labs.example.com/r"></head><body><p>${text}</p></body></html>`;
  assert.deepEqual(found(page), ['domain c2.example.net']);
});
