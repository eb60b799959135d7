import type { Sector } from './sector.ts';

/** What a report can be about; `enrich/report-topics.ts` has the words that say so. */
export const ARTICLE_CATEGORIES = [
  'ransomware',
  'malware',
  'phishing',
  'vulnerability',
  'espionage',
  'botnet',
  'supply-chain',
  'data-breach',
  'denial-of-service',
  'cryptojacking',
  'fraud',
] as const;
export type ArticleCategory = (typeof ARTICLE_CATEGORIES)[number];

/** How much a report matters, the most first; a severity's position is its code in the store. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What an IOC says of the article that named it. */
export interface ArticleRef {
  /** A UUID. It follows from the article's address, or where it has none, from its content. */
  readonly id: string;
  readonly title: string;
  /** A web address. */
  readonly url?: string;
}

/** A report that IOCs were looked for in: what is told of it, never its text. Texts are plain and bounded. */
export interface Article extends ArticleRef {
  /** UTC milliseconds; absent where the publisher does not say. */
  readonly publishedAt?: number;
  /** The publisher's words, 500 characters at most. */
  readonly summary?: string;
  readonly categories: readonly ArticleCategory[];
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly families: readonly string[];
  readonly actors: readonly string[];
  /** All names of these groups, as `articleWord` writes them: by which the article is found. */
  readonly actorKeys: readonly string[];
  /** ATT&CK ids that exist. */
  readonly techniques: readonly string[];
  readonly cves: readonly string[];
  readonly sectors: readonly Sector[];
}

/** An article as it is listed. */
export interface ListedArticle extends Article {
  readonly source: string;
  /** When it was published, else when it was first read. */
  readonly publishedAt: number;
  readonly hasIocs: boolean;
}

/** Where a page of articles ended: the time of its last one, and the store's own number of it. */
export interface ArticlePlace {
  readonly publishedAt: number;
  readonly sequence: number;
}

/** A question for articles, the newest first; of lists, one of the names is enough. */
export interface ArticleQuery {
  /** Words and phrases that title, summary, names or tags hold, all of them. */
  readonly words: readonly string[];
  readonly categories: readonly ArticleCategory[];
  readonly severities: readonly Severity[];
  readonly sectors: readonly Sector[];
  readonly actor?: string;
  /** A technique with its sub-techniques, or a tactic, by its ATT&CK id. */
  readonly technique?: string;
  readonly hasIocs?: boolean;
  /** Only those published at this time or later, UTC milliseconds. */
  readonly since: number;
  readonly after?: ArticlePlace;
  readonly limit: number;
}

export interface ArticlePage {
  readonly articles: readonly ListedArticle[];
  /** Where to go on; undefined at the end. */
  readonly next: ArticlePlace | undefined;
}

/** What two spellings of a name have in common: its letters and digits in lower case. */
export function articleWord(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
}
