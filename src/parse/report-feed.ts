import { parseFeed } from 'feedsmith';
import { cleanText } from '../normalise/context.ts';
import { encodingOf } from './decode.ts';
import { isHtml } from './content-guard.ts';
import { InputError } from './format.ts';
import { decodeDocument } from './prose/decode-document.ts';
import { htmlDocument } from './prose/html.ts';
import { withoutScripts } from './report-feed/content.ts';
import { LARGEST_FEED, refuseHostileXml } from './report-feed/guard.ts';
import { entriesOf, type FeedEntry } from './report-feed/entries.ts';
import { rejectionItem } from './read-item.ts';
import type { Rejection } from '../model/sighting.ts';

/** A feed of reports: what it tells of each, newest first as a rule, and what could not be taken. */
export interface ReportFeed {
  readonly title: string;
  /** The page that the feed belongs to, or the feed's own address. */
  readonly url: string;
  readonly items: readonly ReportItem[];
  readonly rejections: readonly Rejection[];
}

export interface ReportItem {
  /** The same report's from one reading to the next. */
  readonly id: string;
  readonly title: string;
  /** The report's page: an absolute web address. */
  readonly url?: string;
  /** UTC milliseconds since 1970; times of the future are not corrected. */
  readonly publishedAt?: number;
  /** Plain text, 500 characters at most. */
  readonly summary?: string;
  /** What the publisher files it under: plain words, 20 at most. */
  readonly tags?: readonly string[];
  /** The content as far as the feed has it, without scripts; for extraction, not for display. */
  readonly html?: string;
}

/** A feed lists its latest reports; a longer one is an archive. */
const MOST_ITEMS = 2_000;
const LONGEST_TITLE = 300;
const LONGEST_SUMMARY = 500;
const LONGEST_ID = 1_000;
const LONGEST_TAG = 100;
const MOST_TAGS = 20;
const LONGEST_URL = 2_048;
/** What a summary is made of. */
const SUMMARY_REACH = 20_000;

/**
 * Reads RSS (0.9x, 1.0, 2.0), Atom or JSON Feed. `baseUrl`, the feed's address, makes relative links absolute. The
 * encoding is the one that fits: UTF-8 where the bytes are valid UTF-8, else what `contentType` or the XML declaration
 * names. An item without link, title and content becomes a rejection. Throws `InputError` for what is no feed, larger
 * than 8 MiB, cut off, or declares a document type or entities. Reads no other file and no network.
 */
export function readReportFeed(bytes: Uint8Array, baseUrl: string, contentType = ''): ReportFeed {
  if (bytes.length > LARGEST_FEED)
    throw new InputError(
      'the whole input',
      `a feed of more than ${LARGEST_FEED / 1024 / 1024} MiB is not read`,
    );
  const text = decode(bytes, contentType).trimStart();
  const { title, url, entries } = entriesOf(parsed(text), MOST_ITEMS);
  const items: ReportItem[] = [];
  const rejections: Rejection[] = [];
  for (const [index, entry] of entries.entries()) {
    const item = itemOf(entry, baseUrl);
    if (item !== undefined) items.push(item);
    else rejections.push(rejectionOf(index, entry));
  }
  return {
    title: cleanText(plainText(title), LONGEST_TITLE) ?? '',
    url: absolute(url, baseUrl) ?? baseUrl,
    items,
    rejections,
  };
}

function decode(bytes: Uint8Array, contentType: string): string {
  const { name, markLength } = encodingOf(bytes);
  const body = Buffer.from(bytes.buffer, bytes.byteOffset + markLength, bytes.byteLength - markLength);
  if (name !== 'utf-8') return new TextDecoder(name).decode(body);
  return decodeDocument(body, contentType);
}

function parsed(text: string): ReturnType<typeof parseFeed> {
  if (text === '') throw new InputError('the whole input', 'it is empty');
  if (isHtml(text.slice(0, 4_096)))
    throw new InputError(
      'the beginning',
      'it is an HTML page, not a feed: the server may ask for a login or show an error',
    );
  if (!text.startsWith('{')) refuseHostileXml(text);
  try {
    return parseFeed(text, { maxItems: MOST_ITEMS + 1 });
  } catch (error) {
    const reason = error instanceof Error ? (cleanText(error.message, 200) ?? '') : '';
    throw new InputError('the whole input', `it is neither RSS nor Atom nor JSON Feed (${reason})`);
  }
}

function itemOf(entry: FeedEntry, baseUrl: string): ReportItem | undefined {
  const url = absolute(entry.url, baseUrl);
  const title = cleanText(plainText(entry.title), LONGEST_TITLE);
  const html = entry.html.trim() === '' ? undefined : withoutScripts(entry.html);
  if (url === undefined && html === undefined) return undefined;
  const publishedAt = timeOf(entry.published);
  const summary = cleanText(plainText(entry.summary === '' ? entry.html : entry.summary), LONGEST_SUMMARY);
  const tags = tagsOf(entry.tags);
  return {
    id: cleanText(entry.id, LONGEST_ID) ?? url ?? `${title ?? ''} ${entry.published}`.trim(),
    title: title ?? url ?? '',
    ...(url !== undefined && { url }),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(summary !== undefined && { summary }),
    ...(tags.length > 0 && { tags }),
    ...(html !== undefined && { html }),
  };
}

function tagsOf(words: readonly string[]): string[] {
  const tags = words.slice(0, MOST_TAGS).flatMap((word) => cleanText(plainText(word), LONGEST_TAG) ?? []);
  return [...new Set(tags)];
}

function rejectionOf(index: number, entry: FeedEntry): Rejection {
  const item = rejectionItem(
    `item ${index + 1}`,
    'malformed_record',
    entry.title || entry.id || entry.url,
    'a report needs a web address or content',
  );
  if (item.kind !== 'rejection') throw new Error('a rejection is expected');
  return item.rejection;
}

/** The text of a piece of HTML, or of plain text. */
function plainText(text: string): string {
  const beginning = text.slice(0, SUMMARY_REACH);
  return /[<&]/.test(beginning) ? htmlDocument(beginning).text : beginning;
}

function absolute(link: string, baseUrl: string): string | undefined {
  if (link.trim() === '' || link.length > LONGEST_URL) return undefined;
  const url = URL.parse(link.trim(), baseUrl);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}

/** RFC 822 and RFC 3339 times; without a zone they are UTC. */
function timeOf(text: string): number | undefined {
  const trimmed = text.trim().slice(0, 64);
  if (trimmed === '') return undefined;
  const hasZone = /(?:[+-]\d{2}:?\d{2}|\b(?:Z|UTC?|GMT|[ECMP][SD]T))$|\dZ$/i.test(trimmed);
  const time = Date.parse(hasZone ? trimmed : `${trimmed}${/^\d{4}-\d\d-\d\d$/.test(trimmed) ? '' : ' UTC'}`);
  const parsed = Number.isNaN(time) ? Date.parse(trimmed.endsWith('Z') ? trimmed : `${trimmed}Z`) : time;
  return Number.isNaN(parsed) || parsed < 0 ? undefined : parsed;
}
