import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codes, fixture, reading, values } from './reading.ts';

test('URLhaus CSV keeps id, times, threat type, tags, link and reporter', async () => {
  const read = await reading(fixture('urlhaus.csv'));
  assert.equal(read.format, 'urlhaus-csv');
  assert.deepEqual(read.iocs[0], {
    value: 'http://192.0.2.10:8080/bin.sh',
    typeHint: 'url',
    place: 'line 10',
    entry: '4000003',
    firstSeen: Date.UTC(2026, 9, 9, 6, 17, 8),
    lastSeen: Date.UTC(2026, 9, 9, 6, 20),
    threatType: 'malware_download',
    tags: ['32-bit', 'elf', 'mips', 'Mozi'],
    reference: 'https://urlhaus.abuse.ch/url/4000003/',
    comment: 'reported by reporter_one',
  });
});

test('URLhaus CSV takes None, an empty time and an anonymous reporter for nothing said', async () => {
  const { iocs } = await reading(fixture('urlhaus.csv'));
  assert.equal(iocs[1]!.value, 'https://files.example.com/get?a=1,2&b=x');
  for (const key of ['tags', 'lastSeen', 'comment']) assert.ok(!(key in iocs[1]!), key);
});

test('a URLhaus row with too few fields is rejected with both counts', async () => {
  const { rejections } = await reading(fixture('urlhaus.csv'));
  assert.equal(rejections.length, 1);
  assert.equal(rejections[0]!.place, 'line 12');
  assert.match(rejections[0]!.reason, /4 fields where the header names 9/);
});

test('URLhaus CSV is read with its header as a plain row, and in the layout without last_online', async () => {
  const plain =
    'id,dateadded,url,url_status,threat,tags,urlhaus_link,reporter\r\n"7","2019-10-09 06:17:08","http://192.0.2.1/x","online","malware_download","exe","https://urlhaus.abuse.ch/url/7/","a"\r\n';
  const read = await reading(plain);
  assert.equal(read.format, 'urlhaus-csv');
  assert.deepEqual(values(read), ['http://192.0.2.1/x']);
});

test('URLhaus JSON says the same as the CSV', async () => {
  const fromJson = await reading(fixture('urlhaus.json'), {}, 7);
  const fromCsv = await reading(fixture('urlhaus.csv'));
  assert.equal(fromJson.format, 'urlhaus-json');
  assert.equal(fromJson.iocs[0]!.place, '4000003[0] (line 3)');
  const bare = ({ place: _place, ...said }: { place: string }): object => said;
  assert.deepEqual(fromJson.iocs.map(bare), fromCsv.iocs.map(bare));
});

test('ThreatFox CSV keeps confidence, family, aliases, reference and what is compromised', async () => {
  const read = await reading(fixture('threatfox.csv'));
  assert.equal(read.format, 'threatfox-csv');
  assert.deepEqual(read.iocs[0], {
    value: '192.0.2.33:443',
    typeHint: 'ip',
    place: 'line 7',
    entry: '1784524',
    firstSeen: Date.UTC(2026, 3, 12, 4, 49, 28),
    lastSeen: Date.UTC(2026, 3, 12, 5),
    confidence: 100,
    threatType: 'botnet_cc',
    family: 'Cobalt Strike',
    tags: ['CobaltStrike', 'cs-watermark-1'],
    reference: 'https://example.org/report',
    comment: 'also known as Agentemis, BEACON; reported by reporter_two',
  });
  assert.deepEqual(read.iocs[1]!.tags, ['compromised']);
});

test('"Unknown malware" is no family, and without a reference the page at ThreatFox is one', async () => {
  const { iocs } = await reading(fixture('threatfox.csv'));
  assert.equal(iocs[1]!.family, undefined);
  assert.equal(iocs[1]!.reference, 'https://threatfox.abuse.ch/ioc/1784523/');
});

test('a ThreatFox hash of a kind that we do not have is rejected', async () => {
  const read = await reading(fixture('threatfox.csv'));
  assert.deepEqual(codes(read), ['unsupported_type']);
  assert.match(read.rejections[0]!.reason, /sha3_384_hash/);
});

test('ThreatFox CSV without is_compromised is read', async () => {
  const text = fixture('threatfox.csv')
    .toString()
    .replace('"is_compromised",', '')
    .replaceAll(/"(?:True|False)", /g, '');
  assert.equal((await reading(text)).iocs.length, 3);
});

test('ThreatFox JSON says the same as the CSV, and an answer of the API too', async () => {
  const [csv, json] = [await reading(fixture('threatfox.csv')), await reading(fixture('threatfox.json'))];
  const bare = ({ place: _place, ...said }: { place: string }): object => said;
  assert.deepEqual(json.iocs.map(bare), csv.iocs.slice(0, 2).map(bare));
  const answer = {
    query_status: 'ok',
    data: [
      {
        id: '5',
        ioc: 'a.example.com',
        ioc_type: 'domain',
        malware_printable: 'Vidar',
        first_seen: '2026-04-12 04:49:28 UTC',
        tags: ['x'],
      },
    ],
  };
  const read = await reading(JSON.stringify(answer));
  assert.equal(read.format, 'threatfox-json');
  assert.equal(read.iocs[0]!.entry, '5');
  assert.equal(read.iocs[0]!.firstSeen, Date.UTC(2026, 3, 12, 4, 49, 28));
});

test('Feodo Tracker CSV gives family, port and last day online', async () => {
  const read = await reading(fixture('feodo.csv'));
  assert.equal(read.format, 'feodo-csv');
  assert.deepEqual(read.iocs[0], {
    value: '192.0.2.135',
    typeHint: 'ip',
    place: 'line 7',
    firstSeen: Date.UTC(2025, 4, 23, 17, 51, 44),
    lastSeen: Date.UTC(2026, 2, 1),
    threatType: 'botnet_cc',
    family: 'Pikabot',
    comment: 'port 1194',
  });
});

test('a last day online that is the day of the first sighting does not lie before it', async () => {
  const { iocs } = await reading(fixture('feodo.csv'));
  assert.equal(iocs[1]!.lastSeen, iocs[1]!.firstSeen);
});

test('Feodo Tracker JSON keeps network and host, and needs no first sighting', async () => {
  const read = await reading(fixture('feodo.json'));
  assert.equal(read.format, 'feodo-json');
  assert.equal(read.iocs[0]!.comment, 'port 1194; host host.example.net; AS64496 EXAMPLE-AS; country US');
  assert.equal(read.iocs[1]!.firstSeen, undefined);
  assert.equal(read.iocs[1]!.lastSeen, Date.UTC(2026, 2, 26));
});

test('a MalwareBazaar sample gives all its hashes with one context', async () => {
  const read = await reading(fixture('malwarebazaar.csv'));
  assert.equal(read.format, 'malwarebazaar-csv');
  assert.deepEqual(
    read.iocs.slice(0, 3).map(({ typeHint }) => typeHint),
    ['sha256', 'sha1', 'md5'],
  );
  const contexts = read.iocs.slice(0, 3).map(({ value: _value, typeHint: _hint, ...said }) => said);
  assert.deepEqual(contexts[0], contexts[2]);
  assert.equal(contexts[0]!.family, 'RiseProStealer');
  assert.equal(contexts[0]!.comment, 'file name invoice, May.exe; file type exe; reported by reporter_three');
  assert.equal(read.iocs[3]!.family, undefined);
  assert.match(read.iocs[3]!.comment!, /say "hi"\.js/);
});

test('MalwareBazaar records one a line, and in an answer of the API, are read', async () => {
  const lines = await reading(fixture('malwarebazaar.ndjson'));
  assert.equal(lines.format, 'malwarebazaar-json');
  assert.equal(lines.iocs.length, 4);
  assert.equal(lines.iocs[3]!.lastSeen, Date.UTC(2026, 3, 7, 20, 34, 59));
  const records = fixture('malwarebazaar.ndjson').toString().trim().split('\n').join(',');
  const answer = await reading(`{"query_status":"ok","data":[${records}]}`);
  assert.equal(answer.format, 'malwarebazaar-json');
  assert.deepEqual(values(answer), values(lines));
});

test('a broken line of MalwareBazaar NDJSON costs itself only', async () => {
  const lines = fixture('malwarebazaar.ndjson').toString().trim().split('\n');
  const read = await reading(`${lines[0]}\n{"sha256_hash":"00,\n${lines[1]}\n`);
  assert.deepEqual(codes(read), ['malformed_record']);
  assert.equal(read.iocs.length, 4);
});

test('SSLBL addresses come with family and port, in the old layout and the new', async () => {
  const old = await reading(fixture('sslbl-addresses.csv'));
  assert.equal(old.format, 'sslbl-csv');
  assert.deepEqual(old.iocs[0], {
    value: '192.0.2.100',
    typeHint: 'ip',
    place: 'line 7',
    threatType: 'botnet_cc',
    family: 'Dridex',
    comment: 'port 443; Dridex C&C',
  });
  assert.equal(old.iocs[1]!.family, undefined);
  const current = await reading(fixture('sslbl-addresses-new.csv'));
  assert.equal(current.iocs[0]!.firstSeen, Date.UTC(2024, 6, 24, 13, 38, 13));
});

test('an SSLBL certificate says that its SHA-1 is a certificate’s', async () => {
  const { iocs } = await reading(fixture('sslbl-certificates.csv'));
  assert.equal(iocs[0]!.typeHint, 'sha1');
  assert.deepEqual(iocs[0]!.tags, ['ssl-certificate']);
  assert.match(iocs[0]!.comment!, /TLS certificate, not of a file; Gozi C&C/);
});

test('a JA3 fingerprint is not taken for the MD5 of a file', async () => {
  const read = await reading(fixture('sslbl-ja3.csv'));
  assert.deepEqual(read.iocs, []);
  assert.deepEqual(codes(read), ['unsupported_type']);
  assert.match(read.rejections[0]!.reason, /JA3/);
});

test('a feed without its header line is refused with the names that it should have', async () => {
  const { failure } = await reading('"1","http://192.0.2.1/"\n', { format: 'urlhaus-csv' });
  assert.equal(failure?.place, 'line 1');
  assert.match(failure.message, /dateadded,url,url_status,threat/);
  const banner = await reading('# only a banner\n', { format: 'feodo-csv' });
  assert.match(banner.failure!.message, /no header line/);
});
