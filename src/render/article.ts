import type { ArticleCategory, ListedArticle, Severity } from '../model/article.ts';
import { findTechnique } from '../model/attack.ts';
import { formatTimestamp } from '../model/time.ts';
import type { ArticleIoc, ArticleRecord } from '../store/store.ts';
import { csvCell } from './list/item-csv.ts';

/** An article of a list, as JSON. Times are RFC 3339, UTC. */
export interface ArticleItem {
  readonly id: string;
  readonly title: string;
  readonly url: string | null;
  readonly source: string;
  readonly published_at: string;
  readonly summary: string | null;
  readonly categories: readonly ArticleCategory[];
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly has_iocs: boolean;
}

/** One article by itself. */
export interface ArticleDetail extends ArticleItem {
  /** Up to a limit; `ioc_count` says how many there are. */
  readonly iocs: readonly object[];
  readonly ioc_count: number;
  readonly cves: readonly string[];
  readonly threat_actors: readonly string[];
  readonly malware_families: readonly string[];
  readonly mitre_techniques: readonly { readonly id: string; readonly name: string | null }[];
  readonly industries: readonly string[];
}

/** The columns of a list of articles as CSV, in their order. */
export const ARTICLE_COLUMNS = [
  'id',
  'title',
  'url',
  'source',
  'published_at',
  'summary',
  'categories',
  'severity',
  'tags',
  'has_iocs',
] as const satisfies readonly (keyof ArticleItem)[];

/** An article as lists give it. */
export function articleItem(article: ListedArticle): ArticleItem {
  return {
    id: article.id,
    title: article.title,
    url: article.url ?? null,
    source: article.source,
    published_at: formatTimestamp(article.publishedAt),
    summary: article.summary ?? null,
    categories: article.categories,
    severity: article.severity,
    tags: article.tags,
    has_iocs: article.hasIocs,
  };
}

/** An article with all that was found in it. */
export function articleDetail(article: ArticleRecord): ArticleDetail {
  return {
    ...articleItem(article),
    iocs: article.iocs.map(iocOf),
    ioc_count: article.iocCount,
    cves: article.cves,
    threat_actors: article.actors,
    malware_families: article.families,
    mitre_techniques: article.techniques.map((id) => ({ id, name: findTechnique(id)?.name ?? null })),
    industries: article.sectors,
  };
}

/** Writes articles as CSV (RFC 4180) with `ARTICLE_COLUMNS`, defused like lists of IOCs. */
export function articlesCsv(articles: readonly ListedArticle[]): string {
  const rows = articles.map((article) => {
    const item = articleItem(article);
    return ARTICLE_COLUMNS.map((column) => csvCell(cellOf(item[column]))).join(',');
  });
  return [ARTICLE_COLUMNS.join(','), ...rows].map((row) => `${row}\r\n`).join('');
}

function cellOf(value: string | boolean | null | readonly string[]): string {
  if (value === null) return '';
  // A tag may hold what stands between tags.
  if (typeof value === 'object') return value.map((word) => word.replaceAll(';', ',')).join(';');
  return String(value);
}

function iocOf({ type, value, level, isExpired, evidence }: ArticleIoc): object {
  return {
    type,
    value,
    confidence: level,
    status: isExpired ? 'expired' : 'published',
    evidence: evidence ?? null,
  };
}
