import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { article, found, takeArticles } from './contract-articles.ts';
import { START } from './fixtures.ts';

test('articles are written and read in threads as they are in the caller’s own', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-article-threads-'));
  const open = (writer: 'thread' | 'in-thread') =>
    openSqliteStore({
      directory,
      producer: SOC_DEFENDERS,
      clock: Date.now,
      writer,
      readerThread: writer === 'thread',
    });
  const threaded = await open('thread');
  const plain = await open('in-thread');
  context.after(async () => {
    await Promise.all([threaded.close(), plain.close()]);
    rmSync(directory, { recursive: true });
  });
  const own = article(1, { publishedAt: START });
  await takeArticles(threaded, [own, article(2)], [found(1, own)], Date.now());
  const later = Date.now() + 600_000;
  const query = { words: ['report'], categories: [], severities: [], sectors: [], since: 0, limit: 1 };
  const page = await threaded.listArticles(query, later);
  assert.equal(page.articles[0]?.title, 'Report 1');
  assert.deepEqual(page, await plain.listArticles(query, later));
  const record = await threaded.findArticle(own.id, later, 10);
  assert.equal(record?.iocs.length, 1);
  assert.deepEqual(record, await plain.findArticle(own.id, later, 10));
  assert.equal(await threaded.findArticle(article(3).id, later, 10), undefined);
});
