import assert from 'node:assert/strict';
import test from 'node:test';

import { taxiiAccess, TAXII_LIMITS } from '../../src/feeds/access/taxii.ts';
import { bookmarkOf, feedOf, startSite } from '../feeds/access/site.ts';
import { addresses, bearer, serving, type StixObject } from '../http/serving.ts';
import { domain, take } from '../store/fixtures.ts';

test('another server of this kind takes a collection as a feed: all of it, then what is new, then nothing', async (context) => {
  const here = await serving(context);
  const port = await here.listen();
  const site = await startSite(context);
  await take(here.store, addresses(50), here.clock.now);
  const access = taxiiAccess({ ...TAXII_LIMITS, pageObjects: 20 });
  const names = (outcome: Awaited<ReturnType<typeof access>>): string[] =>
    site
      .take(outcome)
      .flatMap((text) => (JSON.parse(text) as { objects: StixObject[] }).objects)
      .filter(({ type }) => type === 'indicator')
      .map(({ name }) => name);
  for (const path of ['/api/taxii2/', '/taxii2/', '/api/taxii2/api/collections/all']) {
    const collection = path.endsWith('all') ? undefined : 'All indicators';
    const feed = feedOf({ url: `http://127.0.0.1:${port}${path}`, kind: 'taxii', collection });
    const headers = bearer(here.pro);
    const first = await access(site.context(feed, undefined, { headers }));
    assert.ok(names(first).length >= 50, path);
    const second = await access(site.context(feed, bookmarkOf(first), { headers }));
    assert.equal(second.state, 'unchanged');
    const name = `host-${path.length}.example.com`;
    await take(here.store, [domain(path.length)], here.clock.advance(1_000));
    here.clock.advance(1_000);
    const third = await access(site.context(feed, bookmarkOf(second), { headers }));
    assert.deepEqual(names(third), [name]);
  }
});
