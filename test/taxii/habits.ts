import assert from 'node:assert/strict';

import { tlpMarkingId } from '../../src/model/marking.ts';
import type { Indicator } from '../store/fixtures.ts';
import { collectionPath, type Envelope } from './reading.ts';
import type { Heard, World } from './world.ts';

/** What one page said, as a client sees it. */
export interface Page {
  readonly more: boolean;
  readonly next: string | undefined;
  /** The headers, as they stand. */
  readonly first: string;
  readonly last: string;
  readonly indicators: readonly Indicator[];
  /** When it was asked for, by the client's clock. */
  readonly askedAt: number;
}

/** How a client polls: its requests, one after the other, and what it remembers from one poll to the next. */
export interface Habit {
  readonly name: string;
  /** Which real clients do so. */
  readonly like: string;
  /** What it is given more than once, where there is anything, and at most how many versions in one poll. */
  readonly twice?: { readonly what: string; readonly atMost: number };
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** What the collection holds that it takes, where that is not all. */
  readonly holds?: (indicator: Indicator) => boolean;
  /** Polls to the end: asks for pages, and returns what to remember. */
  readonly poll: (ask: Ask, bookmark: string | undefined, now: () => number) => Promise<string | undefined>;
}

/** Asks for a page with a query, and takes in what it holds. */
export type Ask = (query: Record<string, string>) => Promise<Page>;

/** Pages on by `next` while `goOn` says so, with what `keep` leaves of the query. */
async function follow(
  ask: Ask,
  query: Record<string, string>,
  goOn: (page: Page) => boolean,
  keep: (query: Record<string, string>) => Record<string, string> = (same) => same,
): Promise<Page[]> {
  const pages = [await ask(query)];
  for (let page = pages[0]!; goOn(page);) {
    page = await ask({ ...keep(query), next: page.next! });
    pages.push(page);
  }
  return pages;
}

const after = (bookmark: string | undefined): Record<string, string> =>
  bookmark === undefined ? {} : { added_after: bookmark };
const byMore = ({ more }: Page): boolean => more;
const byNext = ({ next }: Page): boolean => next !== undefined;
const isHigh = ({ confidence }: Indicator): boolean => confidence >= 70;
const lastOf = (pages: readonly Page[]): string => pages.at(-1)!.last;

export const HABITS: readonly Habit[] = [
  {
    name: 'goes on from the header of the last page',
    like: 'OpenCTI’s ingester',
    poll: async (ask, bookmark) => lastOf(await follow(ask, { limit: '20', ...after(bookmark) }, byMore)),
  },
  {
    name: 'cuts the header to milliseconds',
    like: 'OpenCTI’s ingester, older',
    poll: async (ask, bookmark) => {
      const pages = await follow(ask, { limit: '35', ...after(bookmark) }, byMore);
      return lastOf(pages).replace(/(\.\d{3})\d*Z$/, '$1Z');
    },
  },
  {
    name: 'cuts the header to seconds',
    like: 'scripts',
    twice: { what: 'what was added in the second in which it stopped', atMost: 100 },
    poll: async (ask, bookmark) => {
      const pages = await follow(ask, { limit: '35', ...after(bookmark) }, byMore);
      return lastOf(pages).replace(/\.\d+Z$/, 'Z');
    },
  },
  {
    name: 'goes by its own clock',
    like: 'OpenCTI’s connector, Microsoft Sentinel',
    twice: { what: 'what was added while it was paging', atMost: 25 },
    poll: async (ask, bookmark, now) => {
      const began = new Date(now()).toISOString();
      await follow(ask, { limit: '25', ...after(bookmark) }, byMore);
      return began;
    },
  },
  {
    name: 'goes by the greatest modified, compared as text, and stops at the first empty page',
    like: 'Cortex XSOAR',
    poll: async (ask, bookmark) => {
      const pages = await follow(
        ask,
        { limit: '15', ...after(bookmark) },
        ({ indicators, next }) => indicators.length > 0 && next !== undefined,
      );
      const modified = pages.flatMap((page) => page.indicators.map((indicator) => indicator.modified));
      return [...modified, bookmark ?? ''].sort().at(-1) || undefined;
    },
  },
  {
    name: 'pages by added_after alone, until a page is empty',
    like: 'Splunk’s add-ons, scripts',
    poll: async (ask, bookmark) => {
      let page = await ask({ limit: '30', ...after(bookmark) });
      while (page.indicators.length > 0) page = await ask({ limit: '30', added_after: page.last });
      return page.last;
    },
  },
  {
    name: 'keeps the last next, and asks for nothing else',
    like: 'OpenCTI’s ingester at times, scripts',
    twice: { what: 'the page that it last followed next to', atMost: 10 },
    poll: async (ask, bookmark) => {
      const query: Record<string, string> = { limit: '10' };
      const pages = await follow(
        ask,
        { ...query, ...(bookmark !== undefined && { next: bookmark }) },
        byMore,
      );
      return pages.findLast(byNext)?.next ?? bookmark;
    },
  },
  {
    name: 'leaves added_after out when it pages',
    like: 'MISP',
    poll: async (ask, bookmark) =>
      lastOf(await follow(ask, { limit: '20', ...after(bookmark) }, byMore, () => ({ limit: '20' }))),
  },
  {
    name: 'leaves limit out when it pages',
    like: 'scripts',
    poll: async (ask, bookmark) =>
      lastOf(
        await follow(ask, { limit: '20', ...after(bookmark) }, byMore, ({ limit: _limit, ...rest }) => rest),
      ),
  },
  {
    name: 'ignores more, and pages while there is a next',
    like: 'Elastic',
    poll: async (ask, bookmark) => lastOf(await follow(ask, { limit: '13', ...after(bookmark) }, byNext)),
  },
  {
    name: 'takes one object at a time',
    like: 'nobody, one hopes',
    poll: async (ask, bookmark) => lastOf(await follow(ask, { limit: '1', ...after(bookmark) }, byMore)),
  },
  {
    name: 'asks for no limit, without the slash, at the top, and accepts anything',
    like: 'QRadar, curl',
    path: collectionPath('all', '/taxii2/') + 'objects',
    headers: { accept: '*/*' },
    poll: async (ask, bookmark) => lastOf(await follow(ask, after(bookmark), byMore)),
  },
  {
    name: 'takes a collection by kind',
    like: 'Splunk',
    path: `${collectionPath('domains-urls')}objects/`,
    poll: async (ask, bookmark) => lastOf(await follow(ask, { limit: '20', ...after(bookmark) }, byMore)),
  },
  {
    name: 'takes those of high confidence',
    like: 'whoever blocks what it is given',
    path: `${collectionPath('confidence-high')}objects/`,
    holds: isHigh,
    poll: async (ask, bookmark) => lastOf(await follow(ask, { limit: '10', ...after(bookmark) }, byMore)),
  },
  {
    name: 'takes those of high confidence, by its own clock, and leaves added_after out when it pages',
    like: 'Microsoft Sentinel, of one collection',
    twice: { what: 'what was added while it was paging', atMost: 25 },
    path: `${collectionPath('confidence-high')}objects/`,
    holds: isHigh,
    poll: async (ask, bookmark, now) => {
      const began = new Date(now()).toISOString();
      await follow(ask, { limit: '20', ...after(bookmark) }, byMore, () => ({ limit: '20' }));
      return began;
    },
  },
  {
    name: 'takes those of medium confidence by added_after alone, until a page is empty',
    like: 'scripts',
    path: `${collectionPath('confidence-medium')}objects/`,
    holds: ({ confidence }) => confidence >= 30 && confidence < 70,
    poll: async (ask, bookmark) => {
      let page = await ask({ limit: '12', ...after(bookmark) });
      while (page.indicators.length > 0) page = await ask({ limit: '12', added_after: page.last });
      return page.last;
    },
  },
  {
    name: 'takes those of high confidence in all versions',
    like: 'archives',
    path: `${collectionPath('confidence-high')}objects/`,
    holds: isHigh,
    poll: async (ask, bookmark) =>
      lastOf(await follow(ask, { limit: '50', 'match[version]': 'all', ...after(bookmark) }, byMore)),
  },
  {
    name: 'takes those that are marked green',
    like: 'whoever passes on within a community',
    path: `${collectionPath('tlp-green')}objects/`,
    holds: ({ object_marking_refs: [marking] }) => marking === tlpMarkingId('green', 1),
    poll: async (ask, bookmark) => lastOf(await follow(ask, { limit: '10', ...after(bookmark) }, byMore)),
  },
  {
    name: 'asks for indicators alone',
    like: 'Cortex XSOAR, Elastic',
    poll: async (ask, bookmark) =>
      lastOf(await follow(ask, { limit: '20', 'match[type]': 'indicator', ...after(bookmark) }, byMore)),
  },
  {
    name: 'goes by match[version]=all, and takes the newest',
    like: 'archives',
    poll: async (ask, bookmark) =>
      lastOf(await follow(ask, { limit: '50', 'match[version]': 'all', ...after(bookmark) }, byMore)),
  },
];

/** A client of one habit, with what it was given. */
export class Client {
  readonly habit: Habit;
  readonly #world: World;
  readonly known = new Map<string, Indicator>();
  readonly #versions = new Set<string>();
  #bookmark: string | undefined;
  given = 0;
  /** How many versions it was given again in the poll that repeated most. */
  mostRepeated = 0;
  /** Where its state was not the server's after a poll. */
  readonly differences: string[] = [];
  #repeated = 0;

  constructor(habit: Habit, world: World) {
    this.habit = habit;
    this.#world = world;
  }

  async poll(): Promise<void> {
    this.#repeated = 0;
    this.#bookmark = await this.habit.poll(
      (query) => this.#ask(query),
      this.#bookmark,
      this.#world.clock.read,
    );
    this.mostRepeated = Math.max(this.mostRepeated, this.#repeated);
  }

  /** Notes in what its state differs from the server's. */
  compare(mine: readonly Indicator[], truth: readonly Indicator[], turn: number): void {
    const { holds = () => true } = this.habit;
    const versions = (all: readonly Indicator[]): Set<string> =>
      new Set(all.filter(holds).map(({ name, modified }) => `${name} of ${modified}`));
    const [have, should] = [versions(mine), versions(truth)];
    for (const version of should.difference(have)) this.differences.push(`turn ${turn}: missed ${version}`);
    for (const version of have.difference(should)) this.differences.push(`turn ${turn}: kept ${version}`);
  }

  async #ask(query: Record<string, string>): Promise<Page> {
    const { path = `${collectionPath()}objects/`, headers = {} } = this.habit;
    const parameters = new URLSearchParams(query).toString();
    const askedAt = this.#world.clock.now;
    const heard: Heard = await this.#world.ask(parameters === '' ? path : `${path}?${parameters}`, headers);
    const { more, next, objects } = JSON.parse(heard.body) as Envelope;
    const indicators = objects.filter(({ type }) => type === 'indicator') as unknown as Indicator[];
    for (const indicator of indicators) this.#take(indicator);
    const [first, last] = [
      heard.headers['x-taxii-date-added-first']!,
      heard.headers['x-taxii-date-added-last']!,
    ];
    return { more, next, first, last, indicators, askedAt };
  }

  #take(indicator: Indicator): void {
    const version = `${indicator.id} ${indicator.modified}`;
    assert.ok(Date.parse(indicator.modified) <= this.#world.clock.now, 'a version of the future');
    this.given += 1;
    if (this.#versions.has(version)) this.#repeated += 1;
    this.#versions.add(version);
    const before = this.known.get(indicator.id);
    if (before === undefined || before.modified <= indicator.modified)
      this.known.set(indicator.id, indicator);
  }
}

/** What stands of indicators at a time: what is neither retracted nor past its validity, by id. */
export function standing(indicators: Iterable<Indicator>, now: number): Indicator[] {
  return [...indicators]
    .filter(
      ({ revoked, valid_until: until }) =>
        revoked !== true && (until === undefined || Date.parse(until) > now),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
