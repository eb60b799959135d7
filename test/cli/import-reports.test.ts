import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import type { ArticleRecord } from '../../src/store/store.ts';
import { pdfOf } from '../parse/pdf-builder.ts';
import { bench, type Bench, soon } from './commands.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/reports/${name}`, import.meta.url));

function articlesOf({ withStore }: Bench): Promise<readonly ArticleRecord[]> {
  return withStore(async (store) => {
    const query = { words: [], categories: [], severities: [], sectors: [], since: 0, limit: 100 };
    const { articles } = await store.listArticles(query, soon());
    const records = await Promise.all(articles.map(({ id }) => store.findArticle(id, soon(), 1_000)));
    return records.map((record) => record!).sort((a, b) => (a.title < b.title ? -1 : 1));
  });
}

test('pages, texts and PDFs that are imported are articles with their IOCs', async (t) => {
  const here = bench(t);
  const pdf = pdfOf(['Plover at work\nThe implant calls evil[.]example[.]com every hour.']);
  const files = [
    here.file('page.html', fixture('vendor-page.html')),
    here.file('backdoor.md', fixture('backdoor.md')),
    here.file('plover.pdf', pdf),
  ];
  assert.equal((await here.run(['import', ...files])).code, 0);
  const articles = await articlesOf(here);
  assert.deepEqual(
    articles.map(({ title, source, url }) => [title.slice(0, 11), source, url]),
    [
      ['Amber Finch', 'backdoor.md', undefined],
      ['Plover at w', 'plover.pdf', undefined],
      ['Quiet Heron', 'page.html', 'https://labs.example.com/research/quiet-heron'],
    ],
  );
  assert.ok(articles.every(({ iocs }) => iocs.length > 0));
  assert.match(articles[1]!.iocs[0]!.evidence!.sentence, /evil\[\.\]example\[\.\]com/);
});

test('the same report again is the same article, and a changed one of no address another', async (t) => {
  const here = bench(t);
  const text = '# Plover\n\nThe implant calls evil[.]example[.]com every hour.\n';
  const path = here.file('plover.md', text);
  await here.run(['import', path]);
  const { out } = await here.run(['import', '--json', path]);
  assert.match(out, /"unchanged":1/);
  assert.equal((await articlesOf(here)).length, 1);
  await here.run(['import', here.file('plover.md', `${text}And it rests.\n`)]);
  assert.equal((await articlesOf(here)).length, 2);
});

test('a report without IOCs is an article, data is none', async (t) => {
  const here = bench(t);
  await here.run(['import', here.file('quiet.md', '# A quiet week\n\nNothing happened.\n')]);
  await here.run(['import', here.file('list.txt', 'evil.example.com\n')]);
  assert.deepEqual(
    (await articlesOf(here)).map(({ title, hasIocs }) => [title, hasIocs]),
    [['A quiet week', false]],
  );
});

test('why names the article, as text and as JSON', async (t) => {
  const here = bench(t);
  await here.run([
    'import',
    here.file('plover.md', '# Plover\n\nIt calls evil[.]example[.]com every hour.\n'),
  ]);
  const { out } = await here.run(['why', 'evil.example.com']);
  assert.match(out, /article “Plover”/);
  const why = JSON.parse((await here.run(['why', '--json', 'evil.example.com'])).out) as {
    sources: readonly { records: readonly { article: { title: string } }[] }[];
  };
  assert.equal(why.sources[0]?.records[0]?.article.title, 'Plover');
});
