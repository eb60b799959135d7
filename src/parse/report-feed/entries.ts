import type { parseFeed } from 'feedsmith';
import { InputError } from '../format.ts';

/** One report of a feed of any format; what it does not say is an empty text. */
export interface FeedEntry {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly published: string;
  readonly summary: string;
  readonly html: string;
  readonly tags: readonly string[];
}

export interface FeedEntries {
  readonly title: string;
  readonly url: string;
  readonly entries: readonly FeedEntry[];
}

type Parsed = ReturnType<typeof parseFeed>;
type Rss = Extract<Parsed, { format: 'rss' }>['feed'];
type Rdf = Extract<Parsed, { format: 'rdf' }>['feed'];
type Atom = Extract<Parsed, { format: 'atom' }>['feed'];
type Json = Extract<Parsed, { format: 'json' }>['feed'];

/** What all formats of feeds have in common. Throws `InputError` for more than `most` items. */
export function entriesOf(parsed: Parsed, most: number): FeedEntries {
  const found = read(parsed);
  if (found.entries.length > most) throw new InputError('the whole input', `it has more than ${most} items`);
  return found;
}

function read(parsed: Parsed): FeedEntries {
  if (parsed.format === 'rss') return rss(parsed.feed);
  if (parsed.format === 'rdf') return rdf(parsed.feed);
  return parsed.format === 'atom' ? atom(parsed.feed) : json(parsed.feed);
}

function rss(feed: Rss): FeedEntries {
  const entries = (feed.items ?? []).map((item) => {
    const guid = textOf(item.guid);
    const link = textOf(item.link) || linkOf(item.atom?.links);
    return {
      id: guid,
      title: textOf(item.title),
      url: link || (/^https?:/i.test(guid) ? guid : ''),
      published: textOf(item.pubDate) || textOf(item.dc?.dates?.[0]),
      summary: textOf(item.description),
      html: textOf(item.content?.encoded) || textOf(item.description),
      tags: texts(item.categories?.map(({ name }) => name)),
    };
  });
  return { title: textOf(feed.title), url: textOf(feed.link), entries };
}

function rdf(feed: Rdf): FeedEntries {
  const entries = (feed.items ?? []).map((item) => ({
    id: textOf(item.rdf?.about) || textOf(item.link),
    title: textOf(item.title),
    url: textOf(item.link),
    published: textOf(item.dc?.dates?.[0]),
    summary: textOf(item.description),
    html: textOf(item.content?.encoded) || textOf(item.description),
    tags: texts(item.dc?.subjects),
  }));
  return { title: textOf(feed.title), url: textOf(feed.link), entries };
}

function atom(feed: Atom): FeedEntries {
  const entries = (feed.entries ?? []).map((entry) => ({
    id: textOf(entry.id),
    title: textOf(entry.title),
    url: linkOf(entry.links),
    published: textOf(entry.published) || textOf(entry.updated),
    summary: textOf(entry.summary),
    html: textOf(entry.content) || textOf(entry.summary),
    tags: texts(entry.categories?.map(({ label, term }) => label ?? term)),
  }));
  return { title: textOf(feed.title), url: linkOf(feed.links), entries };
}

function json(feed: Json): FeedEntries {
  const entries = (feed.items ?? []).map((item) => ({
    id: textOf(item.id),
    title: textOf(item.title),
    url: textOf(item.url) || textOf(item.external_url),
    published: textOf(item.date_published) || textOf(item.date_modified),
    summary: textOf(item.summary),
    html: textOf(item.content_html) || escaped(textOf(item.content_text)),
    tags: texts(item.tags),
  }));
  return { title: textOf(feed.title), url: textOf(feed.home_page_url), entries };
}

function texts(parts: readonly unknown[] | undefined): string[] {
  return (parts ?? []).map(textOf).filter((text) => text !== '');
}

/** A text as it is, or the `value` of one with attributes. */
function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part === 'number') return String(part);
  return typeof part === 'object' && part !== null && 'value' in part ? textOf(part.value) : '';
}

/** The address of the page itself among an entry's links. */
function linkOf(links: readonly { readonly href?: string; readonly rel?: string }[] | undefined): string {
  const own = links?.find(({ rel }) => rel === undefined || rel === 'alternate') ?? links?.[0];
  return own?.href ?? '';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
