import assert from 'node:assert/strict';
import test from 'node:test';

import { buildApp } from '../../src/http/app.ts';
import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { makeApiKey } from '../../src/model/api-key.ts';
import { createLog } from '../../src/observe/log.ts';
import type { StixObject } from '../http/serving.ts';
import { ALL_TYPES, bench, indicatorsIn, soon } from './commands.ts';
import { start } from './program.ts';

const SECTORS =
  'value,type,sectors,techniques,cves\n198.51.100.9,ipv4,energy,T1071,\ngrid.example.org,domain,finance;energy,,\n';

const REQUESTS = [
  '',
  'type=ipv4,domain',
  'type=mitre_attack',
  'confidence=high',
  'confidence=low,medium&type=ipv6',
  'industry=energy',
  'industry=finance&type=domain',
  'limit=3',
  'since=2020-01-01',
  'since=2020-01-01T00:00:00%2B02:00&limit=4&type=ipv4,url',
  'since=2099-01-01',
  'revoked=include',
  'tlp=amber',
  'tlp_version=2',
  'tlp=red&tlp_version=2&include_markings=false',
  'include_markings=true',
  'include_identity=false',
  'include=related',
  'format=objects',
  'format=objects&include_identity=false&type=email',
];

test('export gives what the endpoint gives for the same filters', async (t) => {
  const { run, file, withStore } = bench(t);
  await run(['import', file('own.csv', ALL_TYPES), file('sectors.csv', SECTORS)]);
  const now = soon();
  const key = makeApiKey();
  const answers = await withStore(async (store) => {
    await store.createKey({ ...key, account: 'a', name: 'n', tier: 'pro', allowedNetworks: [] }, now);
    const log = createLog({ level: 'silent' });
    const app = buildApp({ store, config: HTTP_DEFAULTS, clock: () => now, log });
    const headers = { authorization: `Bearer ${key.text}` };
    const bodies = [];
    for (const query of REQUESTS) {
      const strict = query.includes('format=objects') ? query : `${query}&strict=true`.replace(/^&/, '');
      const more = strict.includes('limit') ? strict : `${strict}&limit=10000`;
      bodies.push((await app.inject({ url: `/api/v1/iocs/stix?${more}`, headers })).body);
    }
    await app.close();
    return bodies;
  });
  const sizes = new Set<number>();
  for (const [index, query] of REQUESTS.entries()) {
    const filters = [...new URLSearchParams(query)].flatMap(([name, value]) => [
      `--${name.replaceAll('_', '-')}`,
      value,
    ]);
    const { code, out, talk } = await run(['export', ...filters], { clock: () => now });
    assert.equal(code, 0, talk);
    assert.deepEqual(JSON.parse(out), JSON.parse(answers[index]!), query);
    sizes.add(out.length);
  }
  assert.ok(sizes.size > 12, 'the filters do differ');
});

test('without --limit all is exported, and the count is told', async (t) => {
  const { run, file } = bench(t);
  const lines = Array.from({ length: 1_234 }, (_, index) => `2001:db8::${(index + 1).toString(16)}\n`);
  await run(['import', file('list.txt', lines.join(''))]);
  const { out, talk } = await run(['export'], { clock: soon });
  assert.equal(indicatorsIn(out).length, 1_234);
  assert.equal(talk, '1,234 indicators');
  assert.ok(out.endsWith(']}\n'));
});

test('an empty store exports the identity alone', async (t) => {
  const { run, makeStore } = bench(t);
  await makeStore();
  const { code, out } = await run(['export']);
  assert.equal(code, 0);
  const { objects } = JSON.parse(out) as { objects: StixObject[] };
  assert.deepEqual(
    objects.map(({ type }) => type),
    ['identity'],
  );
});

for (const [args, reason] of [
  [['--type', 'ipv5'], /--type must be ipv4 or ipv6 or/],
  [['--confidence', '90'], /--confidence must be/],
  [['--since', 'yesterday'], /--since must be a date, or an RFC 3339 time/],
  [['--limit', '0'], /--limit must be a number from 1/],
  [['--industry', 'mining'], /--industry must be/],
  [['--type', ''], /--type is empty/],
  [['--format', 'csv'], /--format must be bundle or objects/],
  [['--cursor', 'x'], /Unknown option '--cursor'/],
] as const) {
  test(`export ${args.join(' ')} is refused with the reason`, async (t) => {
    const { code, out, talk } = await bench(t).run(['export', ...args]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(talk, reason);
  });
}

test('a reader that goes away ends an export quietly', async (t) => {
  const { run, file, data } = bench(t);
  const lines = Array.from({ length: 3_000 }, (_, index) => `2001:db8::${(index + 1).toString(16)}\n`);
  await run(['import', file('list.txt', lines.join(''))]);
  const program = start(t, ['export', '--data', data]);
  await program.says(/^\{"type":"bundle"/);
  program.process.stdout.destroy();
  assert.deepEqual(await program.ended, { code: 0, signal: null });
  assert.equal(program.talk().replace(/^[\d,]+ indicators\n$/, ''), '');
});
