import { loadConfig } from '../config.ts';
import { compareDownload, type Download, downloadOf, removeDownload } from '../feeds/run.ts';
import { LEASE, releaseFeed, runFeed, type Turn } from '../feeds/runner.ts';
import { FEED_STATES, GOOD_STATES } from '../feeds/states.ts';
import type { Feed } from '../model/feed.ts';
import { CHANGES_KEPT, type FeedRecord, type RunRecord, type Store } from '../store/store.ts';
import { EXIT, type Terminal, UsageError, type Values } from './command.ts';
import { freeAbandoned, ownerName } from './feed-owner.ts';
import { feedParts, type FeedParts } from './feed-parts.ts';
import { gateKeeper } from './gate-parts.ts';
import { describeFeed } from './known-feeds.ts';
import { overridesOf } from './store.ts';

const PAGE = 2_000;

/** `feed run NAME`: one feed, here and now. */
export async function runNow(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [name, extra] = operands;
  if (name === undefined || extra !== undefined) throw new UsageError('feed run: name one feed.');
  const record = (await store.listFeeds()).find((each) => each.name === name);
  const feed = record === undefined ? undefined : describeFeed(record);
  if (feed === undefined)
    throw new UsageError(`feed run: there is no feed ${name}. See: soc-defenders feed list`);
  return await withFeed(store, values, terminal, feed, async (parts, owner, claimed) => {
    terminal.progress(`${name}: running`);
    const turn = await runFeed(parts.runner, feed, claimed, owner);
    tellTurn(name, turn, terminal);
    return isGood(turn) ? EXIT.ok : EXIT.input;
  });
}

function isGood({ state }: Turn): boolean {
  return GOOD_STATES.has(state);
}

function tellTurn(name: string, turn: Turn, terminal: Terminal): void {
  const { state, reason, run } = turn;
  const survey = run?.survey;
  const counts =
    survey === undefined
      ? ''
      : `: ${survey.listed} listed, ${survey.added} new, ${survey.changed} changed, ${survey.same} the same, ` +
        `${survey.absent} gone, ${survey.held} held back`;
  terminal.say(`${name}: ${state}${counts}`);
  if (!isGood(turn)) terminal.say(`  ${reason ?? FEED_STATES[state]}`);
  if (run !== undefined && state === 'held') terminal.say(whatToDo(run.run));
}

/** What an operator can do about a run that waits, as lines to be shown below what is said of it. */
export function whatToDo(run: number): string {
  return (
    `  Look at it: soc-defenders feed diff ${run}\n` +
    `  Then: soc-defenders feed release ${run}, or feed discard ${run}`
  );
}

/** `feed diff RUN`: what a run changed, or what one that waits would change. */
export async function diffRun(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const run = await oneRun(store, 'diff', operands);
  const signs = { added: '+', changed: '~', withdrawn: '-' } as const;
  const show = async (kind: keyof typeof signs, type: string, value: string): Promise<void> => {
    const line =
      values.json === true ? JSON.stringify({ kind, type, value }) : `${signs[kind]} ${type} ${value}`;
    await terminal.write(`${line}\n`);
  };
  if (run.state === 'held') return await diffHeld(store, values, run, show, terminal);
  let count = 0;
  for (let after = 0; ;) {
    const changes = await store.listChanges(run.id, after, PAGE);
    if (changes.length === 0) break;
    for (const { kind, type, value } of changes) await show(kind, type, value);
    count += changes.length;
    after = changes.at(-1)!.id;
  }
  terminal.say(
    count === 0 ? `Run ${run.id} changed nothing, or longer ago than is kept.` : `${count} changes`,
  );
  return EXIT.ok;
}

async function diffHeld(
  store: Store,
  values: Values,
  run: RunRecord,
  show: (kind: 'added' | 'changed' | 'withdrawn', type: string, value: string) => Promise<void>,
  terminal: Terminal,
): Promise<number> {
  const feed = await feedOf(store, run);
  return await withParts(store, values, terminal, async ({ runner }) => {
    const gate = await runner.gate();
    await compareDownload({ ...runner, gate }, feed, keptBy(run), (kind, { type, value }) =>
      show(kind, type, value),
    );
    terminal.say(`Run ${run.id} waits: ${run.failure}. Release or discard it.`);
    return EXIT.ok;
  });
}

/** `feed undo RUN`: publishes the reversal of a run, and switches its feed off. */
export async function undoRun(
  store: Store,
  _values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const run = await oneRun(store, 'undo', operands);
  if (run.state === 'held')
    throw new UsageError(`feed undo: run ${run.id} has published nothing. Discard it.`);
  if (
    run.startedAt + CHANGES_KEPT <= terminal.clock() ||
    (await store.listChanges(run.id, 0, 1)).length === 0
  )
    throw new UsageError(`feed undo: run ${run.id} changed nothing, or longer ago than is kept: 30 days.`);
  const { feed } = run;
  const known = (await store.listFeeds()).some(({ name }) => name === feed);
  if (feed === undefined || !known) return await reverse(store, run, terminal);
  return await claiming(store, feed, terminal, async (owner) => {
    const now = terminal.clock();
    await store.enableFeed(feed, false, now);
    const code = await reverse(store, run, terminal);
    // It is asked for everything again once it is enabled: what it said is published no more.
    const reason = `run ${run.id} was undone; when the feed is mended: soc-defenders feed enable ${feed}`;
    await store.settleFeed(feed, owner, {
      state: 'undone',
      reason,
      nextAt: now,
      checkedAt: now,
      failures: 0,
      bookmark: '{}',
    });
    terminal.say(
      `${feed} is off, or it would say the same again. When it is mended: soc-defenders feed enable ${feed}`,
    );
    return code;
  });
}

async function reverse(store: Store, run: RunRecord, terminal: Terminal): Promise<number> {
  // One that a crash cut off is not gone on with: all of it that is there is taken back.
  if (run.state === 'publishing') await drop(store, run, 'undone by the operator', terminal);
  const report = await store.undoRun(run.id, terminal.clock());
  terminal.say(`${report.restored} changes undone, as run ${report.run}.`);
  if (report.skipped > 0)
    terminal.say(`${report.skipped} have been changed again by later runs, and are left as they are.`);
  return EXIT.ok;
}

/** `feed release RUN`: publishes a run that waits. */
export async function releaseRun(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const run = await heldRun(store, 'release', operands);
  const feed = await feedOf(store, run);
  keptBy(run);
  return await withFeed(store, values, terminal, feed, async ({ runner }, owner, record) => {
    // Nobody else can have changed it from here on.
    await heldRun(store, 'release', operands);
    const turn = await releaseFeed(runner, feed, record, owner, run);
    if (isGood(turn)) terminal.say(`Run ${run.id} is published.`);
    else terminal.say(`Run ${run.id} could not be published: ${turn.state}: ${turn.reason ?? ''}`);
    return isGood(turn) ? EXIT.ok : EXIT.input;
  });
}

/** `feed discard RUN`: drops a run that waits. */
export async function discardRun(
  store: Store,
  _values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const run = await heldRun(store, 'discard', operands);
  await drop(store, run, 'discarded by the operator', terminal);
  terminal.say(`Run ${run.id} is discarded. What stood before it stays.`);
  return EXIT.ok;
}

/** Closes what a feed that is no longer there has left open: a run that waits, or that was cut off. */
export async function closeOpenRun(store: Store, feed: string, terminal: Terminal): Promise<void> {
  const run = await store.newestRun(feed);
  if (run !== undefined && run.endedAt === undefined)
    await drop(store, run, 'its feed was removed', terminal);
}

async function drop(store: Store, run: RunRecord, reason: string, { clock }: Terminal): Promise<void> {
  const download = downloadOf(run);
  if (download !== undefined) removeDownload(download);
  await store.closeRun(run.id, 'discarded', reason, clock());
}

async function withParts(
  store: Store,
  values: Values,
  terminal: Terminal,
  work: (parts: FeedParts) => Promise<number>,
): Promise<number> {
  const { env, clock, signal } = terminal;
  const config = loadConfig(env, overridesOf(values));
  const gate = gateKeeper(store, config, clock, (problem) => terminal.say(`The gate: ${problem}`));
  const parts = await feedParts({ store, config, env, clock, gate, signal });
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}

async function withFeed(
  store: Store,
  values: Values,
  terminal: Terminal,
  feed: Feed,
  work: (parts: FeedParts, owner: string, record: FeedRecord) => Promise<number>,
): Promise<number> {
  return await withParts(store, values, terminal, (parts) =>
    claiming(store, feed.name, terminal, (owner, record) => work(parts, owner, record)),
  );
}

/** Does something with a feed that nobody else runs meanwhile; `work` gives up the claim when it settles the feed. */
async function claiming(
  store: Store,
  feed: string,
  terminal: Terminal,
  work: (owner: string, record: FeedRecord) => Promise<number>,
): Promise<number> {
  const owner = ownerName();
  await freeAbandoned(store, terminal.clock());
  const record = await store.claimFeed(owner, terminal.clock(), LEASE, feed);
  if (record === undefined)
    throw new UsageError(`feed: ${feed} is being run by another process. Try again when it is done.`);
  return await work(owner, record);
}

async function oneRun(store: Store, action: string, operands: readonly string[]): Promise<RunRecord> {
  const [operand, extra] = operands;
  if (operand === undefined || extra !== undefined || !/^\d{1,15}$/.test(operand))
    throw new UsageError(`feed ${action}: name one run by its number. See: soc-defenders runs`);
  const run = await store.findRun(Number(operand));
  if (run === undefined)
    throw new UsageError(`feed ${action}: there is no run ${operand}. See: soc-defenders runs`);
  return run;
}

async function heldRun(store: Store, action: string, operands: readonly string[]): Promise<RunRecord> {
  const run = await oneRun(store, action, operands);
  if (run.state !== 'held')
    throw new UsageError(`feed ${action}: run ${run.id} does not wait: it is ${run.state}.`);
  return run;
}

async function feedOf(store: Store, { id, feed }: RunRecord): Promise<Feed> {
  const record = (await store.listFeeds()).find(({ name }) => name === feed);
  const described = record === undefined ? undefined : describeFeed(record);
  if (described === undefined) throw new UsageError(`feed: the feed of run ${id} is no longer there.`);
  return described;
}

function keptBy(run: RunRecord): Download {
  const download = downloadOf(run);
  if (download === undefined)
    throw new UsageError(
      `feed: the download of run ${run.id} is gone. Discard the run, and run its feed again.`,
    );
  return download;
}
