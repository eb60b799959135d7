import { existsSync, statSync } from 'node:fs';

import type { Config } from '../config.ts';
import { FEED_STATES, type FeedState, GOOD_STATES } from '../feeds/states.ts';
import type { FeedRecord, Store } from '../store/store.ts';
import type { Finding } from './finding.ts';
import { warninglistArchive } from './gate-parts.ts';

const DAY = 86_400_000;

/** Due for so long and run by nobody, in milliseconds: no server is there to run it. */
const OVERDUE = 3_600_000;

/** Warninglists are fetched weekly: so old, it has failed for a while. In milliseconds. */
const OLD_LISTS = 21 * DAY;

/** So many feeds are named in one finding. */
const MOST_NAMES = 5;

/** What is wrong with feeds and the gate's lists as of `now` (UTC milliseconds). */
export async function feedFindings(store: Store, config: Config, now: number): Promise<Finding[]> {
  const enabled = (await store.listFeeds()).filter((feed) => feed.enabled);
  return [
    ...(config.feeds === 'off' ? [] : overdue(enabled, now)),
    ...(await waiting(store, enabled)),
    ...trouble(enabled),
    ...good(enabled),
    ...warninglists(config, now),
  ];
}

function overdue(enabled: readonly FeedRecord[], now: number): Finding[] {
  const late = enabled.filter(({ nextAt, leaseUntil }) => Math.max(nextAt, leaseUntil) + OVERDUE < now);
  if (late.length === 0) return [];
  return [['warn', `nobody runs what is due: ${named(late)}`, 'start a server, or restart the one there is']];
}

async function waiting(store: Store, enabled: readonly FeedRecord[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name } of enabled) {
    const run = await store.newestRun(name);
    if (run?.state !== 'held') continue;
    const steps = `soc-defenders feed diff ${run.id}, then feed release ${run.id} or feed discard ${run.id}`;
    findings.push(['warn', `run ${run.id} of ${name} waits for you: ${run.failure}`, steps]);
  }
  return findings;
}

/** Feeds in trouble, those of one state together: without a network they are many. */
function trouble(enabled: readonly FeedRecord[]): Finding[] {
  const isTrouble = ({ state }: FeedRecord): boolean =>
    !GOOD_STATES.has(state) && !['new', 'held', 'interrupted'].includes(state);
  const groups = Map.groupBy(enabled.filter(isTrouble), ({ state }) => state);
  return [...groups].map(([state, feeds]) => {
    const [first] = feeds;
    const meaning = FEED_STATES[state as FeedState] ?? state;
    const remedy =
      feeds.length === 1 && first?.reason !== undefined
        ? first.reason
        : 'see what each says: soc-defenders feed status';
    return ['warn', `${state}: ${named(feeds)}: ${meaning}`, remedy];
  });
}

function good(enabled: readonly FeedRecord[]): Finding[] {
  const count = enabled.filter(({ state }) => GOOD_STATES.has(state)).length;
  return count === 0 ? [] : [['ok', `${count} of ${enabled.length} feeds that are on are good`]];
}

function named(feeds: readonly FeedRecord[]): string {
  const names = feeds.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = feeds.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function warninglists(config: Config, now: number): Finding[] {
  const { warninglists: from } = config;
  if (from === 'off') return [];
  if (from !== 'misp') {
    if (statSync(from.folder, { throwIfNoEntry: false })?.isDirectory() === true) return [];
    return [['bad', `the warninglists’ folder ${from.folder} is not there`, 'correct SOC_WARNINGLISTS']];
  }
  const archive = warninglistArchive(config);
  if (!existsSync(archive)) {
    if (config.feeds !== 'on') return [];
    const remedy = 'a server that reaches github.com fetches them; or name a folder in SOC_WARNINGLISTS';
    return [['warn', 'there are no warninglists of MISP yet: the gate goes by its own tables', remedy]];
  }
  const age = now - statSync(archive).mtimeMs;
  const what = `warninglists of MISP, ${Math.max(0, Math.round(age / DAY))} days old`;
  return [
    age > OLD_LISTS ? ['warn', what, 'see in the server’s log why they are not refreshed'] : ['ok', what],
  ];
}
