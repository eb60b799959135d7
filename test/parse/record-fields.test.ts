import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { RawIoc, Rejection } from '../../src/model/sighting.ts';
import { NOW, reading } from './reading.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What one record gives, with what is said of it, its place left out. */
interface Outcome {
  readonly iocs: readonly Omit<RawIoc, 'place'>[];
  readonly rejections: readonly Rejection[];
}

/** How a feed writes one record, and a record of it that says all that it can. */
interface Feed {
  readonly format: string;
  readonly wrap: (record: unknown) => string;
  readonly record: Fields;
}

const URLHAUS: Feed = {
  format: 'urlhaus-json',
  wrap: (record) => JSON.stringify({ '4000003': [record] }),
  record: {
    dateadded: '2026-10-09 06:17:08 UTC',
    url: 'http://192.0.2.10:8080/bin.sh',
    url_status: 'online',
    last_online: '2026-10-09 06:20:00 UTC',
    threat: 'malware_download',
    tags: ['elf', 'mips'],
    urlhaus_link: 'https://urlhaus.example/url/4000003/',
    reporter: 'reporter_one',
  },
};

const THREATFOX: Feed = {
  format: 'threatfox-json',
  wrap: (record) => JSON.stringify({ '1784524': [record] }),
  record: {
    ioc_value: 'c2.example.com',
    ioc_type: 'domain',
    threat_type: 'botnet_cc',
    malware: 'win.example',
    malware_alias: 'Agentemis,BEACON',
    malware_printable: 'Cobalt Strike',
    first_seen_utc: '2026-04-12 04:49:28',
    last_seen_utc: '2026-04-12 05:00:00',
    confidence_level: 100,
    is_compromised: false,
    reference: 'https://r.example.org/report',
    tags: 'CobaltStrike,cs-watermark-1',
    reporter: 'reporter_two',
  },
};

const FEODO: Feed = {
  format: 'feodo-json',
  wrap: (record) => JSON.stringify([record]),
  record: {
    ip_address: '192.0.2.135',
    port: 1194,
    status: 'online',
    hostname: 'host.example.net',
    as_number: 64_496,
    as_name: 'EXAMPLE-AS',
    country: 'US',
    first_seen: '2025-05-23 17:51:44',
    last_online: '2026-03-01',
    malware: 'Pikabot',
  },
};

const BAZAAR: Feed = {
  format: 'malwarebazaar-json',
  wrap: (record) => JSON.stringify({ query_status: 'ok', data: [record] }),
  record: {
    sha256_hash: 'a'.repeat(64),
    sha1_hash: 'b'.repeat(40),
    md5_hash: 'c'.repeat(32),
    first_seen: '2026-04-06 20:34:58',
    last_seen: '2026-04-07 20:34:58',
    file_name: 'a.exe',
    file_type: 'exe',
    signature: 'Emotet',
    tags: ['exe'],
    reporter: 'reporter_three',
  },
};

const KEV: Feed = {
  format: 'kev-json',
  wrap: (record) => JSON.stringify({ title: 'KEV', vulnerabilities: [record] }),
  record: {
    cveID: 'CVE-2026-48908',
    vulnerabilityName: 'Example Vulnerability',
    dateAdded: '2026-07-07',
    knownRansomwareCampaignUse: 'Known',
    notes: 'See: https://vendor.example.com/advisory ; https://other.example.com/',
    cwes: ['CWE-434', 'CWE-79'],
  },
};

async function of(feed: Feed, more: Fields = {}): Promise<Outcome> {
  const { iocs, rejections, failure } = await reading(feed.wrap({ ...feed.record, ...more }), {
    format: feed.format,
  });
  assert.equal(failure, undefined);
  return { iocs: iocs.map(({ place: _place, ...rest }) => rest), rejections };
}

async function one(feed: Feed, more: Fields = {}): Promise<Omit<RawIoc, 'place'>> {
  const { iocs, rejections } = await of(feed, more);
  assert.deepEqual(rejections, []);
  return iocs[0]!;
}

/** What feeds write where they have nothing to say. */
const NOTHING: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  'None',
  'none',
  'NULL',
  'n/a',
  'N/A',
  '-',
  'nil',
  'undefined',
  true,
  {},
  [],
  Number.NaN,
];

const FEEDS = [URLHAUS, THREATFOX, FEODO, BAZAAR, KEV];

test('the whole record of each feed gives all that it says', async () => {
  assert.deepEqual(await one(URLHAUS), {
    value: 'http://192.0.2.10:8080/bin.sh',
    typeHint: 'url',
    entry: '4000003',
    firstSeen: Date.UTC(2026, 9, 9, 6, 17, 8),
    lastSeen: Date.UTC(2026, 9, 9, 6, 20),
    threatType: 'malware_download',
    tags: ['elf', 'mips'],
    reference: 'https://urlhaus.example/url/4000003/',
    comment: 'reported by reporter_one',
  });
  assert.deepEqual(await one(THREATFOX), {
    value: 'c2.example.com',
    typeHint: 'domain',
    entry: '1784524',
    firstSeen: Date.UTC(2026, 3, 12, 4, 49, 28),
    lastSeen: Date.UTC(2026, 3, 12, 5),
    confidence: 100,
    threatType: 'botnet_cc',
    family: 'Cobalt Strike',
    tags: ['CobaltStrike', 'cs-watermark-1'],
    reference: 'https://r.example.org/report',
    comment: 'also known as Agentemis, BEACON; reported by reporter_two',
  });
  assert.deepEqual(await one(FEODO), {
    value: '192.0.2.135',
    typeHint: 'ip',
    firstSeen: Date.UTC(2025, 4, 23, 17, 51, 44),
    lastSeen: Date.UTC(2026, 2, 1),
    threatType: 'botnet_cc',
    family: 'Pikabot',
    comment: 'port 1194; host host.example.net; AS64496 EXAMPLE-AS; country US',
  });
  assert.deepEqual(await one(KEV), {
    value: 'CVE-2026-48908',
    typeHint: 'cve',
    entry: 'CVE-2026-48908',
    firstSeen: Date.UTC(2026, 6, 7),
    threatType: 'exploited-vulnerability',
    tags: ['ransomware', 'CWE-434', 'CWE-79'],
    reference: 'https://vendor.example.com/advisory',
    comment: 'Example Vulnerability',
  });
  const { iocs } = await of(BAZAAR);
  assert.deepEqual(
    iocs.map(({ typeHint }) => typeHint),
    ['sha256', 'sha1', 'md5'],
  );
  for (const { value: _value, typeHint: _hint, ...said } of iocs) {
    assert.deepEqual(said, {
      entry: 'a'.repeat(64),
      firstSeen: Date.UTC(2026, 3, 6, 20, 34, 58),
      lastSeen: Date.UTC(2026, 3, 7, 20, 34, 58),
      threatType: 'malware_sample',
      family: 'Emotet',
      tags: ['exe'],
      reference: `https://bazaar.abuse.ch/sample/${'a'.repeat(64)}/`,
      comment: 'file name a.exe; file type exe; reported by reporter_three',
    });
  }
});

/** Which property of the IOC a field decides, where it decides one alone. */
const DECIDES: readonly (readonly [Feed, Readonly<Record<string, Exclude<keyof RawIoc, 'place'>>>])[] = [
  [
    URLHAUS,
    {
      dateadded: 'firstSeen',
      last_online: 'lastSeen',
      threat: 'threatType',
      tags: 'tags',
      urlhaus_link: 'reference',
      reporter: 'comment',
    },
  ],
  [
    THREATFOX,
    {
      first_seen_utc: 'firstSeen',
      last_seen_utc: 'lastSeen',
      confidence_level: 'confidence',
      threat_type: 'threatType',
      malware_printable: 'family',
      tags: 'tags',
    },
  ],
  [FEODO, { first_seen: 'firstSeen', last_online: 'lastSeen', malware: 'family' }],
  [BAZAAR, { first_seen: 'firstSeen', last_seen: 'lastSeen', signature: 'family', tags: 'tags' }],
  [KEV, { dateAdded: 'firstSeen', notes: 'reference', vulnerabilityName: 'comment' }],
];

for (const [feed, fields] of DECIDES) {
  for (const [field, property] of Object.entries(fields)) {
    test(`${feed.format}: ${field} that says nothing leaves ${property} out, and nothing else changes`, async () => {
      const { [property]: _gone, ...rest } = await one(feed);
      for (const nothing of NOTHING) {
        assert.deepEqual(await one(feed, { [field]: nothing }), rest, `${field}: ${String(nothing)}`);
      }
    });
  }
}

test('a record without its value is one rejection, whatever else it says', async () => {
  for (const [feed, fields] of [
    [URLHAUS, ['url']],
    [THREATFOX, ['ioc_value']],
    [FEODO, ['ip_address']],
    [BAZAAR, ['sha256_hash', 'sha1_hash', 'md5_hash']],
    [KEV, ['cveID']],
  ] as const) {
    for (const nothing of NOTHING) {
      const { iocs, rejections } = await of(
        feed,
        Object.fromEntries(fields.map((field) => [field, nothing])),
      );
      assert.deepEqual(iocs, [], feed.format);
      assert.deepEqual(
        rejections.map(({ code }) => code),
        ['malformed_record'],
        `${feed.format}: ${String(nothing)}`,
      );
    }
  }
});

test('a record that is no object is one rejection, and the records after it are read', async () => {
  for (const { format, wrap, record } of FEEDS) {
    for (const wrong of [null, 1, 'text', true, [], [record]]) {
      const text = wrap(record).replace(
        JSON.stringify(record),
        `${JSON.stringify(wrong)},${JSON.stringify(record)}`,
      );
      const { iocs, rejections, failure } = await reading(text, { format });
      assert.equal(failure, undefined);
      assert.ok(iocs.length >= 1, `${format}: ${JSON.stringify(wrong)}`);
      assert.deepEqual(
        rejections.map(({ code }) => code),
        ['malformed_record'],
      );
    }
  }
});

test('fields of a wrong kind never throw, and never become text of another kind', async () => {
  const odd: readonly unknown[] = [
    {},
    [],
    [[]],
    { toString: 'x' },
    true,
    false,
    1e308,
    -1,
    '\u0000',
    '\ud800',
    'x'.repeat(10_000),
    ['x', 1, null, {}, []],
  ];
  for (const feed of FEEDS) {
    for (const field of Object.keys(feed.record)) {
      for (const value of odd) {
        const { iocs, rejections } = await of(feed, { [field]: value });
        assert.ok(iocs.length + rejections.length >= 1, `${feed.format}: ${field}`);
        const text = JSON.stringify([iocs, rejections]);
        assert.doesNotMatch(text, /\[object Object\]|undefined|NaN/, `${feed.format}: ${field}`);
      }
    }
  }
});

test('a time that cannot be is left out and kept aside, and the record is taken without it', async () => {
  for (const [feed, field, property] of [
    [URLHAUS, 'dateadded', 'firstSeen'],
    [THREATFOX, 'first_seen_utc', 'firstSeen'],
    [BAZAAR, 'last_seen', 'lastSeen'],
    [KEV, 'dateAdded', 'firstSeen'],
  ] as const) {
    for (const time of [
      'yesterday',
      '2026-02-30',
      '1970-01-01',
      '2099-01-01 00:00:00',
      '2026-13-01',
      -1,
      1e20,
    ]) {
      const ioc = await one(feed, { [field]: time });
      assert.deepEqual([ioc[property], ioc.unreadTime], [undefined, String(time)], `${feed.format}: ${time}`);
    }
    for (const none of ['', 'None', 0, '0000-00-00 00:00:00']) {
      const ioc = await one(feed, { [field]: none });
      assert.deepEqual([ioc[property], ioc.unreadTime], [undefined, undefined], `${feed.format}: ${none}`);
    }
    const soon = new Date(NOW + 3_600_000).toISOString();
    assert.equal(
      (await one(feed, { [field]: soon }))[property],
      NOW + 3_600_000,
      'a clock may be a little ahead',
    );
  }
});

test('URLhaus: tags come as a list or as text with commas', async () => {
  for (const [tags, expected] of [
    [
      ['elf', ' mips ', '', null, 32],
      ['elf', 'mips', '32'],
    ],
    ['elf, mips,,None', ['elf', 'mips']],
    ['elf', ['elf']],
  ] as const) {
    assert.deepEqual((await one(URLHAUS, { tags })).tags, expected);
  }
});

test('URLhaus: the id is the record’s own, else the key that leads to it', async () => {
  assert.equal((await one(URLHAUS, { id: 17 })).entry, '17');
  assert.equal((await one(URLHAUS, { id: '18' })).entry, '18');
  assert.equal((await one(URLHAUS, { id: null })).entry, '4000003');
});

test('a reporter who stays anonymous is not named', async () => {
  for (const feed of [URLHAUS, THREATFOX, BAZAAR]) {
    for (const reporter of ['anonymous', 'Anonymous', ' ANONYMOUS ']) {
      assert.doesNotMatch((await one(feed, { reporter })).comment ?? '', /reported by/i, feed.format);
    }
    assert.match((await one(feed, { reporter: 'anonymous2' })).comment ?? '', /reported by anonymous2/);
  }
});

test('ThreatFox: each of its kinds is the type that it stands for, in any case', async () => {
  for (const [kind, type, value] of [
    ['ip:port', 'ip', '192.0.2.1:443'],
    ['ip', 'ip', '192.0.2.1'],
    ['domain', 'domain', 'a.example.com'],
    ['url', 'url', 'http://a.example.com/'],
    ['md5_hash', 'md5', 'c'.repeat(32)],
    ['sha1_hash', 'sha1', 'b'.repeat(40)],
    ['sha256_hash', 'sha256', 'a'.repeat(64)],
    ['SHA256_Hash', 'sha256', 'a'.repeat(64)],
    ['envelope_from', 'email', 'a@example.com'],
    ['body_from', 'email', 'a@example.com'],
  ] as const) {
    const { value: found, typeHint } = await one(THREATFOX, { ioc_type: kind, ioc_value: value });
    assert.deepEqual([found, typeHint], [value, type]);
  }
  for (const kind of ['sha3_384_hash', 'btc_address', 'yara', 'constructor', '__proto__', null, 5]) {
    const { iocs, rejections } = await of(THREATFOX, { ioc_type: kind });
    assert.deepEqual(iocs, []);
    assert.equal(rejections[0]?.code, 'unsupported_type', String(kind));
  }
});

test('ThreatFox: a confidence from 0 to 100 is kept, another is none', async () => {
  for (const [given, kept] of [
    [0, 0],
    [50, 50],
    ['75', 75],
    [100, 100],
    [101, undefined],
    [-1, undefined],
    ['high', 85],
    ['certain', undefined],
  ] as const) {
    assert.equal((await one(THREATFOX, { confidence_level: given })).confidence, kept, String(given));
  }
});

test('ThreatFox: what is compromised is tagged, whatever way that is said', async () => {
  for (const said of [true, 'true', 'True', 1, '1']) {
    assert.deepEqual(
      (await one(THREATFOX, { is_compromised: said })).tags?.at(-1),
      'compromised',
      String(said),
    );
  }
  for (const said of [false, 'false', 0, '0', null, 'yes', '']) {
    assert.ok(!(await one(THREATFOX, { is_compromised: said })).tags?.includes('compromised'), String(said));
  }
});

test('ThreatFox: without a reference of its own the record’s page is one, where its id is a number', async () => {
  assert.equal(
    (await one(THREATFOX, { reference: null })).reference,
    'https://threatfox.abuse.ch/ioc/1784524/',
  );
  assert.equal((await one(THREATFOX, { reference: null, id: '../../x' })).reference, undefined);
  assert.equal((await one(THREATFOX, { reference: null, id: '1'.repeat(13) })).reference, undefined);
});

test('a family that is unknown is none', async () => {
  for (const [feed, field] of [
    [THREATFOX, 'malware_printable'],
    [FEODO, 'malware'],
    [BAZAAR, 'signature'],
  ] as const) {
    for (const family of ['Unknown malware', 'unknown', 'UNKNOWN Stealer', 'Unknown']) {
      assert.equal((await one(feed, { [field]: family })).family, undefined, family);
    }
    assert.equal((await one(feed, { [field]: 'Unknowncrypt' })).family, 'Unknowncrypt');
  }
});

test('Feodo Tracker: a last day online never lies before the first sighting of that day', async () => {
  const seen = async (first: string, last: string) => {
    const { firstSeen, lastSeen } = await one(FEODO, { first_seen: first, last_online: last });
    return [firstSeen, lastSeen] as const;
  };
  const [first, sameDay] = await seen('2026-03-01 17:00:00', '2026-03-01');
  assert.equal(sameDay, first);
  const [, nextDay] = await seen('2026-03-01 17:00:00', '2026-03-02');
  assert.equal(nextDay, Date.UTC(2026, 2, 2));
  const [, longBefore] = await seen('2026-03-05 17:00:00', '2026-03-01');
  assert.equal(longBefore, Date.UTC(2026, 2, 1), 'what the source says wrong is left to be seen');
});

test('Feodo Tracker: each part of the remark is there when it is said, in its order', async () => {
  assert.equal(
    (await one(FEODO, { port: null, as_number: null })).comment,
    'host host.example.net; country US',
  );
  assert.equal(
    (await one(FEODO, { as_name: null })).comment,
    'port 1194; host host.example.net; AS64496; country US',
  );
  assert.equal(
    (await one(FEODO, { port: 0, hostname: null, as_number: 0, as_name: null, country: null })).comment,
    'port 0; AS0',
  );
  const nothing = { port: null, hostname: null, as_number: null, country: null };
  assert.equal((await one(FEODO, nothing)).comment, undefined);
});

test('MalwareBazaar: a sample gives each hash that it has, and a page only for a SHA-256', async () => {
  const types = async (more: Fields) => (await of(BAZAAR, more)).iocs.map(({ typeHint }) => typeHint);
  assert.deepEqual(await types({ md5_hash: null }), ['sha256', 'sha1']);
  assert.deepEqual(await types({ sha256_hash: null, sha1_hash: '' }), ['md5']);
  const { reference, entry } = await one(BAZAAR, { sha256_hash: 'no hash' });
  assert.deepEqual([reference, entry], [undefined, 'no hash']);
  assert.equal(
    (await one(BAZAAR, { sha256_hash: 'A'.repeat(64) })).reference,
    `https://bazaar.abuse.ch/sample/${'a'.repeat(64)}/`,
  );
});

test('KEV: use by ransomware is a tag only when it is known, and the first address of the notes is the reference', async () => {
  for (const [said, tagged] of [
    ['Known', true],
    ['known', true],
    ['Unknown', false],
    ['', false],
    [null, false],
  ] as const) {
    assert.equal(
      (await one(KEV, { knownRansomwareCampaignUse: said })).tags?.includes('ransomware') ?? false,
      tagged,
    );
  }
  for (const [notes, reference] of [
    ['https://a.example.com/x;https://b.example.com/', 'https://a.example.com/x'],
    ['see http://a.example.com/x, and more', 'http://a.example.com/x'],
    ['no address', undefined],
    ['ftp://a.example.com/', undefined],
  ] as const) {
    assert.equal((await one(KEV, { notes })).reference, reference);
  }
});

test('a value that its publisher cut short is a rejection in every feed', async () => {
  for (const [feed, field] of [
    [URLHAUS, 'url'],
    [THREATFOX, 'ioc_value'],
  ] as const) {
    const { iocs, rejections } = await of(feed, { [field]: 'http://a.example.com/very-long-…' });
    assert.deepEqual(iocs, []);
    assert.match(rejections[0]?.reason ?? '', /cut the value short/);
  }
});

test('a value longer than any IOC is a rejection with a short sample in every feed', async () => {
  for (const [feed, field] of [
    [URLHAUS, 'url'],
    [THREATFOX, 'ioc_value'],
    [FEODO, 'ip_address'],
    [KEV, 'cveID'],
  ] as const) {
    const { iocs, rejections } = await of(feed, { [field]: 'x'.repeat(200_000) });
    assert.deepEqual(iocs, []);
    assert.equal(rejections[0]?.code, 'too_long', feed.format);
    assert.ok(rejections[0].sample.length <= 200);
  }
});

test('text that an attacker puts into any field reaches no other field', async () => {
  const evil = 'x\'; --\n"]},{"ioc_value":"evil.example.com';
  for (const feed of FEEDS) {
    const plain = await of(feed);
    for (const field of Object.keys(feed.record)) {
      const { iocs, rejections } = await of(feed, { [field]: evil });
      assert.ok(iocs.length + rejections.length <= plain.iocs.length + 1, `${feed.format}: ${field}`);
      for (const { value } of iocs) assert.notEqual(value, 'evil.example.com');
    }
  }
});
