import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import test from 'node:test';

import type { Hold } from '../../src/model/hold.ts';
import { SOURCE } from '../store/fixtures.ts';
import { feedBench, lines, LIST } from './runs.ts';

const HOUR = 3_600_000;
const HOLD: Hold = { rule: 'popular_site', list: 'Example', entry: 'example.net' };

function spooled(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith('spool-'));
}

test('a first run publishes what is listed, an unchanged one nothing', async (t) => {
  const bench = await feedBench(t);
  const first = await bench.turn(lines(0, 3));
  assert.equal(first.state, 'fine');
  assert.deepEqual(await bench.published(), [
    'host-0.example.net',
    'host-1.example.net',
    'host-2.example.net',
  ]);
  const stamp = await bench.lastStamp();
  bench.clock.advance(HOUR);
  assert.equal((await bench.turn({ state: 'unchanged' })).state, 'unchanged');
  assert.equal((await bench.turn(lines(0, 3))).state, 'fine');
  assert.equal(await bench.lastStamp(), stamp);
  assert.deepEqual(spooled(bench.directory), [], 'downloads are removed');
});

test('what is missing in the next download is taken back, once, where absence means that', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 4));
  await bench.published();
  const turn = await bench.turn(lines(1, 5));
  assert.deepEqual([turn.run?.survey?.added, turn.run?.survey?.absent, turn.run?.survey?.same], [1, 1, 3]);
  assert.deepEqual(await bench.states(), [
    'host-0.example.net revoked',
    'host-1.example.net',
    'host-2.example.net',
    'host-3.example.net',
    'host-4.example.net',
  ]);
  const stamp = await bench.lastStamp();
  await bench.turn(lines(1, 5));
  assert.equal(await bench.lastStamp(), stamp);
  await bench.turn(lines(0, 5));
  assert.equal((await bench.published()).length, 5);
});

test('what is missing in the next download stands where absence means nothing', async (t) => {
  const bench = await feedBench(t);
  const feed = { ...LIST, absence: 'means-nothing' } as const;
  await bench.turn(lines(0, 4), { feed });
  await bench.turn(lines(3, 5), { feed });
  assert.equal((await bench.published()).length, 5);
});

test('an empty download takes nothing back, and is told', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 40));
  for (const text of ['# nothing today\n', '\n\n']) {
    const turn = await bench.turn(text);
    assert.equal(turn.state, 'empty', text);
    assert.equal((await bench.published()).length, 40);
  }
  const [record] = await bench.store.listFeeds();
  assert.equal(record?.state, 'empty');
  assert.ok(record?.goodAt !== undefined);
});

test('a web page in the place of a list is told, and takes nothing back', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 40));
  const turn = await bench.turn('<!doctype html><html><body>Please sign in</body></html>');
  assert.equal(turn.state, 'html');
  assert.match(turn.reason!, /HTML page/);
  assert.equal((await bench.published()).length, 40);
});

test('a download that is cut short publishes nothing of it', async (t) => {
  const bench = await feedBench(t);
  const feed = { ...LIST, access: { kind: 'file', url: 'https://feed.example.org/kev.json' } } as const;
  const whole = JSON.stringify({
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    catalogVersion: '2026.01.15',
    count: 3,
    vulnerabilities: [1, 2, 3].map((index) => ({
      cveID: `CVE-2026-000${index}`,
      vendorProject: 'Example',
      product: 'Example',
      vulnerabilityName: 'Example',
      dateAdded: '2026-01-10',
      shortDescription: 'x',
      requiredAction: 'x',
      dueDate: '2026-02-01',
      knownRansomwareCampaignUse: 'Unknown',
      notes: '',
    })),
  });
  const turn = await bench.turn(whole.slice(0, -200), { feed });
  assert.equal(turn.state, 'drifted');
  assert.deepEqual(await bench.published(), []);
  assert.equal((await bench.turn(whole, { feed })).state, 'fine');
  assert.equal((await bench.published()).length, 3);
});

test('a download out of proportion waits for the operator while the last good set is served', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 400));
  const shrunk = await bench.turn(lines(0, 40));
  assert.equal(shrunk.state, 'held');
  assert.match(shrunk.reason!, /360 of 400/);
  assert.equal((await bench.published()).length, 400);
  assert.equal(spooled(bench.directory).length, 1, 'the download is kept');
  const grown = await bench.turn(lines(0, 4_000));
  assert.equal(grown.state, 'held');
  assert.equal((await bench.published()).length, 400);
  const runs = await bench.store.listRuns(3);
  assert.deepEqual(
    runs.map(({ state }) => state),
    ['held', 'discarded', 'done'],
  );
  assert.equal(spooled(bench.directory).length, 1, 'only the newest download is kept');
  assert.equal((await bench.turn(lines(1, 401))).state, 'fine');
  assert.deepEqual(spooled(bench.directory), []);
});

test('what waits keeps its number while the feed says the same, and is dropped when the feed takes it back', async (t) => {
  const bench = await feedBench(t);
  const said = (sha256: string) => ({ bookmark: { sha256 } });
  await bench.turn(lines(0, 400), said('a'));
  const first = await bench.turn(lines(0, 40), said('b'));
  bench.clock.advance(HOUR);
  const second = await bench.turn(lines(0, 40), said('b'));
  assert.deepEqual([second.state, second.run?.run], ['held', first.run?.run]);
  assert.equal(second.reason, first.reason);
  assert.equal(spooled(bench.directory).length, 1, 'one download is kept');
  assert.equal((await bench.turn({ state: 'unchanged' })).state, 'unchanged');
  const run = await bench.store.findRun(first.run!.run);
  assert.deepEqual([run?.state, run?.failure], ['discarded', 'its publisher went back to what is published']);
  assert.deepEqual(spooled(bench.directory), []);
  assert.equal((await bench.published()).length, 400);
});

test('a part that waits goes on waiting while there is nothing newer', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 40));
  const gate = async () => ({ check: () => HOLD });
  const documents = [{ path: bench.spool(lines(100, 200)), url: LIST.access.url, format: 'list' }];
  const accessFor = () => async () =>
    ({ state: 'fetched', documents, bookmark: { items: [] }, complete: false }) as const;
  const held = await bench.turn('', { parts: { gate, accessFor } });
  assert.equal(held.state, 'held');
  assert.equal((await bench.turn({ state: 'unchanged' })).state, 'held');
});

test('a run that fails in the middle leaves no file and no open run', async (t) => {
  const bench = await feedBench(t);
  const check = (): never => {
    throw new Error('a mistake of ours');
  };
  const turn = await bench.turn(lines(0, 3), { parts: { gate: async () => ({ check }) } });
  assert.deepEqual([turn.state, turn.reason], ['failed', 'Error: a mistake of ours']);
  assert.deepEqual(spooled(bench.directory), []);
  assert.equal((await bench.turn(lines(0, 3))).state, 'fine');
  const runs = await bench.store.listRuns(2);
  assert.deepEqual(
    runs.map(({ state, failure }) => [state, failure]),
    [
      ['done', undefined],
      ['failed', 'it was cut off before it published anything'],
    ],
  );
});

test('a state that comes again with a newer date is new, and so is one that is given for a day', async (t) => {
  const bench = await feedBench(t);
  const dated = (day: number) => new Date(Date.UTC(2026, 0, day)).toUTCString();
  const say = (text: string, sha256: string, day?: number) =>
    bench.turn(text, { bookmark: { sha256, ...(day !== undefined && { lastModified: dated(day) }) } });
  await say(lines(0, 3), 'a', 10);
  await say(lines(0, 4), 'b', 11);
  assert.equal((await say(lines(0, 3), 'a', 12)).state, 'fine');
  assert.equal((await bench.published()).length, 3);
  await say(lines(0, 5), 'c');
  assert.equal((await say(lines(0, 3), 'a')).state, 'stale');
  bench.clock.advance(23 * HOUR);
  assert.equal((await say(lines(0, 4), 'b')).state, 'stale', 'another old state');
  assert.equal((await say(lines(0, 4), 'b')).state, 'stale');
  bench.clock.advance(24 * HOUR);
  assert.equal((await say(lines(0, 4), 'b')).state, 'fine');
  assert.equal((await bench.published()).length, 4);
});

test('an older state than the one that stands takes nothing back', async (t) => {
  const bench = await feedBench(t);
  const dated = (day: number) => ({ lastModified: new Date(Date.UTC(2026, 0, day)).toUTCString() });
  await bench.turn(lines(0, 4), { bookmark: { ...dated(10), sha256: 'a' } });
  await bench.turn(lines(1, 5), { bookmark: { ...dated(11), sha256: 'b' } });
  const states = await bench.states();
  assert.equal((await bench.turn(lines(0, 4), { bookmark: dated(10) })).state, 'stale');
  assert.equal((await bench.turn(lines(0, 4), { bookmark: { sha256: 'a' } })).state, 'stale');
  assert.deepEqual(await bench.states(), states);
  assert.equal((await bench.turn(lines(1, 5), { bookmark: { ...dated(12), sha256: 'c' } })).state, 'fine');
});

test('trouble is noted with its reason, and the last good state and its time stay', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 3));
  const good = (await bench.store.listFeeds())[0]!;
  bench.clock.advance(HOUR);
  const retryAt = bench.clock.now + 7 * HOUR;
  const turn = await bench.turn({ state: 'blocked', reason: 'it says: come back later', retryAt });
  assert.equal(turn.state, 'blocked');
  assert.ok(turn.nextAt >= retryAt);
  const record = (await bench.store.listFeeds())[0]!;
  assert.deepEqual(
    [record.state, record.reason, record.failures, record.goodAt, record.goodRun],
    ['blocked', 'it says: come back later', 1, good.goodAt, good.goodRun],
  );
  assert.equal((await bench.published()).length, 3);
  await bench.turn({ state: 'unreachable', reason: 'no network' });
  assert.equal((await bench.store.listFeeds())[0]?.failures, 2);
  await bench.turn({ state: 'unchanged' });
  assert.equal((await bench.store.listFeeds())[0]?.failures, 0);
});

test('a network that was gone for days is noticed within the hour when it is back', async (t) => {
  const bench = await feedBench(t);
  const waits: number[] = [];
  for (let time = 0; time < 12; time += 1) {
    const { nextAt } = await bench.turn({ state: 'unreachable', reason: 'no network' });
    waits.push(nextAt - bench.clock.now);
  }
  assert.ok(Math.max(...waits) <= HOUR && waits.at(-1)! > HOUR / 4, waits.join(' '));
  for (let time = 0; time < 12; time += 1) {
    const { nextAt } = await bench.turn({ state: 'server_error', reason: 'it says 500' });
    waits.push(nextAt - bench.clock.now);
  }
  assert.ok(waits.at(-1)! > 12 * HOUR, 'a server that fails is spared');
});

test('a feed that needs a key says which setting holds it, and fetches nothing without it', async (t) => {
  const bench = await feedBench(t);
  const credential = {
    setting: 'SOC_FEED_KEY_X',
    scheme: 'header',
    name: 'Auth-Key',
    required: true,
  } as const;
  const feed = { ...LIST, credential };
  let asked = 0;
  const accessFor = () => async () => {
    asked += 1;
    return { state: 'unchanged' } as const;
  };
  const turn = await bench.turn('', { feed, parts: { accessFor } });
  assert.equal(turn.state, 'no_credential');
  assert.match(turn.reason!, /SOC_FEED_KEY_X/);
  assert.ok(turn.nextAt - bench.clock.now < 1.2 * HOUR, 'a key that is configured now is soon noticed');
  assert.equal(asked, 0);
});

test('a credential is sent as the feed wants it', async (t) => {
  const bench = await feedBench(t);
  const seen: unknown[] = [];
  for (const more of [
    { scheme: 'header', name: 'Auth-Key' },
    { scheme: 'bearer' },
    { scheme: 'basic' },
  ] as const) {
    const feed = { ...LIST, credential: { setting: 'SOC_FEED_KEY_X', required: true, ...more } };
    await bench.turn('', {
      feed,
      parts: {
        credential: () => 'user:secret',
        accessFor:
          () =>
          async ({ headers }) => {
            seen.push(headers);
            return { state: 'unchanged' };
          },
      },
    });
  }
  assert.deepEqual(seen, [
    { 'auth-key': 'user:secret' },
    { authorization: 'Bearer user:secret' },
    { authorization: `Basic ${Buffer.from('user:secret').toString('base64')}` },
  ]);
});

test('what the gate holds is kept and not published; a download full of it waits', async (t) => {
  const bench = await feedBench(t);
  const few = {
    gate: async () => ({
      check: ({ value }: { value: string }) => (value === 'host-1.example.net' ? HOLD : undefined),
    }),
  };
  const turn = await bench.turn(lines(0, 3), { parts: few });
  assert.equal(turn.state, 'fine');
  assert.deepEqual(await bench.published(), ['host-0.example.net', 'host-2.example.net']);
  const record = await bench.store.findIoc({ type: 'domain', value: 'host-1.example.net' });
  assert.deepEqual(record?.hold, HOLD);
  const all = await bench.turn(lines(0, 100), { parts: { gate: async () => ({ check: () => HOLD }) } });
  assert.equal(all.state, 'held');
});

test('a feed whose times cannot be read is published without them, and its run says so', async (t) => {
  const bench = await feedBench(t);
  const feed = { ...LIST, access: { ...LIST.access, format: 'csv' } } as const;
  const rows = ['192.0.2.1,4/5/2026', '192.0.2.2,5/5/2026', '192.0.2.3,2026-01-05'];
  const turn = await bench.turn(`value,first_seen\n${rows.join('\n')}\n`, { feed });
  assert.equal(turn.state, 'fine');
  const [run] = await bench.store.listRuns(1);
  assert.deepEqual([run?.read, run?.added, run?.quarantined], [3, 3, 0]);
  const [note] = await bench.store.listQuarantine(run!.id);
  assert.deepEqual([note?.code, note?.count, note?.samples[0]?.sample], ['bad_time', 2, '4/5/2026']);
});

test('the feed’s own host is quarantined and does not stop others from reporting it', async (t) => {
  const bench = await feedBench(t);
  const own: Hold = { rule: 'own_domain', list: 'own', entry: 'feed.example.org' };
  const gate = async () => ({
    check: (_ioc: object, { ownHosts }: { readonly ownHosts: readonly string[] }) =>
      ownHosts.includes('feed.example.org') ? own : undefined,
  });
  const turn = await bench.turn('feed.example.org\n', { parts: { gate } });
  assert.equal(turn.run?.survey?.rejected.get('own_host'), 1);
  assert.equal((await bench.store.listQuarantine(turn.run?.run ?? 0))[0]?.code, 'own_host');
  assert.equal(await bench.store.findIoc({ type: 'domain', value: 'feed.example.org' }), undefined);
});

test('a report’s sightings carry its address, title and time', async (t) => {
  const bench = await feedBench(t);
  const feed = {
    ...LIST,
    absence: 'means-nothing',
    access: { kind: 'reports', url: 'https://blog.example.org/rss', pages: true },
  } as const;
  const publishedAt = bench.clock.now - 5 * HOUR;
  const report = { id: 'r1', title: 'A campaign\u0007 in detail', publishedAt };
  const document = {
    path: bench.spool('The implant calls evil[.]example[.]com every hour.'),
    url: 'https://blog.example.org/a-campaign',
    format: 'prose',
    report,
  };
  assert.equal((await bench.turn([document], { feed })).state, 'fine');
  const record = await bench.store.findIoc({ type: 'domain', value: 'evil.example.com' });
  const [sighting] = record!.sightings;
  assert.equal(sighting?.reference, 'https://blog.example.org/a-campaign');
  assert.equal(sighting?.entry, 'r1');
  assert.equal(sighting?.firstSeen, publishedAt);
});

test('a run that was cut off in the middle of publishing is completed by the next process', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 3));
  const path = bench.spool(lines(1, 6));
  const documents = [{ path, url: LIST.access.url, format: 'list' }];
  await bench.store.claimFeed('dead', bench.clock.now, HOUR, 'list');
  const run = await bench.store.beginRun({ ...SOURCE, name: LIST.title }, 'x', bench.clock.now, {
    feed: 'list',
    owner: 'dead',
  });
  await bench.store.setRunState(
    run,
    'publishing',
    JSON.stringify({ documents, bookmark: { etag: '"2"' }, complete: true }),
  );
  await bench.store.ingest(run, [{ type: 'domain', value: 'host-3.example.net' }], bench.clock.now);
  await bench.reopen();
  bench.clock.advance(2 * HOUR);
  const turn = await bench.turn({ state: 'unreachable', reason: 'the server is never asked' });
  assert.equal(turn.state, 'fine');
  assert.equal((await bench.published()).length, 5);
  assert.equal((await bench.store.findRun(run))?.state, 'done');
  assert.equal(existsSync(path), false);
  assert.match((await bench.store.listFeeds())[0]!.bookmark!, /"2/);
});

test('a run that is gone on with and cannot be read any more is not taken for published', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 3), { bookmark: { sha256: 'a' } });
  const before = (await bench.store.listFeeds())[0]!.bookmark;
  await bench.store.claimFeed('dead', bench.clock.now, HOUR, 'list');
  const lease = { feed: 'list', owner: 'dead' };
  const run = await bench.store.beginRun({ ...SOURCE, name: LIST.title }, 'x', bench.clock.now, lease);
  const documents = [{ path: bench.spool('<html>'), url: LIST.access.url, format: 'list' }];
  const download = { documents, bookmark: { sha256: 'b' }, complete: true };
  await bench.store.setRunState(run, 'publishing', JSON.stringify(download));
  bench.clock.advance(2 * HOUR);
  assert.equal((await bench.turn('')).state, 'html');
  assert.equal((await bench.store.listFeeds())[0]!.bookmark, before);
});

test('a run whose download is gone is closed, and the feed is asked again', async (t) => {
  const bench = await feedBench(t);
  await bench.store.syncFeeds([{ name: 'list', enabled: true }], bench.clock.now);
  await bench.store.claimFeed('dead', bench.clock.now, HOUR, 'list');
  const run = await bench.store.beginRun({ ...SOURCE, name: LIST.title }, 'x', bench.clock.now, {
    feed: 'list',
    owner: 'dead',
  });
  const documents = [{ path: '/nowhere/at/all', url: LIST.access.url }];
  await bench.store.setRunState(
    run,
    'publishing',
    JSON.stringify({ documents, bookmark: {}, complete: true }),
  );
  bench.clock.advance(2 * HOUR);
  assert.equal((await bench.turn(lines(0, 2))).state, 'fine');
  assert.equal((await bench.store.findRun(run))?.state, 'failed');
  assert.equal((await bench.published()).length, 2);
});

test('a feed that another process has taken over publishes nothing more here', async (t) => {
  const bench = await feedBench(t);
  const accessFor = () => async () => {
    await bench.store.claimFeed('other', bench.clock.now + 10 * HOUR, HOUR, 'list');
    const documents = [{ path: bench.spool(lines(0, 3)), url: LIST.access.url, format: 'list' }];
    return { state: 'fetched', documents, bookmark: {}, complete: true } as const;
  };
  await assert.rejects(bench.turn('', { parts: { accessFor } }), { code: 'lost_lease' });
  assert.deepEqual(await bench.published(), []);
  assert.equal((await bench.store.listFeeds())[0]?.owner, 'other');
});

test('a stop in the middle leaves the feed due and free', async (t) => {
  const bench = await feedBench(t);
  const stop = new AbortController();
  const accessFor = () => async () => {
    stop.abort();
    stop.signal.throwIfAborted();
    return { state: 'unchanged' } as const;
  };
  await assert.rejects(bench.turn('', { parts: { accessFor, signal: stop.signal } }), { name: 'AbortError' });
  const [record] = await bench.store.listFeeds();
  assert.deepEqual(
    [record?.state, record?.owner, record?.nextAt],
    ['interrupted', undefined, bench.clock.now],
  );
});

test('more records than a run takes are refused before anything is published', async (t) => {
  const bench = await feedBench(t);
  const path = bench.spool('192.0.2.1\n'.repeat(20_001));
  const documents = [{ path, url: LIST.access.url, format: 'list' }] as const;
  const turn = await bench.turn(documents, { parts: { mostRecords: 20_000 } });
  assert.equal(turn.state, 'too_large');
  assert.deepEqual(await bench.published(), []);
});
