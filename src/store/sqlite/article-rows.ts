import { findTechnique } from '../../model/attack.ts';
import { type Article, articleWord, SEVERITIES } from '../../model/article.ts';
import type { Context } from '../../model/sighting.ts';
import { uuidBytes } from '../../model/uuid.ts';
import type { Connection } from './connection.ts';

/** What is kept of articles, inside the caller's transaction. */
export class ArticleRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds an article, or brings it up to date where it is the same source's; another's is left as it is. */
  put(article: Article, source: number, run: number, now: number): void {
    const uuid = uuidBytes(article.id);
    const record = recordOf(article);
    const known = this.#connection
      .prepare('SELECT id, source, published_at, record FROM article WHERE uuid = ?')
      .get(uuid);
    const told = article.publishedAt === undefined ? undefined : Math.min(article.publishedAt, now);
    const severity = SEVERITIES.indexOf(article.severity);
    if (known === undefined) {
      const { lastInsertRowid } = this.#connection
        .prepare(
          'INSERT INTO article (uuid, source, published_at, severity, run, last_run, record) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(uuid, source, told ?? now, severity, run, run, record);
      this.#index(Number(lastInsertRowid), article);
      return;
    }
    const publishedAt = told ?? Number(known.published_at);
    if (Number(known.source) !== source) return;
    if (known.record === record && Number(known.published_at) === publishedAt) return;
    const id = Number(known.id);
    this.#connection
      .prepare('UPDATE article SET published_at = ?, severity = ?, last_run = ?, record = ? WHERE id = ?')
      .run(publishedAt, severity, run, record, id);
    this.#unindex(id);
    this.#index(id, article);
  }

  /** Notes that an IOC was found in an article, as its source's record says, if it is an article of that source. */
  link({ article, evidence }: Context, ioc: number, source: number, run: number): void {
    if (article === undefined) return;
    const row = this.#connection
      .prepare('SELECT id FROM article WHERE uuid = ? AND source = ?')
      .get(uuidBytes(article.id), source);
    if (row === undefined) return;
    this.#connection
      .prepare(
        `INSERT INTO article_ioc (article, ioc, run, evidence) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET evidence = excluded.evidence WHERE evidence IS NOT excluded.evidence`,
      )
      .run(Number(row.id), ioc, run, evidence === undefined ? null : JSON.stringify(evidence));
  }

  /** Takes back what a run found, and the articles that it took in, unless a later run changed them. */
  undo(run: number): void {
    this.#connection.prepare('DELETE FROM article_ioc WHERE run = ?').run(run);
    const rows = this.#connection.prepare('SELECT id FROM article WHERE run = ?1 AND last_run = ?1').all(run);
    for (const { id } of rows) {
      this.#unindex(Number(id));
      this.#connection.prepare('DELETE FROM article_ioc WHERE article = ?').run(Number(id));
      this.#connection.prepare('DELETE FROM article WHERE id = ?').run(Number(id));
    }
  }

  #index(id: number, article: Article): void {
    const add = this.#connection.prepare('INSERT OR IGNORE INTO article_word (word, article) VALUES (?, ?)');
    for (const word of wordsOf(article)) add.run(word, id);
    this.#connection
      .prepare('INSERT INTO article_search (rowid, title, summary, names) VALUES (?, ?, ?, ?)')
      .run(id, article.title, article.summary ?? '', namesOf(article));
  }

  #unindex(id: number): void {
    this.#connection.prepare('DELETE FROM article_word WHERE article = ?').run(id);
    this.#connection.prepare('DELETE FROM article_search WHERE rowid = ?').run(id);
  }
}

/** All of an article that stands in no column of its own. */
function recordOf(article: Article): string {
  const { id: _id, publishedAt: _publishedAt, ...record } = article;
  return JSON.stringify(record);
}

/** What an article can be filtered by. A sub-technique stands for its technique as well. */
function wordsOf({ categories, actors, actorKeys, sectors, techniques }: Article): string[] {
  return [
    ...categories.map((category) => `category:${category}`),
    ...[...actors.map(articleWord), ...actorKeys].map((actor) => `actor:${actor}`),
    ...sectors.map((sector) => `sector:${sector}`),
    ...techniques.flatMap((id) => [`technique:${id}`, `technique:${id.replace(/\.\d+$/, '')}`]),
  ];
}

function namesOf({ actors, families, techniques, cves, sectors, categories, tags }: Article): string {
  const known = techniques.flatMap((id) => [id, findTechnique(id)?.name ?? '']);
  return [actors, families, known, cves, sectors, categories, tags].flat().join('\n');
}
