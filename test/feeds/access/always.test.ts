import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { AccessOutcome, Bookmark } from '../../../src/feeds/access/access.ts';
import { mispAccess, MISP_LIMITS } from '../../../src/feeds/access/misp.ts';
import { taxiiAccess, TAXII_LIMITS } from '../../../src/feeds/access/taxii.ts';
import { feedOf, startSite } from './site.ts';
import { COLLECTION, held, TaxiiServer } from './taxii-server.ts';

/** More runs than any of these worlds needs. */
const MOST_RUNS = 40;

test('whatever a TAXII server forgets to say, every object arrives and the runs come to an end', async (t) => {
  const faults = fc.record({
    noNext: fc.boolean(),
    noDates: fc.boolean(),
    bare: fc.boolean(),
    nextAtEnd: fc.boolean(),
    noSlash: fc.boolean(),
  });
  const world = fc.record({
    faults,
    first: fc.integer({ min: 0, max: 9 }),
    later: fc.integer({ min: 0, max: 5 }),
    pageSize: fc.integer({ min: 1, max: 4 }),
    pages: fc.integer({ min: 1, max: 4 }),
  });
  const site = await startSite(t);
  await fc.assert(
    fc.asyncProperty(world, async ({ faults, first, later, pageSize, pages }) => {
      site.clear();
      const server = new TaxiiServer(site, faults);
      server.pageSize = pageSize;
      const access = taxiiAccess({ ...TAXII_LIMITS, pageObjects: pageSize, pages });
      const feed = feedOf({ url: `${site.origin}/taxii2/`, kind: 'taxii', collection: COLLECTION });
      const arrived = new Set<string>();
      let bookmark: Bookmark | undefined = undefined;
      for (const count of [first, first + later]) {
        server.held = held(count);
        for (let more: boolean | undefined = true, runs = 0; more === true; runs += 1) {
          assert.ok(runs < MOST_RUNS, 'the runs come to an end');
          const outcome: AccessOutcome = await access(site.context(feed, bookmark));
          assert.ok(outcome.state === 'fetched' || outcome.state === 'unchanged', outcome.state);
          for (const text of site.take(outcome))
            for (const { id } of (JSON.parse(text) as { objects: { id: string }[] }).objects) arrived.add(id);
          bookmark = outcome.bookmark ?? bookmark;
          more = outcome.state === 'fetched' ? outcome.more : undefined;
        }
        assert.deepEqual(
          [...arrived].toSorted(),
          held(count)
            .map(({ id }) => id)
            .toSorted(),
        );
      }
      assert.deepEqual(site.files(), []);
    }),
    { numRuns: 60 },
  );
});

test('whatever a MISP feed adds, changes and takes away, each state of each event is taken once', async (t) => {
  const uuid = fc.integer({ min: 0, max: 7 }).map((digit) => `0000000${digit}-0000-4000-8000-000000000000`);
  const manifests = fc.array(fc.dictionary(uuid, fc.integer({ min: 1, max: 3 }), { maxKeys: 8 }), {
    minLength: 1,
    maxLength: 5,
  });
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  await fc.assert(
    fc.asyncProperty(manifests, fc.integer({ min: 1, max: 4 }), async (states, events) => {
      const access = mispAccess({ ...MISP_LIMITS, events });
      let bookmark: Bookmark | undefined = undefined;
      let before: Readonly<Record<string, number>> = {};
      for (const state of states) {
        const entries = Object.entries(state).map(([name, timestamp]) => [name, { timestamp }]);
        site.serve('/feed/manifest.json', { body: JSON.stringify(Object.fromEntries(entries)) });
        for (const [name, timestamp] of Object.entries(state))
          site.serve(`/feed/${name}.json`, { body: `${name} ${timestamp}` });
        const taken: string[] = [];
        for (let more: boolean | undefined = true, runs = 0; more === true; runs += 1) {
          assert.ok(runs < MOST_RUNS);
          const outcome: AccessOutcome = await access(site.context(feed, bookmark));
          taken.push(...site.take(outcome));
          assert.ok(outcome.state === 'fetched' || outcome.state === 'unchanged');
          bookmark = outcome.bookmark ?? bookmark;
          more = outcome.state === 'fetched' ? outcome.more : undefined;
        }
        const changed = Object.entries(state).filter(([name, timestamp]) => before[name] !== timestamp);
        assert.deepEqual(
          taken.toSorted(),
          changed.map(([name, timestamp]) => `${name} ${timestamp}`).toSorted(),
        );
        before = state;
      }
    }),
    { numRuns: 60 },
  );
});
