import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import type { RawIoc } from '../../src/model/sighting.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { InputError } from '../../src/parse/format.ts';
import { prose } from '../../src/parse/prose.ts';
import { sharedData } from '../shared-data.ts';
import { cpuTime } from '../cpu-time.ts';

async function readAll(content: string | Uint8Array): Promise<RawIoc[]> {
  const found: RawIoc[] = [];
  for await (const batch of prose.read(once(content), { now: 0 }))
    for (const item of batch) if (item.kind === 'ioc') found.push(item.ioc);
  return found;
}

async function* once(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof content === 'string' ? Buffer.from(content) : content;
}

/** The IOCs of a text as `type value`, in normal form. */
async function iocsOf(content: string | Uint8Array): Promise<string[]> {
  return (await readAll(content)).map(({ value, typeHint }) => {
    const normal = normaliseIoc(value, typeHint);
    assert.ok(normal.ok, value);
    return `${normal.type} ${normal.value}`;
  });
}

async function assertIocs(expected: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [content, iocs] of Object.entries(expected))
    assert.deepEqual(await iocsOf(content), iocs, content);
}

const MD5 = 'ab'.repeat(16);
const SHA256 = 'cd'.repeat(32);

test('every type is found in running text', async () => {
  const text = `The actor (TA0001, T1059.001) used CVE-2024-1234 and cve\u20112024\u20115678, mailed user@example.com,
    dropped ${MD5}, SHA256:${SHA256}; contacted 192.0.2.1:8080, 2001:db8::1 and
    https://example.com/a?b=c. See www.example.org/x and c2.example.net!`;
  assert.deepEqual(await iocsOf(text), [
    'mitre-attack TA0001',
    'mitre-attack T1059.001',
    'cve CVE-2024-1234',
    'cve CVE-2024-5678',
    'email user@example.com',
    `md5 ${MD5}`,
    `sha256 ${SHA256}`,
    'ipv4 192.0.2.1',
    'ipv6 2001:db8::1',
    'url https://example.com/a?b=c',
    'url http://www.example.org/x',
    'domain c2.example.net',
  ]);
});

test('defanged values are found, those with spaces inside too', async () => {
  await assertIocs({
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
  });
});

test('a URL ends where its sentence goes on', async () => {
  await assertIocs({
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
  });
});

test('the host of a URL and the domain of an address are not found again', async () => {
  await assertIocs({
    'http://c2.example.com/a user@mail.example.org': [
      'url http://c2.example.com/a',
      'email user@mail.example.org',
    ],
    'http://c2.example.com/a and c2.example.com itself': [
      'url http://c2.example.com/a',
      'domain c2.example.com',
    ],
  });
});

test('file names, members, namespaces and sentences are no domains', async () => {
  for (const name of [
    'invoice.zip',
    'main.rs',
    'readme.md',
    'script.sh',
    'foo.py',
    'setup.exe',
    'a.tar.gz',
    'System.Net',
    'ASP.NET',
    'Node.js',
  ])
    await assertIocs({ [`It uses ${name} for that.`]: [] });
  await assertIocs({
    'call os.name() and document.location.host here': [],
    '/usr/share/x.info or C:\\Temp\\x.info': [],
    'This is the end.The next sentence. And so on.In the end': [],
    '%s.example.com $host.example.com': [],
    'defanged invoice[.]zip is meant': ['domain invoice.zip'],
  });
});

test('version numbers are no addresses', async () => {
  for (const text of [
    'version 1.2.3.4',
    'v1.2.3.4',
    'Version: 1.2.3.4',
    'AssemblyVersion("1.2.3.4")',
    'firmware 1.2.3.4',
    'Chrome/91.0.4472.124',
  ])
    await assertIocs({ [text]: [] });
  await assertIocs({ 'server 192.0.2.4': ['ipv4 192.0.2.4'], 'version 192[.]0[.]2[.]4': ['ipv4 192.0.2.4'] });
});

test('what only resembles a value is left out', async () => {
  await assertIocs({
    'T9999 and t1059 and TA9999': [],
    'CVE-1990-1234 CVE-2024-12': [],
    'std::abc at 12:30:45 with 00:11:22:33:44:55': [],
    [`${'ab'.repeat(64)} ${'ab'.repeat(5_000)}`]: [],
    't***@example.com': [],
    'and/or 24/7 TCP/IP': [],
    'github.example.com/owner/name': [],
    'exam\u200bple.com': [],
  });
});

test('names stand apart from scripts without spaces', async () => {
  await assertIocs({ '访问example.com下载，或192.0.2.1。': ['domain example.com', 'ipv4 192.0.2.1'] });
});

test('in a text that defangs its values plain links are references', async () => {
  const values = 'a[.]example[.]com b[.]example[.]com c[.]example[.]com';
  await assertIocs({
    [`${values} https://blog.example.org/report http://192.0.2.1/x`]: [
      'domain a.example.com',
      'domain b.example.com',
      'domain c.example.com',
      'url http://192.0.2.1/x',
    ],
  });
});

test('each value comes once, with its place and line', async () => {
  const found = await readAll('first\r\nC2: 192.0.2.1,\u0007 seen\n192[.]0[.]2[.]1 again\nlast 192.0.2.2');
  assert.deepEqual(found, [
    { value: '192.0.2.1', typeHint: 'ipv4', place: 'offset 11 (line 2)', comment: 'C2: 192.0.2.1, seen' },
    { value: '192.0.2.2', typeHint: 'ipv4', place: 'offset 55 (line 4)', comment: 'last 192.0.2.2' },
  ]);
});

test('of a long line the comment has at most 200 characters around the value', async () => {
  const [ioc] = await readAll(`${'word '.repeat(500)}192.0.2.1${' word'.repeat(500)}`);
  assert.ok((ioc?.comment?.length ?? 0) <= 200);
  assert.match(ioc?.comment ?? '', /192\.0\.2\.1/);
});

test('of HTML only the text is read, its entities decoded, its places those of the source', async () => {
  const html = `<!DOCTYPE html><html><head><title>192.0.2.9</title><style>a{b:http://192.0.2.8/}</style></head>
<body><!-- 192.0.2.7 --><script>var x = "192.0.2.6 </p>";</script>
<p class="192.0.2.5">evil<b>.</b>example&#46;com&nbsp;<a href="http://192.0.2.4/">192.0.2.1</a></p><td>192.0.2.2</td><td>192.0.2.3
a &lt; b &amp;amp; http://192.0.2.1/?a=1&amp;b=2</td> 1 < 2 <unclosed 192.0.2.10`;
  assert.deepEqual(await iocsOf(html), [
    'domain evil.example.com',
    'ipv4 192.0.2.1',
    'ipv4 192.0.2.2',
    'ipv4 192.0.2.3',
    'url http://192.0.2.1/?a=1&b=2',
  ]);
  const [, address] = await readAll(html);
  assert.equal(address?.place, `offset ${html.indexOf('192.0.2.1<')} (line 3)`);
});

test('other encodings are read', async () => {
  await assertIocs({ '\ufeff192.0.2.1': ['ipv4 192.0.2.1'] });
  assert.deepEqual(await iocsOf(Buffer.from('\ufeffat example.com', 'utf16le')), ['domain example.com']);
  assert.deepEqual(await iocsOf(Buffer.from('caf\u00e9 192.0.2.1', 'latin1')), ['ipv4 192.0.2.1']);
});

test('a document beyond 16 MiB is read so far and then refused', async () => {
  const found: string[] = [];
  const large = `192.0.2.1\n${'word\n'.repeat(3_400_000)}192.0.2.2\n`;
  await assert.rejects(
    async () => {
      for await (const batch of prose.read(once(large), { now: 0 }))
        for (const item of batch) if (item.kind === 'ioc') found.push(item.ioc.value);
    },
    (error: unknown) => error instanceof InputError && /16 MiB/.test(error.message),
  );
  assert.deepEqual(found, ['192.0.2.1']);
});

test('printable text is recognised, binary data is not', () => {
  assert.ok(prose.recognises('Some text\r\n\twith caf\u00e9'));
  assert.ok(prose.recognises(''));
  assert.equal(prose.recognises('PK\u0003\u0004\0\0'), false);
});

test('any text is read without an exception, and what is found has a normal form', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'http://',
      'hxxp[://]',
      'example',
      '[.]',
      '.',
      'com',
      ' ',
      '@',
      '192.0.2.1',
      '/',
      '<p>',
      '&#46;',
      '(',
      ')',
      '[',
      ']',
      '\n',
      MD5,
      'CVE-2024-1',
      '234 ',
      '\\',
      "'",
      ',',
      ':',
      '%',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      await iocsOf(pieces.join(''));
    }),
    { numRuns: 500 },
  );
});

test('hostile text takes linear time', async () => {
  const seeds = [
    'somelongishstring.',
    'a.',
    '[.]',
    'a[.]',
    'http://',
    '(http://a.com)',
    'a.http://b',
    'x @ ',
    '\\.',
    '<',
    '<a "',
    '&#65;',
    '[',
    '\u00e9',
    'http://a?[a',
    '1.1.1.1 ',
    '::',
    'a/b/',
  ];
  for (const seed of seeds) {
    const start = cpuTime();
    await readAll(seed.repeat(1_000_000 / Buffer.byteLength(seed)));
    assert.ok(cpuTime() - start < 3_000, seed);
  }
});

test('of recorded reports at least 98 % of the IOCs are found, and 95 % of what is found is one', async (t) => {
  const folder = sharedData(t, 'reports');
  if (folder === undefined) return;
  const { talos } = JSON.parse(readFileSync(`${folder}/ground_truth.json`, 'utf8')) as {
    talos: { text: string; indicators: [string, string][] }[];
  };
  let hits = 0;
  let wanted = 0;
  let given = 0;
  for (const report of talos) {
    const found = new Set(await iocsOf(readFileSync(`${folder}/../${report.text}`)));
    const expected = new Set(report.indicators.map(([path, value]) => expectedIoc(path, value)));
    hits += [...expected].filter((ioc) => found.has(ioc)).length;
    wanted += expected.size;
    given += found.size;
  }
  t.diagnostic(`recall ${(hits / wanted).toFixed(4)}, precision ${(hits / given).toFixed(4)} of ${wanted}`);
  assert.ok(hits / wanted >= 0.98);
  assert.ok(hits / given >= 0.95);
});

function expectedIoc(path: string, value: string): string {
  const normal = normaliseIoc(value, path === 'url:value' ? 'url' : undefined);
  return normal.ok ? `${normal.type} ${normal.value}` : `refused ${value}`;
}
