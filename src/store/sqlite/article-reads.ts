import {
  type Article,
  type ArticlePage,
  type ArticleQuery,
  articleWord,
  type ListedArticle,
  SEVERITIES,
} from '../../model/article.ts';
import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import type { Evidence } from '../../model/sighting.ts';
import { uuidBytes, uuidText } from '../../model/uuid.ts';
import type { ArticleIoc, ArticleRecord } from '../store.ts';
import type { Connection } from './connection.ts';

/** The IOCs of article `a` that may be shown at `?1`: published, by now expired or not, and nobody's false positive. */
const SHOWN =
  'article_ioc AS l CROSS JOIN ioc AS i ON i.id = l.ioc CROSS JOIN sighting AS g ON g.ioc = i.id AND g.source = a.source ' +
  'WHERE l.article = a.id AND i.created BETWEEN 1 AND ?1 AND i.hold IS NULL AND i.retracted IS NULL AND g.withdrawn_at IS NULL';

const LISTED = `a.id, a.uuid, a.published_at, a.record, s.name AS source, EXISTS (SELECT 1 FROM ${SHOWN}) AS has_iocs`;

type Value = string | number;

/** See `ArticleStore.listArticles`. */
export function listArticles(connection: Connection, query: ArticleQuery, asOf: number): ArticlePage {
  const { where, values } = conditions(query);
  const sql =
    `SELECT ${LISTED} FROM article AS a CROSS JOIN source AS s ON s.id = a.source ` +
    `WHERE ${where.join(' AND ')} ORDER BY a.published_at DESC, a.id DESC LIMIT ?`;
  const rows = connection.prepare(sql).all(asOf, ...values, query.limit + 1);
  const shown = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? shown.at(-1) : undefined;
  return {
    articles: shown.map(listed),
    next:
      last === undefined ? undefined : { publishedAt: Number(last.published_at), sequence: Number(last.id) },
  };
}

/** See `ArticleStore.findArticle`. */
export function findArticle(
  connection: Connection,
  id: string,
  asOf: number,
  most: number,
): ArticleRecord | undefined {
  const row = connection
    .prepare(
      `SELECT ${LISTED}, (SELECT count(*) FROM ${SHOWN}) AS iocs FROM article AS a CROSS JOIN source AS s ON s.id = a.source WHERE a.uuid = ?2`,
    )
    .get(asOf, uuidBytes(id));
  if (row === undefined) return undefined;
  const iocs = connection
    .prepare(
      `SELECT i.type, i.value, l.evidence, i.validity_until AS until,
         (SELECT v.level FROM version AS v WHERE v.stamp = i.stamp) AS level
       FROM article AS a CROSS JOIN ${SHOWN} AND a.id = ?2 ORDER BY i.type, i.value LIMIT ?3`,
    )
    .all(asOf, Number(row.id), most);
  return { ...listed(row), iocs: iocs.map((ioc) => iocOf(ioc, asOf)), iocCount: Number(row.iocs) };
}

/** The conditions of a query, numbered from `?2` on. */
function conditions(query: ArticleQuery): { where: string[]; values: Value[] } {
  const where = ['a.published_at >= ?'];
  const values: Value[] = [query.since];
  const add = (condition: string, ...given: readonly Value[]): void => {
    where.push(condition);
    values.push(...given);
  };
  const anyOf = (words: readonly string[]): void => {
    if (words.length > 0)
      add(
        `EXISTS (SELECT 1 FROM article_word AS w WHERE w.article = a.id AND w.word IN (${marks(words)}))`,
        ...words,
      );
  };
  const { after, severities, actor, technique, hasIocs, words } = query;
  if (after !== undefined) add('(a.published_at, a.id) < (?, ?)', after.publishedAt, after.sequence);
  if (severities.length > 0)
    add(`a.severity IN (${marks(severities)})`, ...severities.map((each) => SEVERITIES.indexOf(each)));
  anyOf(query.categories.map((category) => `category:${category}`));
  anyOf(query.sectors.map((sector) => `sector:${sector}`));
  if (actor !== undefined) anyOf([`actor:${articleWord(actor)}`]);
  if (technique !== undefined) anyOf([`technique:${technique}`]);
  if (hasIocs !== undefined) add(`${hasIocs ? '' : 'NOT '}EXISTS (SELECT 1 FROM ${SHOWN})`);
  if (words.length > 0)
    add('a.id IN (SELECT rowid FROM article_search WHERE article_search MATCH ?)', phrases(words));
  return { where, values };
}

function marks(list: readonly unknown[]): string {
  return list.map(() => '?').join(', ');
}

/** A full-text query for all of some phrases; nothing in them has a special meaning. */
function phrases(words: readonly string[]): string {
  return words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' AND ');
}

function listed(row: Record<string, unknown>): ListedArticle {
  const record = JSON.parse(String(row.record)) as Omit<Article, 'id' | 'publishedAt'>;
  return {
    id: uuidText(row.uuid as Uint8Array),
    ...record,
    source: String(row.source),
    publishedAt: Number(row.published_at),
    hasIocs: Number(row.has_iocs) === 1,
  };
}

function iocOf(row: Record<string, unknown>, asOf: number): ArticleIoc {
  return {
    type: IOC_TYPES[Number(row.type)]!,
    value: String(row.value),
    level: CONFIDENCE_LEVEL_NAMES[Number(row.level)]!,
    isExpired: row.until !== null && Number(row.until) <= asOf,
    ...(row.evidence !== null && { evidence: JSON.parse(String(row.evidence)) as Evidence }),
  };
}
