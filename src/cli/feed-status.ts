import { FEED_STATES, type FeedState, GOOD_STATES, quietSince } from '../feeds/states.ts';
import type { Feed } from '../model/feed.ts';
import type { FeedRecord, Store } from '../store/store.ts';
import { EXIT, type Terminal, UsageError, type Values } from './command.ts';
import { describeFeed } from './known-feeds.ts';
import { whatToDo } from './feed-runs.ts';

/** What knows feeds: the store, or the catalogue. */
interface Feeds<T> {
  listFeeds(): Promise<readonly T[]>;
}

/** `feed list`: every feed with what it is: where it comes from, under which terms, how often. */
export async function listFeeds(
  store: Feeds<Pick<FeedRecord, 'name' | 'definition' | 'enabled'>>,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  for (const record of await chosen(store, operands)) {
    const feed = describeFeed(record);
    if (values.json === true) {
      await terminal.write(`${JSON.stringify({ ...feed, name: record.name, enabled: record.enabled })}\n`);
    } else {
      await terminal.write(feed === undefined ? `${record.name}  (cannot be read)\n` : listed(feed, record));
    }
  }
  return EXIT.ok;
}

function listed(feed: Feed, { enabled }: Pick<FeedRecord, 'enabled'>): string {
  const { name, title, category, tlp, interval, access, licence, credential } = feed;
  const key =
    credential === undefined
      ? ''
      : `, key in ${credential.setting}${credential.required ? '' : ' if there is one'}`;
  return (
    `${name}  ${enabled ? 'on' : 'off'}  ${title} (${category}, TLP:${tlp.toUpperCase()}, every ${span(interval)}${key})\n` +
    `    ${access.kind} ${access.url}\n    ${licence.name}: ${licence.terms}\n`
  );
}

/** `feed status`: how every feed fares, and when it was last good. */
export async function feedStatus(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const now = terminal.clock();
  const records = await chosen(store, operands);
  const shown =
    operands.length > 0 ? records : records.filter(({ enabled, state }) => enabled || state !== 'new');
  const width = Math.max(...shown.map(({ name }) => name.length), 4);
  for (const record of shown) {
    if (values.json === true) {
      const { bookmark: _bookmark, definition: _definition, ...told } = record;
      await terminal.write(`${JSON.stringify({ ...told, meaning: meaningOf(record) })}\n`);
    } else {
      const waiting = await waitingRun(store, record);
      const steps = waiting === undefined ? '' : `${whatToDo(waiting).replaceAll(/^/gm, '    ')}\n`;
      await terminal.write(statusLine(record, width, now) + steps);
    }
  }
  const off = records.length - shown.length;
  if (off > 0 && values.json !== true) terminal.say(`${off} more are off: soc-defenders feed list`);
  return EXIT.ok;
}

async function waitingRun(store: Store, { name }: FeedRecord): Promise<number | undefined> {
  const run = await store.newestRun(name);
  return run?.state === 'held' ? run.id : undefined;
}

function statusLine(record: FeedRecord, width: number, now: number): string {
  const { name, enabled, state, reason, goodAt, nextAt, owner, leaseUntil, failures } = record;
  const running = owner !== undefined && leaseUntil > now ? ', running now' : '';
  const good = goodAt === undefined ? 'never good yet' : `good ${span(now - goodAt)} ago`;
  const next = enabled ? `next in ${span(Math.max(0, nextAt - now))}` : 'off';
  const tries = failures > 1 ? `, ${failures} failures in a row` : '';
  const quiet = quietSince(record, now);
  const trouble = GOOD_STATES.has(state) ? undefined : (reason ?? meaningOf(record));
  const note =
    quiet === undefined
      ? trouble
      : `nothing new for ${span(now - quiet)}: its publisher may have given it up`;
  const detail = note === undefined ? '' : `\n      ${note}`;
  return `${name.padEnd(width)}  ${state}, ${good}, ${next}${tries}${running}${detail}\n`;
}

function meaningOf({ state }: FeedRecord): string {
  return FEED_STATES[state as FeedState] ?? state;
}

async function chosen<T extends { readonly name: string }>(
  store: Feeds<T>,
  operands: readonly string[],
): Promise<readonly T[]> {
  const records = await store.listFeeds();
  if (operands.length === 0) return records;
  return operands.map((name) => {
    const record = records.find((each) => each.name === name);
    if (record === undefined)
      throw new UsageError(`feed: there is no feed ${name}. See: soc-defenders feed list`);
    return record;
  });
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A time span in its largest unit: `3 h`. */
function span(milliseconds: number): string {
  for (const [unit, length] of UNITS)
    if (milliseconds >= length * 2 || unit === 's') return `${Math.round(milliseconds / length)} ${unit}`;
  return '0 s';
}
