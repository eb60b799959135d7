import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { copyOf, inBatches, iocItem, rejectionItem } from '../../src/parse/read-item.ts';
import { codes, NOW, reading, values } from './reading.ts';

const RELAY = '0011BD2485AD45D984EC4159C88FC066E5E3300E';
const EXITS = `ExitNode ${RELAY}\nPublished 2026-10-31 01:00:00\nLastStatus 2026-10-31 02:00:00\n`;
const PHISHTANK = 'phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target';
const DROP = '; Spamhaus DROP List 2026/10/31 - (c) 2026 Spamhaus\n';
const DSHIELD = '# DShield.org Recommended Block List\n';
const DATAPLANE = '# DataPlane.org\n';
const LONG = 'x'.repeat(1024 * 1024 + 1);

test('an address of Tor’s list belongs to the relay above it, and without a time it has none', async () => {
  const { format, iocs, rejections } = await reading(
    `${EXITS}ExitAddress 192.0.2.1 2026-10-31 08:00:00\nExitAddress 192.0.2.2\r\n\nExitNode ${'A'.repeat(40)}\nExitAddress 2001:db8::1 2026-10-31 09:00:00\n`,
  );
  assert.equal(format, 'tor-exits');
  assert.deepEqual(
    iocs.map(({ value, lastSeen, comment, place }) => [value, lastSeen, comment, place]),
    [
      ['192.0.2.1', Date.UTC(2026, 9, 31, 8), `exit of Tor relay ${RELAY}`, 'line 4'],
      ['192.0.2.2', undefined, `exit of Tor relay ${RELAY}`, 'line 5'],
      ['2001:db8::1', Date.UTC(2026, 9, 31, 9), `exit of Tor relay ${'A'.repeat(40)}`, 'line 8'],
    ],
  );
  assert.deepEqual(rejections, []);
});

test('a line that no exit list has is told with its number; comments and types are let go', async () => {
  const read = await reading(
    `@type tordnsel 1.0\n# Downloaded\n${EXITS}ExitAddress 192.0.2.1 2026-10-31 08:00:00\nExitAddress 192.0.2.2 yesterday\nexitaddress 192.0.2.3\nExitNode 0011\n`,
  );
  assert.deepEqual(values(read), ['192.0.2.1']);
  assert.deepEqual(
    read.rejections.map(({ place, code }) => [place, code]),
    [
      ['line 7', 'malformed_record'],
      ['line 8', 'malformed_record'],
      ['line 9', 'malformed_record'],
    ],
  );
});

test('a time of the future is left out, the address is taken', async () => {
  const { iocs } = await reading(`${EXITS}ExitAddress 192.0.2.1 2083-01-01 00:00:00\n`);
  assert.deepEqual([iocs[0]?.value, iocs[0]?.lastSeen], ['192.0.2.1', undefined]);
});

test('DROP lists are read with or without a listing, whatever the spaces', async () => {
  const read = await reading(
    `${DROP}192.0.2.0/24 ; SBL1\n198.51.100.0/24;sbl2\r\n  2001:DB8::/32   ;   SBL3  \n203.0.113.0/25\n\n; end\n`,
  );
  assert.equal(read.format, 'spamhaus-drop');
  assert.deepEqual(
    read.iocs.map(({ value, comment }) => [value, comment]),
    [
      ['192.0.2.0/24', 'SBL1'],
      ['198.51.100.0/24', 'SBL2'],
      ['2001:DB8::/32', 'SBL3'],
      ['203.0.113.0/25', undefined],
    ],
  );
  const bad = await reading(
    `${DROP}192.0.2.0 ; SBL1\n192.0.2.0/24 ; XBL1\n192.0.2.0/24 SBL1\nname.example.com/24\n${LONG}\n192.0.2.0/24\n`,
  );
  assert.deepEqual(values(bad), ['192.0.2.0/24']);
  assert.deepEqual(codes(bad), [...Array<string>(4).fill('malformed_record'), 'oversized_record']);
});

test('what a DROP list in JSON says oddly is left out or told', async () => {
  const end = (records: unknown) => `${JSON.stringify({ type: 'metadata', records })}\n`;
  const row = (more: object) =>
    `${JSON.stringify({ cidr: '192.0.2.0/24', sblid: 'SBL1', rir: 'arin', ...more })}\n`;
  const odd = await reading(row({}) + row({ sblid: 'none', rir: null }) + row({ sblid: '../x' }) + end('3'));
  assert.deepEqual(
    odd.iocs.map(({ comment, reference }) => [comment, reference]),
    [
      ['SBL1; registry arin', 'https://check.spamhaus.org/sbl/query/SBL1'],
      [undefined, undefined],
      ['registry arin', undefined],
    ],
  );
  assert.equal(odd.failure, undefined, 'a count that is no number counts nothing');
  const more = await reading(row({}) + row({}) + end(1));
  assert.match(more.failure?.message ?? '', /has 1 records, but 2 came/);
  assert.equal((await reading(row({}) + row({ cidr: 7.5 }) + end(2))).failure, undefined);
  assert.deepEqual(codes(await reading(row({}) + row({ cidr: '' }) + end(2))), ['malformed_record']);
});

test('a row of DShield’s list needs a start and a length', async () => {
  const read = await reading(
    `${DSHIELD}Start\tEnd\tNetblock\tAttacks\tName\tCountry\temail\n192.0.2.0\t192.0.2.255\t24\t7\tNet\tJP\t\n192.0.2.0\t192.0.2.255\n\t192.0.2.255\t24\n192.0.2.0\tx\t/24\n192.0.2.0\tx\t240\n198.51.100.0\t\t24\n${LONG}\n`,
  );
  assert.equal(read.format, 'dshield-block');
  assert.deepEqual(
    read.iocs.map(({ value, comment, lastSeen }) => [value, comment, lastSeen]),
    [
      ['192.0.2.0/24', '7 targets attacked; network Net; country JP', undefined],
      ['198.51.100.0/24', undefined, undefined],
    ],
  );
  assert.deepEqual(codes(read), [...Array<string>(4).fill('malformed_record'), 'oversized_record']);
});

test('the time of DShield’s list holds for the rows below it, in every month', async () => {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const text = months
    .map((month) => `# updated: Tue ${month}  3 04:05:06 2025 UTC\n192.0.2.0\t192.0.2.255\t24\n`)
    .join('');
  const { iocs } = await reading(`${DSHIELD}${text}# updated: 2025-02-03T04:05:06Z\n192.0.2.0\tx\t24\n`);
  assert.deepEqual(
    iocs.map(({ lastSeen }) => lastSeen),
    [...months.map((_, month) => Date.UTC(2025, month, 3, 4, 5, 6)), Date.UTC(2025, 1, 3, 4, 5, 6)],
  );
});

test('a DataPlane row has five fields, the third an address', async () => {
  const read = await reading(
    `${DATAPLANE}64496  |  NET, US  |  192.0.2.1  |  2026-10-31 13:59:50  |  sshclient\n\nNA | NA | 192.0.2.2 | NA | NA\n64496 | NET | 192.0.2.3 | now\n64496 | NET |  | 2026-10-31 13:59:50 | x\na|b|c|d|e|f\n${LONG}\n`,
  );
  assert.equal(read.format, 'dataplane');
  assert.deepEqual(
    read.iocs.map(({ value, comment, tags, lastSeen }) => [value, comment, tags, lastSeen]),
    [
      ['192.0.2.1', 'AS64496; NET, US', ['sshclient'], Date.UTC(2026, 9, 31, 13, 59, 50)],
      ['192.0.2.2', undefined, undefined, undefined],
    ],
  );
  assert.deepEqual(codes(read), [...Array<string>(3).fill('malformed_record'), 'oversized_record']);
  assert.match(read.rejections[0]?.reason ?? '', /4 fields where 5 are expected/);
});

test('a PhishTank entry is seen last when it was checked, not before it came in', async () => {
  const row = (submitted: string, checked: string, verified = 'yes', target = 'Other') =>
    `7,http://name.example.com/,http://www.phishtank.com/phish_detail.php?phish_id=7,${submitted},${verified},${checked},yes,${target}`;
  const rows = [
    row('2026-10-01T10:00:00+00:00', '2026-10-02T10:00:00+00:00'),
    row('2026-10-02T10:00:00+00:00', '2026-10-01T10:00:00+00:00'),
    row('', '2026-10-02T10:00:00+00:00', 'NO', 'A Bank'),
    row('2026-10-01T10:00:00+00:00', ''),
    '8,,x,,,,,',
  ];
  const read = await reading(`${PHISHTANK}\n${rows.join('\n')}\n`);
  const [first, second] = [Date.UTC(2026, 9, 1, 10), Date.UTC(2026, 9, 2, 10)];
  assert.deepEqual(
    read.iocs.map(({ firstSeen, lastSeen, confidence, comment }) => [
      firstSeen,
      lastSeen,
      confidence,
      comment,
    ]),
    [
      [first, second, undefined, undefined],
      [second, second, undefined, undefined],
      [undefined, second, 25, 'imitates A Bank'],
      [first, undefined, undefined, undefined],
    ],
  );
  assert.deepEqual(codes(read), ['malformed_record']);
});

test('PhishTank in JSON may have numbers for texts, and what is no entry is told', async () => {
  const entry = {
    phish_id: 7,
    url: ' http://name.example.com/ ',
    phish_detail_url: 'http://www.phishtank.com/x',
    verified: 'yes',
    target: 'other',
  };
  const read = await reading(
    JSON.stringify([entry, 7, null, [], { ...entry, url: 7 }, { ...entry, url: null }]),
  );
  assert.equal(read.format, 'phishtank-json');
  assert.deepEqual([read.iocs[0]?.entry, read.iocs[0]?.value], ['7', 'http://name.example.com/']);
  assert.deepEqual(codes(read), Array<string>(4).fill('malformed_record'));
});

test('of OTX pulses kinds are ours or told, and odd fields are left out', async () => {
  const indicator = (type: unknown, value: unknown = 'name.example.com', more: object = {}) => ({
    type,
    indicator: value,
    ...more,
  });
  const pulse = {
    id: '../evil',
    name: 'x',
    tags: 'one, two,,none',
    TLP: 'ultraviolet',
    industries: ['Energy', 'Astrology'],
    malware_families: [{ display_name: 'ExampleRAT' }, 'Other'],
    attack_ids: ['T1071', { id: 'T1059' }, { name: 'x' }, 7],
    indicators: [
      indicator('hostname'),
      indicator('CIDR', '192.0.2.0/24', { role: 'Scanning Host', is_active: 0 }),
      indicator('FileHash-MD5', '5d41402abc4b2a76b9719d911017c592', { is_active: 1 }),
      indicator('Mutex', 'x'),
      indicator('YARA'),
      indicator(undefined),
      indicator('domain', ''),
      'text',
    ],
  };
  const read = await reading(JSON.stringify([pulse, 'text', { ...pulse, indicators: {} }]));
  assert.equal(read.format, 'otx-json');
  const { typeHint, entry, reference, tags, tlp, sectors, family, techniques } = read.iocs[0]!;
  assert.deepEqual(
    { typeHint, entry, reference, tags, tlp, sectors, family, techniques },
    {
      typeHint: 'host',
      entry: '../evil name.example.com',
      reference: undefined,
      tags: ['one', 'two', 'tlp:ultraviolet'],
      tlp: undefined,
      sectors: ['energy'],
      family: 'ExampleRAT',
      techniques: ['T1071', 'T1059', '7'],
    },
  );
  assert.deepEqual(
    read.iocs.slice(1).map(({ typeHint: hint, threatType, revoked }) => [hint, threatType, revoked]),
    [
      ['ip', 'scanning_host', true],
      ['md5', undefined, undefined],
    ],
  );
  assert.deepEqual(codes(read), [
    'unsupported_type',
    'unsupported_type',
    'malformed_record',
    'malformed_record',
    'malformed_record',
    'malformed_record',
  ]);
});

test('no reader of lists loses a line: each is an IOC, a rejection, or a comment', async () => {
  const line = fc.oneof(
    fc.stringMatching(/^[!-~]{1,20}( [!-~]{1,20}){0,3}$/),
    fc.constantFrom('ExitAddress 192.0.2.9', '192.0.2.0/24 ; SBL7', '192.0.2.0\tx\t24', '1|2|192.0.2.1|4|5'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (lines, size) => {
        for (const [format, comment] of [
          ['spamhaus-drop', ';'],
          ['dataplane', '#'],
        ] as const) {
          const read = await reading(`${lines.join('\n')}\n`, { format, now: NOW }, size);
          const records = lines.filter((each) => !each.startsWith(comment));
          if (read.failure === undefined)
            assert.equal(read.iocs.length + read.rejections.length, records.length);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('an item holds what is said and no more; what is cut short or endless is told', () => {
  assert.deepEqual(iocItem('x', 'line 1', undefined, { tags: [], comment: undefined, family: 'Y' }), {
    kind: 'ioc',
    ioc: { value: 'x', place: 'line 1', family: 'Y' },
  });
  for (const [value, code] of [
    ['http://name.example.com/abc…', 'malformed_record'],
    ['x'.repeat(131_073), 'too_long'],
  ] as const) {
    const item = iocItem(value, 'line 1', 'url', {});
    assert.ok(item.kind === 'rejection');
    assert.equal(item.rejection.code, code);
    assert.ok(item.rejection.sample.length <= 200);
  }
  assert.equal(iocItem('x'.repeat(131_072), 'line 1', 'url', {}).kind, 'ioc');
  assert.equal(copyOf('abcdef', 3), 'abc');
});

test('items go out in batches of at most 500, all of them and in order', () => {
  fc.assert(
    fc.property(fc.nat(2_000), (count) => {
      const items = Array.from({ length: count }, (_, at) => rejectionItem(`line ${at}`, 'bad_url', ''));
      const batches = [...inBatches(items)];
      assert.ok(batches.every(({ length }) => length > 0 && length <= 500));
      assert.deepEqual(batches.flat(), items);
    }),
    { numRuns: 20 },
  );
});
