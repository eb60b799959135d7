import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';

import type { Feed } from '../../src/model/feed.ts';
import type { FeedRecord } from '../../src/store/store.ts';
import { lines } from '../feeds/runs.ts';
import { bench, type Bench, type Outcome } from './commands.ts';
import { type Program, start } from './program.ts';

const SECRET = 'canary-of-the-feed';
const ENV = {
  SOC_FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
  SOC_FEEDS: 'own',
  SOC_WARNINGLISTS: 'off',
  SOC_FEED_KEY_OURS: SECRET,
};

interface Beside extends Bench {
  readonly port: number;
  readonly feed: (...args: readonly string[]) => Promise<Outcome>;
  readonly record: () => Promise<FeedRecord>;
  readonly serve: () => Program;
}

/** A store with a feed whose server is at a port of loopback, where nobody listens yet. */
async function beside(t: TestContext): Promise<Beside> {
  const here = bench(t);
  const server = await listening(t, 0, () => undefined);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const feed = (...args: readonly string[]) => here.run(['feed', ...args], { env: ENV });
  const added = await feed('add', `http://127.0.0.1:${port}/list.txt`, '--name', 'ours', '--format', 'list');
  assert.equal(added.code, 0, added.talk);
  await here.withStore(async (store) => {
    // The command refuses keys that would go over http.
    const known = JSON.parse((await store.listFeeds()).find(isOurs)!.definition!) as Feed;
    const credential = { setting: 'SOC_FEED_KEY_OURS', scheme: 'header', name: 'x-key', required: true };
    await store.putFeed('ours', JSON.stringify({ ...known, credential }), Date.now());
  });
  return {
    ...here,
    port,
    feed,
    record: () => here.withStore(async (store) => (await store.listFeeds()).find(isOurs)!),
    serve: () => start(t, ['serve', '--port', '0', '--data', here.data], ENV),
  };
}

function isOurs({ name }: FeedRecord): boolean {
  return name === 'ours';
}

async function listening(t: TestContext, port: number, answer: RequestListener): Promise<Server> {
  const server = createServer(answer).listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How many indicators a server gives. */
async function given(url: string, key: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/iocs/stix?limit=10000`, { headers: { 'x-api-key': key } });
  assert.equal(answer.status, 200);
  const { objects = [] } = (await answer.json()) as { objects?: { type: string }[] };
  return objects.filter(({ type }) => type === 'indicator').length;
}

test('without a network the server serves, tells what is wrong, and recovers by itself', async (t) => {
  const { port, feed, record, serve } = await beside(t);
  const server = serve();
  const key = await server.says(/(sk_live_\w+)/);
  const url = await server.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  await server.says(/"feed":"ours","state":"unreachable","reason":"[^"]+"/);
  assert.equal(await given(url, key), 0);
  assert.match(
    (await feed('status', 'ours')).out,
    /^ours {2}unreachable, never good yet, next in .*\n {6}\w/,
  );
  assert.equal((await record()).failures, 1);

  const sent: unknown[] = [];
  const origin = await listening(t, port, (request, response) => {
    sent.push(request.headers['x-key']);
    response.end(lines(0, 12));
  });
  // In earnest it waits for the time that status tells.
  await feed('enable', 'ours');
  await server.says(/"feed":"ours","state":"fine"/);
  await until(async () => (await given(url, key)) === 12, 'twelve indicators without a restart');
  assert.match((await feed('status', 'ours')).out, /^ours {2}fine, good \d+ s ago, next in/);
  assert.deepEqual(sent, [SECRET]);

  origin.close();
  origin.closeAllConnections();
  await feed('enable', 'ours');
  await server.says(/"state":"fine"[\s\S]*"feed":"ours","state":"unreachable"/);
  assert.equal(await given(url, key), 12, 'the last good state is served');
  server.process.kill('SIGTERM');
  assert.deepEqual(await server.ended, { code: 0, signal: null });
  assert.doesNotMatch(server.out() + server.talk(), new RegExp(SECRET));
  assert.equal(server.talk().split(key).length, 2, 'the key is shown once');
});

test('a stop in the middle of a run ends soon, and the next start goes on', async (t) => {
  const { port, record, serve, withStore } = await beside(t);
  const state = { asked: 0 };
  await listening(t, port, (_request, response) => {
    state.asked += 1;
    if (state.asked > 1) return response.end(lines(0, 8_000));
    // The first download never ends.
    return response.writeHead(200, { 'content-length': 1_000 }).write('host-0.example.net\n');
  });
  const first = serve();
  await until(async () => state.asked === 1, 'the first request');
  first.process.kill('SIGTERM');
  assert.deepEqual(await first.ended, { code: 0, signal: null });
  const stopped = await record();
  assert.deepEqual([stopped.state, stopped.owner, stopped.goodAt], ['interrupted', undefined, undefined]);

  const second = serve();
  const indicators = () => withStore(async (store) => (await store.health()).indicators);
  await until(async () => (await indicators()) > 0, 'the first batch');
  second.process.kill('SIGTERM');
  assert.deepEqual(await second.ended, { code: 0, signal: null });
  const left = await withStore((store) => store.newestRun('ours'));
  if ((await indicators()) < 8_000) {
    assert.deepEqual([left?.state, (await record()).state], ['publishing', 'interrupted']);
  }
  const third = serve();
  await until(async () => (await record()).state === 'fine', 'the run is completed');
  assert.equal(await indicators(), 8_000);
  assert.equal(state.asked, 2, 'from what was downloaded already');
  const run = await withStore((store) => store.findRun(left!.id));
  assert.deepEqual([run?.state, run?.added], ['done', 8_000]);
  for (const server of [first, second]) assert.doesNotMatch(server.talk(), /"level":"error"/);
  third.process.kill('SIGTERM');
  await third.ended;
});
