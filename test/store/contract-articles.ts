import assert from 'node:assert/strict';
import { describe } from 'node:test';

import fc from 'fast-check';

import type { Article, ArticleQuery, ListedArticle } from '../../src/model/article.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import type { TestClock } from './fixtures.ts';
import { DAY, domain, searched, SOURCE, START } from './fixtures.ts';

const OTHER = { ...SOURCE, name: 'Other Feed' };

export function article(index: number, more: Partial<Article> = {}): Article {
  return {
    id: `00000000-0000-5000-8000-${String(index).padStart(12, '0')}`,
    title: `Report ${index}`,
    url: `https://labs.example.com/${index}`,
    publishedAt: START - index * 1_000,
    categories: [],
    severity: 'low',
    tags: [],
    families: [],
    actors: [],
    actorKeys: [],
    techniques: [],
    cves: [],
    sectors: [],
    ...more,
  };
}

/** A sighting that was found in an article. */
export function found(index: number, { id, title, url }: Article, more: Partial<Sighting> = {}): Sighting {
  return domain(index, {
    entry: id,
    article: { id, title, ...(url !== undefined && { url }) },
    evidence: { sentence: `It calls host-${index}[.]example[.]com.`, offset: index, defanged: true },
    ...more,
  });
}

/** Takes articles in with what was found in them, as a run of their own; returns the run. */
export async function takeArticles(
  store: Store,
  articles: readonly Article[],
  sightings: readonly Sighting[],
  now: number,
  source = SOURCE,
): Promise<number> {
  const run = await store.beginRun(source, 'test', now);
  await store.ingest(run, sightings, now, undefined, articles);
  await store.endRun(run, now);
  return run;
}

const ALL: ArticleQuery = {
  words: [],
  categories: [],
  severities: [],
  sectors: [],
  since: 0,
  limit: 1_000,
};

const titles = (articles: readonly ListedArticle[]): string[] => articles.map(({ title }) => title);

/** What every store must do about articles: handed to each like `storeContract`. */
export function articleContract(name: string, open: StoreOpener): void {
  const it = itWith(open);
  const later = (clock: TestClock): number => clock.advance(60_000);
  const list = async (store: Store, clock: TestClock, more: Partial<ArticleQuery> = {}): Promise<string[]> =>
    titles((await store.listArticles({ ...ALL, ...more }, clock.now)).articles);
  const valuesIn = async (store: Store, clock: TestClock, { id }: Article): Promise<string[]> =>
    (await store.findArticle(id, clock.now, 100))!.iocs.map(({ value }) => value);

  describe(`${name}: articles`, () => {
    it('gives an article with all that is told of it and where its IOCs stand in it', async (store, clock) => {
      const told = article(1, {
        summary: 'A loader.',
        categories: ['malware'],
        severity: 'high',
        tags: ['loader'],
        families: ['Mozi'],
        actors: ['APT28'],
        techniques: ['T1059.001'],
        cves: ['CVE-2024-12345'],
        sectors: ['energy'],
      });
      await takeArticles(store, [told], [found(1, told, { confidence: 85 }), found(2, told)], START);
      later(clock);
      assert.deepEqual(await store.findArticle(told.id, clock.now, 1), {
        ...told,
        source: SOURCE.name,
        hasIocs: true,
        iocCount: 2,
        iocs: [
          {
            type: 'domain',
            value: 'host-1.example.com',
            level: 'high',
            isExpired: false,
            evidence: { sentence: 'It calls host-1[.]example[.]com.', offset: 1, defanged: true },
          },
        ],
      });
      const { articles } = await store.listArticles(ALL, clock.now);
      assert.deepEqual(articles, [{ ...told, source: SOURCE.name, hasIocs: true }]);
      assert.equal(await store.findArticle(article(2).id, clock.now, 1), undefined);
    });

    it('keeps an article in which nothing was found, at the time when it was read where it says none', async (store, clock) => {
      const { publishedAt: _publishedAt, ...undated } = article(1);
      await takeArticles(store, [undated], [], clock.now);
      await takeArticles(store, [undated], [], later(clock));
      const { articles } = await store.listArticles(ALL, clock.now);
      assert.deepEqual(
        articles.map(({ publishedAt, hasIocs }) => [publishedAt, hasIocs]),
        [[START, false]],
      );
    });

    it('never says that an article was published in the future', async (store, clock) => {
      await takeArticles(store, [article(1, { publishedAt: START + DAY })], [], clock.now);
      assert.equal((await store.findArticle(article(1).id, clock.now, 1))?.publishedAt, START);
    });

    it('brings an article up to date that is read again, and finds it by its new words alone', async (store, clock) => {
      const old = article(1, { title: 'Heron', actors: ['APT28'], categories: ['malware'] });
      await takeArticles(store, [old], [found(1, old)], clock.now);
      const renewed = { ...old, title: 'Egret', actors: ['APT29'], severity: 'high' } as const;
      await takeArticles(store, [renewed], [found(1, renewed), found(2, renewed)], later(clock));
      await takeArticles(store, [renewed], [found(1, renewed), found(2, renewed)], later(clock));
      later(clock);
      assert.deepEqual(await list(store, clock), ['Egret']);
      assert.deepEqual(await list(store, clock, { words: ['heron'] }), []);
      assert.deepEqual(await list(store, clock, { words: ['egret'] }), ['Egret']);
      assert.deepEqual(await list(store, clock, { actor: 'APT28' }), []);
      assert.deepEqual(await list(store, clock, { actor: 'apt 29' }), ['Egret']);
      assert.deepEqual(await valuesIn(store, clock, old), ['host-1.example.com', 'host-2.example.com']);
    });

    it('leaves an article to the source that it was first of', async (store, clock) => {
      const own = article(1);
      await takeArticles(store, [own], [found(1, own)], clock.now);
      const forged = { ...own, title: 'Forged' };
      await takeArticles(store, [forged], [found(2, forged)], later(clock), OTHER);
      later(clock);
      assert.deepEqual(await list(store, clock), ['Report 1']);
      assert.deepEqual(await valuesIn(store, clock, own), ['host-1.example.com']);
    });

    it('shows no IOC that the gate holds, until it is let go', async (store, clock) => {
      const own = article(1);
      const hold = { rule: 'warninglist', list: 'ours', entry: 'host-1.example.com' } as const;
      await takeArticles(store, [own], [found(1, own, { hold })], clock.now);
      later(clock);
      assert.deepEqual(await valuesIn(store, clock, own), []);
      assert.deepEqual(await list(store, clock, { hasIocs: true }), []);
      assert.deepEqual(await list(store, clock, { hasIocs: false }), ['Report 1']);
      const [known] = await store.listIocs(0, 1);
      await store.setHolds([{ id: known!.id }], clock.now);
      later(clock);
      assert.deepEqual(await valuesIn(store, clock, own), ['host-1.example.com']);
      assert.deepEqual(await list(store, clock, { hasIocs: true }), ['Report 1']);
    });

    it('shows no IOC that was taken back, for every source or by its own', async (store, clock) => {
      const own = article(1);
      await takeArticles(store, [own], [found(1, own), found(2, own), found(3, own)], clock.now);
      later(clock);
      await store.retract([{ type: 'domain', value: 'host-1.example.com' }], 'harmless', clock.now);
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      await store.withdraw(run, [(await store.listIocs(0, 10))[1]!.id], clock.now);
      later(clock);
      assert.deepEqual(await valuesIn(store, clock, own), ['host-3.example.com']);
    });

    it('goes on showing what has expired, and says so', async (store, clock) => {
      const own = article(1);
      await takeArticles(store, [own], [found(1, own)], clock.now);
      clock.advance(200 * DAY);
      while ((await store.review(clock.now, 100)) > 0);
      later(clock);
      const record = await store.findArticle(own.id, clock.now, 10);
      assert.deepEqual(
        record?.iocs.map(({ value, isExpired }) => [value, isExpired]),
        [['host-1.example.com', true]],
      );
    });

    it('takes back with a run the articles that it took in, and what it found in others', async (store, clock) => {
      const [first, second] = [article(1), article(2)];
      await takeArticles(store, [first], [found(1, first)], clock.now);
      const bad = { ...first, summary: 'changed' };
      const run = await takeArticles(store, [bad, second], [found(2, bad), found(3, second)], later(clock));
      await store.undoRun(run, later(clock));
      later(clock);
      assert.deepEqual(await list(store, clock), ['Report 1']);
      assert.deepEqual(await list(store, clock, { words: ['report', '2'] }), []);
      assert.deepEqual(await valuesIn(store, clock, first), ['host-1.example.com']);
      await takeArticles(store, [second], [found(3, second)], later(clock));
      later(clock);
      assert.deepEqual(await list(store, clock, { words: ['report', '2'] }), ['Report 2']);
    });

    it('takes nothing in of a batch that fails', async (store, clock) => {
      const own = article(1);
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      const many = Array.from({ length: 100 }, (_, index) => found(index + 3, own));
      for (const odd of [
        { ...found(2, own), value: Symbol('no text') as unknown as string },
        { ...found(2, own), tags: 7 as unknown as string[] },
      ]) {
        await assert.rejects(store.ingest(run, [found(1, own), ...many, odd], clock.now, undefined, [own]));
        assert.deepEqual(await list(store, clock), []);
        assert.deepEqual(await store.listIocs(0, 10), []);
      }
      const { added } = await store.ingest(run, [found(1, own), ...many], clock.now, undefined, [own]);
      assert.equal(added, 101);
    });

    it('filters by each property, and by all of them together', async (store, clock) => {
      const articles = [
        article(1, { categories: ['malware', 'phishing'], severity: 'critical', sectors: ['energy'] }),
        article(2, {
          categories: ['phishing'],
          severity: 'high',
          actors: ['Lazarus Group'],
          actorKeys: ['hiddencobra'],
        }),
        article(3, { severity: 'low', techniques: ['T1059.001'], cves: ['CVE-2024-12345'] }),
        article(4, { tags: ['supply chain'], summary: 'Déjà vu: "quoted"', families: ['Cobalt Strike'] }),
      ];
      await takeArticles(store, articles, [], clock.now);
      for (const [filter, expected] of [
        [{ categories: ['malware'] }, [1]],
        [{ categories: ['malware', 'phishing'] }, [1, 2]],
        [{ severities: ['critical', 'low'] }, [1, 3, 4]],
        [{ sectors: ['energy', 'water'] }, [1]],
        [{ actor: 'LAZARUS-group' }, [2]],
        [{ actor: 'Hidden Cobra' }, [2]],
        [{ actor: 'Lazarus' }, []],
        [{ technique: 'T1059' }, [3]],
        [{ technique: 'T1059.001' }, [3]],
        [{ technique: 'T1059.003' }, []],
        [{ since: START - 2_000 }, [1, 2]],
        [{ words: ['deja', 'VU'] }, [4]],
        [{ words: ['cobalt strike'] }, [4]],
        [{ words: ['strike cobalt'] }, []],
        [{ words: ['CVE-2024-12345'] }, [3]],
        [{ words: ['PowerShell'] }, [3]],
        [{ words: ['report', 'phishing'] }, [1, 2]],
        [{ categories: ['phishing'], severities: ['high'], words: ['report'], since: 0 }, [2]],
      ] as const) {
        const shown = await list(store, clock, filter);
        assert.deepEqual(
          shown,
          expected.map((index) => `Report ${index}`),
          JSON.stringify(filter),
        );
      }
    });

    it('takes words that could be a query of the index for words', async (store, clock) => {
      await takeArticles(store, [article(1)], [], clock.now);
      for (const words of [
        ['rep*'],
        ['report OR x'],
        ['title : x'],
        ['a"b"'],
        ['NEAR(a b)'],
        ['^x'],
        ["';x"],
      ])
        assert.deepEqual(await list(store, clock, { words }), [], words[0]);
      assert.deepEqual(await list(store, clock, { words: ['Report*'] }), ['Report 1']);
    });

    it('gives each article once, page by page, the newest first, whatever else comes in', async (store, clock) => {
      const times = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 });
      let index = 0;
      await fc.assert(
        fc.asyncProperty(times, fc.integer({ min: 1, max: 7 }), async (ages, limit) => {
          const own = ages.map((age) => article((index += 1), { publishedAt: START - age }));
          await takeArticles(store, own, [], clock.now);
          const before = await store.listArticles(ALL, clock.now);
          const seen: ListedArticle[] = [];
          for (let after: ArticleQuery['after']; ;) {
            const page = { ...ALL, limit, ...(after !== undefined && { after }) };
            const { articles, next } = await store.listArticles(page, clock.now);
            seen.push(...articles);
            assert.ok(articles.length <= limit);
            if (next === undefined) break;
            after = next;
          }
          assert.deepEqual(seen, before.articles);
          const published = seen.map(({ publishedAt }) => publishedAt);
          assert.deepEqual(
            published,
            published.toSorted((a, b) => b - a),
          );
          assert.equal(seen.length, index);
        }),
        { numRuns: 10 },
      );
    });

    it('names the article in the items of what was found in it', async (store, clock) => {
      const own = article(1);
      const { url: _url, ...bare } = article(2);
      await takeArticles(store, [own, bare], [found(1, own), found(2, bare), domain(3)], clock.now);
      later(clock);
      const question = { text: 'host-', types: [], limit: 10, related: 0 };
      const { items } = await searched(store, question, clock.now);
      const named = items.map(({ value, sources: [source] }) => [value, source?.origin, source?.article]);
      assert.deepEqual(named, [
        ['host-3.example.com', 'feed', undefined],
        ['host-2.example.com', 'article', { id: bare.id, title: 'Report 2' }],
        ['host-1.example.com', 'article', { id: own.id, title: 'Report 1', url: own.url }],
      ]);
    });

    it('finds others from the same article, however long ago they came in', async (store, clock) => {
      const own = article(1);
      await takeArticles(store, [own], [found(1, own)], clock.now);
      const many = Array.from({ length: 500 }, (_, index) => domain(1_000 + index));
      await takeArticles(store, [], many, later(clock));
      await takeArticles(store, [own], [found(2, own), domain(3)], later(clock));
      later(clock);
      const exact = { type: 'domain', value: 'host-1.example.com' } as const;
      const question = { text: exact.value, exact, types: [], limit: 10, related: 10 };
      const { related } = await searched(store, question, clock.now);
      assert.deepEqual(
        related.map(({ value }) => value),
        ['host-2.example.com'],
      );
    });

    it('is still there when the store is opened again', async (store, clock, opened) => {
      const own = article(1);
      await takeArticles(store, [own], [found(1, own)], clock.now);
      const again = await opened.reopen();
      later(clock);
      assert.deepEqual(await valuesIn(again, clock, own), ['host-1.example.com']);
      assert.deepEqual(await list(again, clock, { words: ['report'] }), ['Report 1']);
    });
  });
}
