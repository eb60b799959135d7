import assert from 'node:assert/strict';
import { test } from 'node:test';

import { toSighting } from '../../src/normalise/sighting.ts';
import { sharedData } from '../shared-data.ts';
import { codes, fixture, reading, readingOf, values } from './reading.ts';
import { createReadStream } from 'node:fs';

test('a DROP list gives networks with their listing', async () => {
  const read = await reading(fixture('spamhaus-drop.txt'), {}, 7);
  assert.equal(read.format, 'spamhaus-drop');
  assert.deepEqual(values(read), [
    '192.0.2.0/24',
    '198.51.100.128/25',
    '2001:db8:bad::/48',
    '203.0.113.0/24',
  ]);
  assert.deepEqual(read.iocs[0], {
    value: '192.0.2.0/24',
    place: 'line 5',
    typeHint: 'ip',
    entry: '192.0.2.0/24',
    threatType: 'criminal_network',
    reference: 'https://check.spamhaus.org/sbl/query/SBL100001',
    comment: 'SBL100001',
  });
  assert.equal(read.iocs[3]!.reference, undefined);
  assert.deepEqual(codes(read), []);
});

test('networks stay networks: IPv4 and IPv6 with their prefix', async () => {
  const { iocs } = await reading(fixture('spamhaus-drop.json'));
  const kept = iocs.map((ioc) => {
    const outcome = toSighting(ioc);
    return outcome.ok ? `${outcome.sighting.type} ${outcome.sighting.value}` : outcome.rejection.code;
  });
  assert.deepEqual(kept, ['ipv4 192.0.2.0/24', 'ipv4 198.51.100.128/25', 'ipv6 2001:db8:bad::/48']);
});

test('a line that is no network is a rejection, in either layout', async () => {
  const text = '; Spamhaus DROP List 2026/10/31\nAS64496 ; SBL1\n192.0.2.0/24 ; SBL2\n';
  const read = await reading(text);
  assert.deepEqual([values(read), codes(read)], [['192.0.2.0/24'], ['malformed_record']]);
  const json = await reading(
    '{"cidr":"192.0.2.0/24","sblid":"SBL2"}\n{"asn":64496}\n[1]\n{"type":"metadata"}\n',
  );
  assert.deepEqual([values(json), codes(json)], [['192.0.2.0/24'], ['malformed_record', 'malformed_record']]);
});

test('a DROP list in JSON with a hole in it is told by its own count', async () => {
  const lines = fixture('spamhaus-drop.json').toString().split('\n');
  const whole = await reading(lines.join('\n'), {}, 5);
  assert.deepEqual([whole.iocs.length, whole.rejections.length, whole.failure], [3, 0, undefined]);
  assert.equal(whole.iocs[1]!.comment, 'SBL100002; registry ripencc');
  const holed = await reading(lines.toSpliced(1, 1).join('\n'));
  assert.match(holed.failure!.message, /3 records, but 2 came/);
  const cut = await reading(lines.slice(0, 2).join('\n'));
  assert.deepEqual(codes(cut), ['truncated_input']);
});

test('DShield’s block list gives networks, seen last when the list was made', async () => {
  const read = await reading(fixture('dshield-block.txt'), {}, 9);
  assert.equal(read.format, 'dshield-block');
  assert.deepEqual(values(read), ['192.0.2.0/24', '198.51.100.0/24']);
  assert.equal(read.iocs[0]!.lastSeen, Date.UTC(2026, 9, 31, 15, 33, 38));
  assert.equal(read.iocs[0]!.comment, '788 targets attacked; network Example Net; country JP');
  assert.equal(read.iocs[1]!.comment, '585 targets attacked');
  assert.deepEqual(codes(read), []);
});

test('a block list without its line of column names, with an old date or one of the future is read', async () => {
  const rows = '192.0.2.0\t192.0.2.255\t24\t788\tX\tUS\t\n192.0.2.0\t192.0.2.255\n';
  for (const [stamp, time] of [
    ['Tue Dec 15 15:33:38 2015 UTC', Date.UTC(2015, 11, 15, 15, 33, 38)],
    ['Tue Dec 15 15:33:38 2083 UTC', undefined],
    ['Tue Foo 15 15:33:38 2015 UTC', undefined],
    ['yesterday', undefined],
  ] as const) {
    const read = await reading(`#   DShield.org Recommended Block List\n#  updated: ${stamp}\n${rows}`);
    assert.equal(read.iocs[0]!.lastSeen, time, stamp);
    assert.deepEqual(codes(read), ['malformed_record']);
  }
});

test('PhishTank’s entries keep id, times, page and whom they imitate; hosting addresses are no IOCs', async () => {
  const csv = await reading(fixture('phishtank.csv'), {}, 13);
  const json = await reading(fixture('phishtank.json'), {}, 13);
  assert.deepEqual([csv.format, json.format], ['phishtank-csv', 'phishtank-json']);
  const { place, ...said } = csv.iocs[0]!;
  assert.equal(place, 'line 2');
  assert.deepEqual(said, {
    value: 'https://login.bank.example.com/',
    typeHint: 'url',
    entry: '9000001',
    firstSeen: Date.UTC(2026, 9, 16, 14, 8, 44),
    lastSeen: Date.UTC(2026, 9, 16, 14, 12, 55),
    threatType: 'phishing',
    reference: 'http://www.phishtank.com/phish_detail.php?phish_id=9000001',
    comment: 'imitates Example Bank',
  });
  assert.deepEqual({ ...json.iocs[0], place }, csv.iocs[0]);
  assert.deepEqual({ ...json.iocs[1], place: csv.iocs[1]!.place }, csv.iocs[1]);
  assert.equal(json.iocs.length, 2);
});

test('a PhishTank entry that nobody has confirmed counts for less, and a date in 2083 is left out', async () => {
  const { iocs } = await reading(fixture('phishtank.csv'));
  assert.deepEqual([iocs[2]!.confidence, iocs[2]!.firstSeen, iocs[2]!.lastSeen], [25, undefined, undefined]);
  assert.equal(iocs[0]!.confidence, undefined);
});

test('Tor’s exit list gives each address with its relay and the time of its test', async () => {
  const read = await reading(fixture('tor-exits.txt'), {}, 3);
  assert.equal(read.format, 'tor-exits');
  assert.deepEqual(values(read), ['192.0.2.41', '192.0.2.42', '2001:db8::41']);
  assert.deepEqual(read.iocs[1], {
    value: '192.0.2.42',
    place: 'line 5',
    typeHint: 'ip',
    lastSeen: Date.UTC(2026, 9, 31, 8, 25, 49),
    threatType: 'tor_exit',
    tags: ['tor'],
    comment: 'exit of Tor relay 0011BD2485AD45D984EC4159C88FC066E5E3300E',
  });
  const odd = await reading(`${fixture('tor-exits.txt').toString()}ExitAddress\n`);
  assert.deepEqual(codes(odd), ['malformed_record']);
});

test('a DataPlane report gives addresses with network and category', async () => {
  const read = await reading(fixture('dataplane.txt'));
  assert.equal(read.format, 'dataplane');
  assert.deepEqual(values(read), ['192.0.2.46', '198.51.100.7']);
  assert.equal(read.iocs[0]!.comment, 'AS64496; EXAMPLE-AS Example Network, US');
  assert.equal(read.iocs[0]!.lastSeen, Date.UTC(2026, 9, 31, 13, 59, 50));
  assert.deepEqual([read.iocs[0]!.tags, read.iocs[1]!.comment], [['sshclient'], undefined]);
});

test('OTX pulses give their indicators, with what the pulse says of all of them', async () => {
  const read = await reading(fixture('otx.json'), {}, 17);
  assert.equal(read.format, 'otx-json');
  assert.deepEqual(read.iocs[0], {
    value: 'http://192.0.2.54/panel/',
    place: 'results[0] (line 3), indicator 1',
    typeHint: 'url',
    entry: '65e6bfb14637f22cb605746e http://192.0.2.54/panel/',
    firstSeen: Date.UTC(2026, 8, 2, 9, 21, 53, 93),
    threatType: 'command_and_control',
    family: 'ExampleRAT',
    tags: ['example', 'campaign'],
    techniques: ['T1071'],
    sectors: ['energy'],
    reference: 'https://otx.alienvault.com/pulse/65e6bfb14637f22cb605746e',
    comment: 'An example campaign',
    tlp: 'green',
  });
  assert.deepEqual([read.iocs[1]!.firstSeen, read.iocs[1]!.revoked], [undefined, true]);
  assert.deepEqual(codes(read), ['unsupported_type', 'malformed_record']);
});

const RECORDED: readonly (readonly [string, string, number])[] = [
  ['spamhaus__drop.txt', 'spamhaus-drop', 2],
  ['dshield__block.txt', 'dshield-block', 2],
  ['phishtank__inline.csv', 'phishtank-json', 2],
  ['dataplane__sshclient.txt', 'dataplane', 2],
  ['alienvault__test_parser_otx.data', 'otx-json', 60],
  ['blocklistde__imap.txt', 'list', 6],
  ['turris__inline.csv', 'csv', 6],
];

for (const [file, format, least] of RECORDED) {
  test(`the recorded ${file} is read as ${format}`, async (context) => {
    const path = sharedData(context, `fixtures_intelmq/${file}`);
    if (path === undefined) return;
    const read = await readingOf(createReadStream(path));
    assert.deepEqual([read.format, read.failure], [format, undefined]);
    assert.ok(read.iocs.length >= least, `${read.iocs.length} IOCs`);
    const sound = read.iocs.filter((ioc) => toSighting(ioc).ok);
    assert.ok(sound.length >= 0.95 * read.iocs.length, `${sound.length} of them can be taken`);
  });
}
