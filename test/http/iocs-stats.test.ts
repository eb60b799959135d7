import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DAY, domain, START, take } from '../store/fixtures.ts';
import { addresses, bearer, errorOf, get, serving } from './serving.ts';

const PATH = '/api/v1/iocs/stats';

test('statistics say how many there are of what, what is new, and how feeds fare', async (context) => {
  const server = await serving(context);
  const known = domain(1, { confidence: 85, techniques: ['T1105'], cves: ['CVE-2024-12345'] });
  await take(server.store, [known, ...addresses(3, { cves: ['CVE-2024-12345'] })], START);
  await server.store.syncFeeds(
    [
      { name: 'urlhaus', enabled: true },
      { name: 'off', enabled: false },
    ],
    START,
  );
  const feed = await server.store.claimFeed('me', START, 60_000, 'urlhaus');
  const settlement = { state: 'fine', nextAt: START + DAY, checkedAt: START, failures: 0, goodAt: START };
  await server.store.settleFeed(feed!.name, 'me', settlement);
  const answer = await get(server, PATH, bearer(server.free));
  assert.equal(answer.headers['cache-control'], 'private, no-cache');
  const {
    generated_at: at,
    by_type: types,
    ...rest
  } = JSON.parse(answer.body.toString('utf8')) as {
    generated_at: string;
    by_type: Record<string, number>;
  };
  assert.ok(Date.parse(at) <= START);
  assert.deepEqual([Object.keys(types).length, types.domain, types.ipv6, types.url], [10, 1, 3, 0]);
  const trend = { added: 4, updated: 0, added_before: 0 };
  assert.deepEqual(rest, {
    total: 4,
    by_confidence: { low: 0, medium: 3, high: 1 },
    by_category: [{ category: 'community', count: 4 }],
    by_feed: [{ feed_name: 'Example Feed', count: 4 }],
    trend: { last_24_hours: trend, last_7_days: trend },
    top_techniques: [{ id: 'T1105', name: 'Ingress Tool Transfer', count: 1 }],
    top_cves: [{ id: 'CVE-2024-12345', count: 4 }],
    feeds: [
      {
        feed: 'urlhaus',
        state: 'fine',
        last_good: new Date(START).toISOString(),
        last_checked: new Date(START).toISOString(),
        failures: 0,
      },
    ],
  });
});

test('they take no parameters, need a key, and answer HEAD', async (context) => {
  const server = await serving(context);
  const refused = errorOf(await get(server, `${PATH}?type=url`, bearer(server.free)));
  assert.deepEqual([refused.code, refused.details?.[0]?.parameter], ['invalid_parameter', 'type']);
  assert.equal((await get(server, PATH)).status, 401);
  const head = await get(server, PATH, bearer(server.free), 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
});
