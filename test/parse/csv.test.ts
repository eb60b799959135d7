import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codes, fixture, reading, values } from './reading.ts';

const HASH = '00000000000000000000000000000000000000000000000000000000000000a1';

test('columns are guessed by their names, and rows classed as legitimate are no IOCs', async () => {
  const read = await reading(fixture('classified.csv'));
  assert.equal(read.format, 'csv');
  assert.deepEqual(read.iocs[0], {
    value: 'bad[.]example[.]com',
    typeHint: 'domain',
    place: 'line 2',
    firstSeen: Date.UTC(2026, 1, 25),
    threatType: 'malicious',
  });
  assert.equal(read.iocs[1]!.typeHint, 'sha256');
  assert.deepEqual(codes(read), ['not_an_ioc']);
});

test('several value columns in a row give several IOCs with one context', async () => {
  const read = await reading(fixture('hashes.tsv'));
  assert.equal(read.format, 'csv');
  assert.deepEqual(
    read.iocs.map(({ typeHint }) => typeHint),
    ['md5', 'sha1', 'sha256', 'md5'],
  );
  const { value: _value, typeHint: _hint, ...said } = read.iocs[2]!;
  assert.deepEqual(said, {
    place: 'line 2',
    confidence: 85,
    family: 'Emotet',
    techniques: ['T1059', 'T1566.001'],
    sectors: ['healthcare'],
    tlp: 'green',
  });
});

test('an unknown family, a word of no ATT&CK id and a percentage are understood', async () => {
  const { iocs } = await reading(fixture('hashes.tsv'));
  const { value: _value, typeHint: _hint, place: _place, ...said } = iocs[3]!;
  assert.deepEqual(said, { confidence: 40, tlp: 'amber' });
});

test('commas, semicolons, tabs and bars delimit', async () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const text =
      ['Indicator', 'Type', 'Tags'].join(delimiter) + `\n${['192.0.2.1', 'ip', 'a'].join(delimiter)}\n`;
    const read = await reading(text);
    assert.deepEqual([read.format, ...values(read), read.iocs[0]?.tags?.[0]], ['csv', '192.0.2.1', 'a']);
  }
});

test('the line in which a spreadsheet names its delimiter is none of the rows, with a header or without', async () => {
  for (const [text, names] of [
    ['sep=;\r\nioc;type;comment\r\n192.0.2.1;ip;"a;b"\r\n192.0.2.2;ip;\r\n', ['192.0.2.1', '192.0.2.2']],
    ['\ufeff"sep=|"\nioc|note,with,commas\n192.0.2.1|x,y,z\n', ['192.0.2.1']],
    ['SEP=,\n192.0.2.1,one\n192.0.2.2,two\n', ['192.0.2.1', '192.0.2.2']],
    ['sep=\t\nip\tseen\n192.0.2.1\t2026-01-02\n', ['192.0.2.1']],
  ] as const) {
    const read = await reading(text);
    assert.deepEqual([read.format, codes(read), values(read)], ['csv', [], names], text);
  }
});

test('where no column is known to hold IOCs, those that there are are told', async () => {
  const text = 'when,what,"who, else"\n2026-01-02,nothing,nobody\n';
  const { failure } = await reading(text, { format: 'csv' });
  assert.match(
    failure!.message,
    /^no column is known to hold IOCs: name it, .*; there are: when, what, who, else$/,
  );
  const many = Array.from({ length: 500 }, (_, index) => `${index}${'n'.repeat(500)}`).join(',');
  assert.ok((await reading(`${many}\n`, { format: 'csv' })).failure!.message.length < 2_000);
});

test('the header may be the last comment before the rows', async () => {
  const read = await reading('# made by hand\n# ip,date,notes\n192.0.2.1,2026-01-02,scanner\n');
  assert.equal(read.iocs[0]!.firstSeen, Date.UTC(2026, 0, 2));
  assert.equal(read.iocs[0]!.comment, 'scanner');
});

test('without telling names the column whose cells are IOCs holds the values', async () => {
  const named = await reading('No.,Thing,Who\n1,bad[.]example[.]com,x\n2,192.0.2.4,y\n');
  assert.deepEqual(values(named), ['bad[.]example[.]com', '192.0.2.4']);
  const headless = await reading('1;192.0.2.3;x\n2;192.0.2.4;y\n');
  assert.deepEqual(values(headless), ['192.0.2.3', '192.0.2.4']);
});

test('options name columns by header or number, and win over guesses', async () => {
  const text = 'ip,Target,Seen\n192.0.2.1,bad.example.com,2026-01-02\n';
  const byName = await reading(text, { columns: { value: 'target', first_seen: '3' } });
  assert.deepEqual(values(byName), ['bad.example.com']);
  assert.equal(byName.iocs[0]!.firstSeen, Date.UTC(2026, 0, 2));
  const headless = await reading('x,192.0.2.1\ny,nonsense\n', { columns: { value: '2', family: '1' } });
  assert.deepEqual(values(headless), ['192.0.2.1', 'nonsense']);
  assert.equal(headless.iocs[0]!.family, 'x');
});

test('an option that names no column says which there are', async () => {
  const { failure } = await reading('ip,seen\n192.0.2.1,x\n', { columns: { value: 'adress' } });
  assert.match(failure!.message, /no column "adress"; there are: ip, seen/);
});

test('a CSV in which nothing looks like an IOC asks for the column', async () => {
  const { failure } = await reading('a,b\n1,2\n', { fileName: 'x.csv' });
  assert.match(failure!.message, /--column value=/);
});

test('a kind of observable that we do not have is rejected though its value looks like one that we do', async () => {
  const read = await reading(
    `type,value\nJA3,${HASH.slice(32)}\nmd5,${HASH.slice(32)}\nmutex,x\nSHA-512,aa\n`,
  );
  assert.equal(read.iocs.length, 1);
  assert.deepEqual(codes(read), ['unsupported_type', 'unsupported_type', 'unsupported_type']);
});

test('a type column that holds kinds of threat leaves the type to be detected and says the threat', async () => {
  const { iocs } = await reading('ioc,type\n192.0.2.1,C2\n');
  assert.equal(iocs[0]!.typeHint, undefined);
  assert.equal(iocs[0]!.threatType, 'C2');
});

test('ragged rows are rejected with both counts, delimiters after the last column are not', async () => {
  const read = await reading(
    'ip,date,note\n192.0.2.1,2026-01-02,a,,\n192.0.2.2,2026-01-02\n192.0.2.3,,b,c\n',
  );
  assert.deepEqual(values(read), ['192.0.2.1']);
  assert.deepEqual(codes(read), ['malformed_record', 'malformed_record']);
  assert.match(read.rejections[0]!.reason, /2 fields where the header names 3/);
});

test('a row without a value is rejected', async () => {
  const read = await reading('ip,note\n192.0.2.1,a\n,b\n');
  assert.deepEqual(codes(read), ['malformed_record']);
});

test('a byte-order mark before the header does not hide its first name', async () => {
  const read = await reading(`\ufeff${fixture('classified.csv').toString()}`);
  assert.equal(read.iocs[0]!.typeHint, 'domain');
});

test('Latin-1 is read, and CRLF', async () => {
  const read = await reading(Buffer.from('domain,note\r\nbad.example.com,caf\u00e9\r\n', 'latin1'));
  assert.equal(read.iocs[0]!.comment, 'caf\u00e9');
});

test('a value that its publisher cut short is rejected', async () => {
  const read = await reading('url,note\nhttp://www.example.com/a,x\nhttp://www.example.com/lon\u2026,x\n');
  assert.deepEqual(codes(read), ['malformed_record']);
  assert.match(read.rejections[0]!.reason, /cut/);
});

test('an unbalanced quote in a CSV costs its line only', async () => {
  const read = await reading('ip,note\n192.0.2.1,"open\n192.0.2.2,b\n192.0.2.3,c\n');
  assert.deepEqual(values(read), ['192.0.2.2', '192.0.2.3']);
  assert.deepEqual(codes(read), ['malformed_record']);
});

test('a single column under a telling name is CSV, and nothing in its values delimits', async () => {
  const read = await reading('url\nhttp://www.example.com/a,b\nhttp://www.example.com/c;d|e\n');
  assert.equal(read.format, 'csv');
  assert.deepEqual(values(read), ['http://www.example.com/a,b', 'http://www.example.com/c;d|e']);
});

test('a report is no CSV though its title is a telling name', async () => {
  const text = 'Indicators\n\nWe saw bad.example.com, and more, in May.\nNothing else.\n';
  assert.equal((await reading(text)).format, 'prose');
  const list =
    'IP address, domain and URL of the attack\n\nThe attack began, as we know, in May, with mail.\nIt ended.\nNo more.\n';
  assert.equal((await reading(list)).format, 'prose');
});
