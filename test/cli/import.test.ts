import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';

import type { QuarantineRecord } from '../../src/store/store.ts';
import { ALL_TYPES, bench, jsonLines, soon } from './commands.ts';

interface Report {
  readonly run: number;
  readonly input: string;
  readonly format?: string;
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly expired: number;
  readonly quarantined: number;
  readonly quarantine: readonly QuarantineRecord[];
  readonly failure?: string;
}

const MIXED = 'value,type\n192.0.2.1,ipv4\n999.1.1.1,ipv4\nwww.example.com,domain\n512.0.2.7,ipv4\nxyz,md5\n';

test('an import reports what was read, new, updated, unchanged and quarantined', async (t) => {
  const { run, file, exported } = bench(t);
  const { code, out, talk } = await run(['import', file('own.csv', MIXED)]);
  assert.equal(code, 0);
  assert.equal(out, '');
  assert.match(
    talk,
    /own\.csv \(CSV with a header\): 5 read, 2 new, 0 updated, 0 unchanged, 3 quarantined$/m,
  );
  assert.match(talk, /2 × not an IP address or network \(line 3: 999\.1\.1\.1\)/);
  assert.match(talk, /soc-defenders runs 1$/m);
  assert.equal((await exported()).length, 2);
});

test('the same file again changes nothing and publishes nothing', async (t) => {
  const { run, file, withStore } = bench(t);
  const path = file('own.csv', ALL_TYPES);
  const stamp = () => withStore(async (store) => (await store.health()).lastStamp);
  const [first] = jsonLines<Report>((await run(['import', '--json', path])).out);
  const before = await stamp();
  const exportBefore = await run(['export'], { clock: soon });
  const [second] = jsonLines<Report>((await run(['import', '--json', path])).out);
  assert.deepEqual([first!.read, first!.added, first!.unchanged], [10, 10, 0]);
  assert.deepEqual([second!.read, second!.added, second!.updated, second!.unchanged], [10, 0, 0, 10]);
  assert.ok(before > 0);
  assert.equal(await stamp(), before);
  assert.equal((await run(['export'], { clock: soon })).out, exportBefore.out);
});

test('what was not taken is kept and listed by runs, as text and as JSON', async (t) => {
  const { run, file } = bench(t);
  const [report] = jsonLines<Report>((await run(['import', '--json', file('own.csv', MIXED)])).out);
  assert.deepEqual(
    report!.quarantine.map(({ code, count }) => [code, count]),
    [
      ['bad_address', 2],
      ['bad_hash', 1],
    ],
  );
  assert.match((await run(['runs'])).out, /^1 {2}\S+ {2}own\.csv {2}\S+own\.csv: 5 read, 2 new.*\n$/);
  const text = await run(['runs', '1']);
  assert.match(
    text.out,
    /^2 × bad_address\n {2}line 3: .*999\.1\.1\.1\n {2}line 5: .*512\.0\.2\.7\n1 × bad_hash\n/,
  );
  const listed = jsonLines<QuarantineRecord>((await run(['runs', '--json', '1'])).out);
  assert.deepEqual(listed, report!.quarantine);
  const [listedRun] = jsonLines<{ id: number; quarantined: number }>((await run(['runs', '--json'])).out);
  assert.equal(listedRun!.quarantined, 3);
});

test('a record whose time cannot be read is taken without it, and the import and runs say so', async (t) => {
  const { run, file } = bench(t);
  const path = file(
    'own.csv',
    'value,first_seen\n192.0.2.1,2026-01-05\n192.0.2.2,4/5/2026\nwww.example.com,2099-01-01\n192.0.2.3,\n',
  );
  const { code, talk } = await run(['import', path]);
  assert.equal(code, 0);
  assert.match(talk, /4 read, 4 new, 0 updated, 0 unchanged, 0 quarantined/);
  assert.match(
    talk,
    /2 × a time that cannot be read, or cannot be: the record was taken without it \(line 3: 4\/5\/2026\)/,
  );
  assert.match(
    (await run(['runs', '1'])).out,
    /^2 × bad_time\n {2}line 3: .*: 4\/5\/2026\n {2}line 4: .*2099-01-01\n/,
  );
  const [report] = jsonLines<Report>((await run(['import', '--json', path])).out);
  assert.deepEqual([report!.read, report!.unchanged, report!.quarantined], [4, 4, 0]);
  assert.deepEqual(
    report!.quarantine.map(({ code: reason, count }) => [reason, count]),
    [['bad_time', 2]],
  );
  assert.match((await run(['convert', path])).talk, /4 indicators\n {2}2 × a time that cannot be read/);
});

test('runs says when there are none, when nothing was quarantined, and when there is no such run', async (t) => {
  const { run, file, makeStore } = bench(t);
  await makeStore();
  assert.match((await run(['runs'])).talk, /No imports yet/);
  await run(['import', file('list.txt', '192.0.2.1\n198.51.100.2\n')]);
  assert.match((await run(['runs', '1'])).talk, /Nothing quarantined/);
  const missing = await run(['runs', '2']);
  assert.equal(missing.code, 2);
  assert.match(missing.talk, /no run 2/);
});

const bundle = (count: number): string => {
  const objects = Array.from({ length: count }, (_, index) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    pattern: `[ipv6-addr:value = '2001:db8::${(index + 1).toString(16)}']`,
    pattern_type: 'stix',
    valid_from: new Date().toISOString(),
  }));
  const id = 'bundle--00000000-0000-4000-8000-000000000000';
  return JSON.stringify({ type: 'bundle', id, objects });
};

test('of a truncated file what came before is kept, and the exit code is 3', async (t) => {
  const { run, file, exported } = bench(t);
  const whole = bundle(2_500);
  const path = file('cut.json', whole.slice(0, whole.length * 0.9));
  const { code, talk, out } = await run(['import', '--json', path]);
  assert.equal(code, 3);
  assert.match(talk, /cut\.json: .+: .+\. What came before was kept\./);
  const [report] = jsonLines<Report>(out);
  assert.ok(report!.failure !== undefined && report!.added > 2_000);
  assert.equal((await exported()).length, report!.added);
  assert.match((await run(['runs'])).out, /failed: /);
});

test('with --atomic nothing of a truncated file is kept', async (t) => {
  const { run, file, exported, withStore } = bench(t);
  const whole = bundle(2_500);
  const path = file('cut.json', whole.slice(0, whole.length * 0.9));
  const { code, talk } = await run(['import', '--atomic', path]);
  assert.equal(code, 3);
  assert.match(talk, /Nothing of it was taken\./);
  assert.deepEqual(await exported(), []);
  const health = await withStore((store) => store.health());
  assert.deepEqual([health.indicators, health.lastStamp], [0, 0]);
  assert.equal((await run(['import', '--atomic', file('whole.json', whole)])).code, 0);
  assert.equal((await exported()).length, 2_500);
});

test('several files are taken one by one, and a bad one among them does not stop the others', async (t) => {
  const { run, file, exported } = bench(t);
  const first = file('a.txt', '192.0.2.1\n192.0.2.2\n');
  const last = file('b.txt', '192.0.2.2\n192.0.2.3\n');
  const { code, out } = await run(['import', '--json', first, `${first}.gone`, last]);
  assert.equal(code, 3);
  assert.deepEqual(
    jsonLines<Report>(out).map(({ run: id, added }) => [id, added]),
    [
      [1, 2],
      [2, 1],
    ],
  );
  assert.equal((await exported()).length, 3);
});

test('a list comes from standard input under the name of its source', async (t) => {
  const { run, exported } = bench(t);
  const args = ['import', '--source', 'Example list', '--source-url', 'https://feed.example/list', '-'];
  assert.equal((await run(args, { stdin: '192.0.2.1\n198.51.100.2\n' })).code, 0);
  const references = (await exported()).map(({ external_references }) => external_references);
  assert.deepEqual(references[0], [{ source_name: 'Example list', url: 'https://feed.example/list' }]);
  assert.match((await run(['runs'])).out, / {2}Example list {2}stdin: 2 read/);
});

test('--tlp and --confidence hold for what states none of its own', async (t) => {
  const { run, file, exported } = bench(t);
  const content = 'value,confidence,tlp\n192.0.2.1,,\n192.0.2.2,10,clear\n';
  assert.equal(
    (await run(['import', '--tlp', 'TLP:AMBER', '--confidence', 'high', file('own.csv', content)])).code,
    0,
  );
  const told = (await exported()).map(({ name, confidence, object_marking_refs }) => [
    name,
    confidence,
    object_marking_refs[0],
  ]);
  const amber = 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82';
  const clear = 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9';
  const [unstated, stated] = [
    told.find(([name]) => String(name).includes('192.0.2.1')),
    told.find(([name]) => String(name).includes('192.0.2.2')),
  ];
  assert.ok(Number(unstated![1]) >= 70);
  assert.equal(unstated![2], amber);
  assert.deepEqual([stated![1], stated![2]], [10, clear]);
});

test('--column says which column holds what, by header and by number', async (t) => {
  const { run, file, exported } = bench(t);
  const content = 'thing;words;zuletzt;ioc\nnot me.example.org;c2|rat;x;192.0.2.9\n';
  const path = file('own.csv', content);
  const { code, talk } = await run(['import', '--column', 'value=ioc', '--column', 'tags=2', path]);
  assert.equal(code, 0, talk);
  const [indicator] = await exported();
  assert.equal(indicator!.pattern, "[ipv4-addr:value = '192.0.2.9']");
  assert.ok((indicator!.labels as string[]).some((label) => label.includes('rat')));
});

for (const [what, args, reason] of [
  ['a wrong --tlp', ['--tlp', 'purple'], /--tlp purple is none of clear, green/],
  ['a wrong --confidence', ['--confidence', '101'], /--confidence 101 is neither/],
  ['a --source-url that is none', ['--source-url', 'javascript:alert(1)'], /not a web address/],
  ['a --source-url with a password', ['--source-url', 'https://u:pw@example.com/'], /holds a password/],
  ['an unknown --format', ['--format', 'excel'], /--format excel is none of urlhaus-csv/],
  ['a wrong --column', ['--column', 'worth=ioc'], /--column worth=ioc is not FIELD=HEADER with one of value/],
  ['a --column without header', ['--column', 'value'], /is not FIELD=HEADER/],
] as const) {
  test(`${what} is refused with exit code 2 before anything is read`, async (t) => {
    const { run, file } = bench(t);
    for (const command of ['import', 'convert']) {
      const { code, out, talk } = await run([command, ...args, file('list.txt', '192.0.2.1\n')]);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(talk, reason);
    }
    assert.match((await run(['runs'])).talk, /No imports yet/);
  });
}

test('those that have expired are told, kept, and given to polls only', async (t) => {
  const { run, file, exported } = bench(t);
  const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString();
  const content = `value,type,last_seen\n192.0.2.1,ipv4,${day(400)}\n192.0.2.2,ipv4,${day(1)}\n`;
  const { talk } = await run(['import', file('own.csv', content)]);
  assert.match(talk, /2 new/);
  assert.match(talk, /1 was last seen so long ago that it has expired/);
  assert.equal((await exported()).length, 1);
  assert.equal((await exported('--since', '2020-01-01')).length, 2);
  assert.equal((await exported('--revoked', 'include')).length, 2);
});

test('an import that is asked to stop keeps what came before and says so', async (t) => {
  const { run, exported } = bench(t);
  const abort = new AbortController();

  const askedForMore = () => setTimeout(() => abort.abort(), 300);
  const endless = new Readable({ read: askedForMore });
  endless.push(
    Array.from({ length: 20_000 }, (_, index) => `2001:db8::${(index + 1).toString(16)}\n`).join(''),
  );
  const { code, talk } = await run(['import', '--format', 'list', '-'], {
    stdin: endless,
    signal: abort.signal,
  });
  assert.equal(code, 3);
  assert.match(talk, /reading was stopped\. What came before was kept/);
  assert.ok((await exported()).length > 1_000);
});
