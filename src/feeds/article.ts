import { readReport } from '../enrich/report.ts';
import type { Article } from '../model/article.ts';
import { uuidBytes, uuidV5 } from '../model/uuid.ts';
import { cleanText } from '../normalise/context.ts';
import type { RawReport } from '../parse/format.ts';

/** The namespace of URLs (RFC 9562 §6.6): anybody can work out the id of an article by its address. */
const URL_NAMESPACE = uuidBytes('6ba7b811-9dad-11d1-80b4-00c04fd430c8');

const LONGEST_TITLE = 300;
const LONGEST_SUMMARY = 500;
const LONGEST_TAG = 100;
const MOST_TAGS = 30;
const LONGEST_URL = 2_048;

/** What whoever announces an article says of it; it comes before what the document says of itself. */
export interface Announcement {
  /** The article's own page. */
  readonly url?: string;
  /** What tells it from others where it has no page of its own. */
  readonly key?: string;
  readonly title?: string;
  /** For an article that says no title. */
  readonly name: string;
  readonly publishedAt?: number;
  readonly summary?: string;
  readonly tags?: readonly string[];
  /** Whether the document is believed about its own address, as an operator's own file is. */
  readonly isTrusted?: boolean;
}

/** A document that is read for an article: known when its reader has told of it, before its first IOC. */
export class ArticleReading {
  readonly #announcement: Announcement;
  #article: Article | undefined;

  /** An article that is announced is one whatever its document turns out to be. */
  constructor(announcement: Announcement) {
    this.#announcement = announcement;
    const { url, key } = announcement;
    if (url !== undefined || key !== undefined) this.#article = articleOf(announcement);
  }

  /** To be handed to the reader. */
  readonly onReport = (report: RawReport): void => {
    this.#article = articleOf(this.#announcement, report);
  };

  get article(): Article | undefined {
    return this.#article;
  }
}

/** An article put together from what is announced and what its document says. Texts come out plain and bounded. */
export function articleOf(announcement: Announcement, report?: RawReport): Article {
  const { name, key, publishedAt = report?.publishedAt, isTrusted = false } = announcement;
  const url = articleAddress(announcement.url ?? (isTrusted ? report?.url : undefined));
  const title =
    cleanText(announcement.title, LONGEST_TITLE) ??
    cleanText(report?.title, LONGEST_TITLE) ??
    cleanText(name, LONGEST_TITLE) ??
    'Untitled';
  const summary =
    cleanText(announcement.summary, LONGEST_SUMMARY) ?? cleanText(report?.summary, LONGEST_SUMMARY);
  const found = readReport({
    title,
    ...(summary !== undefined && { summary }),
    paragraphs: report?.paragraphs ?? [],
  });
  return {
    id: uuidV5(URL_NAMESPACE, url ?? key ?? `urn:sha256:${report?.digest ?? ''}`),
    title,
    ...(url !== undefined && { url }),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(summary !== undefined && { summary }),
    ...found,
    tags: tagsOf([...(announcement.tags ?? []), ...found.families]),
  };
}

/**
 * The address of an article as it is shown and identified: a web address without fragment, credentials and `utm_…`
 * parameters, which tell who led there; undefined for any other address.
 */
export function articleAddress(text: string | undefined): string | undefined {
  const url = text === undefined || text.length > LONGEST_URL ? null : URL.parse(text.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  url.hash = '';
  url.username = '';
  url.password = '';
  const leading = [...url.searchParams.keys()].filter((parameter) => parameter.startsWith('utm_'));
  for (const parameter of leading) url.searchParams.delete(parameter);
  return url.href.length > LONGEST_URL ? undefined : url.href;
}

function tagsOf(words: readonly string[]): string[] {
  const tags = words.slice(0, MOST_TAGS * 2).flatMap((word) => cleanText(word, LONGEST_TAG) ?? []);
  return [...new Set(tags)].slice(0, MOST_TAGS);
}
