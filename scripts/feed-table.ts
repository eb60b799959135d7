/** Writes the tables of `docs/feeds.md` from the catalogue: `npm run feed-table`, then `npm run format`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { CATALOGUE } from '../src/feeds/catalogue/index.ts';
import type { Feed } from '../src/model/feed.ts';

const PAGE = fileURLToPath(new URL('../docs/feeds.md', import.meta.url));
const HOUR = 3_600_000;

/** A table's cells, its head first. */
export type Table = readonly (readonly string[])[];

/** Both tables, by the name of the marks that they stand between. */
export const FEED_TABLES: Readonly<Record<string, Table>> = {
  feeds: [
    ['name', 'what', 'category', 'by', 'every', 'confidence', 'reliability', 'TLP', 'key', 'absence', 'on'],
    ...CATALOGUE.map(summary),
  ],
  terms: [['name', 'licence', 'terms'], ...CATALOGUE.map(terms)],
};

function summary(feed: Feed): string[] {
  const { name, title, homepage, category, access, interval, confidence, reliability, tlp } = feed;
  return [
    `\`${name}\``,
    `[${title}](${homepage})`,
    category,
    access.kind === 'file' ? `\`${access.format}\`` : access.kind,
    interval < HOUR ? `${interval / 60_000} min` : `${interval / HOUR} h`,
    String(confidence),
    String(reliability),
    tlp,
    keyOf(feed),
    feed.absence === 'retracts' ? 'retracts' : '',
    feed.enabled ? 'on' : 'off',
  ];
}

function keyOf({ credential }: Feed): string {
  if (credential === undefined) return '';
  return `\`${credential.setting}\`${credential.required ? '' : ', better with'}`;
}

function terms({ name, licence }: Feed): string[] {
  return [
    `\`${name}\``,
    licence.url === undefined ? licence.name : `[${licence.name}](${licence.url})`,
    licence.terms,
  ];
}

/** A page with each table in the place of what stands between its marks. */
function withTables(page: string): string {
  return Object.entries(FEED_TABLES).reduce((text, [name, [head = [], ...rows]]) => {
    const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    const marks = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end of ${name} -->)`);
    return text.replace(marks, (_, begin: string, end: string) => `${begin}\n${lines.join('\n')}\n\n${end}`);
  }, page);
}

if (import.meta.main) writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')));
