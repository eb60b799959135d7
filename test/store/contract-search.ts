import assert from 'node:assert/strict';
import { describe } from 'node:test';

import fc from 'fast-check';

import type { Sighting } from '../../src/model/sighting.ts';
import type { SearchQuestion, Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import { DAY, domain, searched, SOURCE, START, take } from './fixtures.ts';

const QUESTION: SearchQuestion = { text: '', types: [], limit: 100, related: 10 };

/** Takes all values into the search. */
async function indexAll(store: Store): Promise<void> {
  while ((await store.indexValues(7)) > 0);
}

/** What every store must do when it is searched: handed to each like `storeContract`. */
export function searchContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  async function values(store: Store, question: Partial<SearchQuestion>, asOf: number): Promise<string[]> {
    return (await searched(store, { ...QUESTION, ...question }, asOf)).items.map(({ value }) => value);
  }

  describe(`${name}: search`, () => {
    it('finds every value that holds a text, those known last first, whether indexed or not', async (store, clock) => {
      const sightings = Array.from({ length: 40 }, (_, index) => domain(index));
      await take(store, sightings, clock.now);
      const expected = sightings
        .map(({ value }) => value)
        .filter((value) => value.includes('st-1'))
        .toReversed();
      for (const indexed of [0, 7, 1_000]) {
        for (let count = 0; count < indexed; count += 7) await store.indexValues(7);
        assert.deepEqual(await values(store, { text: 'sT-1' }, clock.now), expected);
        assert.deepEqual(await values(store, { text: 'st-1', limit: 3 }, clock.now), expected.slice(0, 3));
      }
      assert.equal(await store.indexValues(10), 0);
    });

    it('says whether there is more', async (store, clock) => {
      await take(store, [domain(1), domain(2), domain(3)], clock.now);
      await indexAll(store);
      const more = async (limit: number): Promise<boolean> =>
        (await store.search({ ...QUESTION, text: 'host', limit }, clock.now)).next !== undefined;
      assert.deepEqual([await more(2), await more(3), await more(4)], [true, false, false]);
    });

    it('goes on where a result ended until all was found, whatever is published or expires meanwhile', async (store, clock) => {
      const all = Array.from({ length: 5_000 }, (_, index) => domain(index));
      await take(store, all, clock.now);
      await store.indexValues(2_500);
      const found: string[] = [];
      let before: number | undefined;
      do {
        const step = await searched(
          store,
          { ...QUESTION, text: 'example', limit: 1_000, related: 0, ...(before !== undefined && { before }) },
          clock.now,
        );
        found.push(...step.items.map(({ value }) => value));
        before = step.next;
        await take(store, [domain(20_000 + found.length)], clock.now);
      } while (before !== undefined);
      assert.deepEqual(found, all.map(({ value }) => value).toReversed());
    });

    it('finds what is left where what is known last has all expired', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      clock.advance(100 * DAY);
      const old = Array.from({ length: 2_500 }, (_, index) => domain(index + 10, { lastSeen: START }));
      await take(store, old, clock.now);
      await take(store, [domain(1, { lastSeen: clock.now })], clock.now);
      await indexAll(store);
      const { items, next } = await searched(store, { ...QUESTION, text: 'host' }, clock.now);
      assert.deepEqual([items.map(({ value }) => value), next], [[domain(1).value], undefined]);
    });

    it('answers with the one IOC that the text is by itself, where it is there', async (store, clock) => {
      await take(
        store,
        [domain(1), domain(10), { type: 'url', value: 'http://host-1.example.com/' }],
        clock.now,
      );
      const exact = { type: 'domain', value: 'host-1.example.com' } as const;
      const found = await searched(store, { ...QUESTION, text: exact.value, exact }, clock.now);
      assert.deepEqual([found.match, found.items.map(({ value }) => value)], ['exact', [exact.value]]);
      const none = { type: 'domain', value: 'host-1.example.co' } as const;
      const parts = await searched(store, { ...QUESTION, text: none.value, exact: none }, clock.now);
      assert.deepEqual(
        [parts.match, parts.items.map(({ value }) => value)],
        ['substring', ['http://host-1.example.com/', 'host-1.example.com']],
      );
    });

    it('shows nothing that is held, taken back, expired or still to come', async (store, clock) => {
      const hold = { rule: 'popular', list: 'own', entry: 'x' } as never;
      await take(store, [domain(1), domain(2, { hold }), domain(3), domain(4)], clock.now);
      await store.retract([domain(3)], 'wrong', clock.now);
      await indexAll(store);
      assert.deepEqual(await values(store, { text: 'host' }, clock.now), [
        'host-4.example.com',
        'host-1.example.com',
      ]);
      await store.markPolled(clock.now);
      await take(store, [domain(5), domain(1, { confidence: 90 })], clock.now);
      assert.deepEqual(await values(store, { text: 'host' }, clock.now), [
        'host-4.example.com',
        'host-1.example.com',
      ]);
      const now = await searched(store, { ...QUESTION, text: 'host-1' }, clock.now);
      const then = await searched(store, { ...QUESTION, text: 'host-1' }, clock.now + 5);
      assert.deepEqual([now.items[0]?.confidence, then.items[0]?.confidence], [50, 90]);
      assert.equal((await values(store, { text: 'host' }, clock.now + 5)).length, 3);
      assert.deepEqual(await values(store, { text: 'host' }, clock.now + 100 * DAY), []);
    });

    it('filters by type', async (store, clock) => {
      const url: Sighting = { type: 'url', value: 'http://host-1.example.com/', lastSeen: START };
      await take(store, [domain(1), url], clock.now);
      assert.deepEqual(await values(store, { text: 'host-1', types: ['url'] }, clock.now), [url.value]);
    });

    it('adds others from the same document of the same source, and no more than asked for', async (store, clock) => {
      const report = (index: number) => `https://blog.example.com/${index}`;
      const sightings = Array.from({ length: 40 }, (_, index) =>
        domain(index, { reference: report(index % 3) }),
      );
      await take(store, sightings, clock.now);
      await take(store, [domain(90, { reference: report(0) })], clock.now, { ...SOURCE, name: 'Other' });
      const question = { ...QUESTION, text: 'host-39.' };
      const { items, related } = await searched(store, question, clock.now);
      assert.equal(items.length, 1);
      assert.equal(related.length, 10);
      for (const { sources } of related) assert.equal(sources[0]?.url, report(0));
      assert.ok(related.every(({ value }) => !items.some((item) => item.value === value)));
      assert.deepEqual((await searched(store, { ...question, related: 0 }, clock.now)).related, []);
      const alone = await searched(store, { ...question, text: 'host-90.' }, clock.now);
      assert.deepEqual(alone.related, []);
    });

    it('finds what was known long before in a document that names it again', async (store, clock) => {
      await take(store, [domain(0)], clock.now, { ...SOURCE, name: 'Other' });
      const filler = Array.from({ length: 700 }, (_, index) => domain(index + 100));
      await take(store, filler, clock.now, { ...SOURCE, name: 'Other' });
      const reference = 'https://blog.example.com/post';
      await take(store, [domain(0, { reference }), domain(1, { reference })], clock.now);
      const { related } = await searched(store, { ...QUESTION, text: 'host-1.example' }, clock.now);
      assert.deepEqual(
        related.map(({ value }) => value),
        ['host-0.example.com'],
      );
    });

    it('agrees with looking at every value, whatever is searched for', async (store, clock) => {
      const piece = fc.constantFrom(
        'a',
        'B',
        '"',
        "'",
        '*',
        '%',
        '_',
        'AND',
        '.',
        '/',
        '-',
        'é',
        'ß',
        '\u{1f600}',
        '^',
        ':',
      );
      const text = fc.array(piece, { minLength: 3, maxLength: 12 }).map((pieces) => pieces.join(''));
      const [first] = fc.sample(fc.array(text, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 42 });
      const known = [...new Set(first)].map((each) => `http://h.example.com/${each}`);
      await take(
        store,
        known.map((value) => ({ type: 'url', value, lastSeen: START })),
        clock.now,
      );
      await store.indexValues(30);
      const lower = (value: string): string => value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
      const part = fc.oneof(
        text,
        fc.constantFrom(...known).map((value) => Array.from(value).slice(20, 24).join('')),
      );
      await fc.assert(
        fc.asyncProperty(part, async (asked) => {
          fc.pre(Array.from(asked).length >= 3);
          const expected = known.filter((value) => lower(value).includes(lower(asked))).toReversed();
          assert.deepEqual(await values(store, { text: asked, limit: 1_000 }, clock.now), expected);
        }),
        { numRuns: 200 },
      );
    });
  });
}
