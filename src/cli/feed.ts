import { loadConfig } from '../config.ts';
import { FeedDefinitionError, type FeedOption, parseFeedDefinition } from '../feeds/definition.ts';
import { CATALOGUE } from '../feeds/catalogue/index.ts';
import type { Feed } from '../model/feed.ts';
import { hasSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import {
  type Command,
  EXIT,
  type Terminal,
  textOption,
  textOptions,
  UsageError,
  type Values,
} from './command.ts';
import { catalogued, describeFeed } from './known-feeds.ts';
import { closeOpenRun, diffRun, discardRun, releaseRun, runNow, undoRun } from './feed-runs.ts';
import { feedStatus, listFeeds } from './feed-status.ts';
import { configured, openOrMakeStore, STORE_HELP, STORE_OPTIONS } from './store.ts';

type Action = (
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
) => Promise<number>;

/** Options of `feed add` by what they say of the feed. */
const DEFINING: Readonly<Record<string, FeedOption>> = {
  name: 'name',
  kind: 'kind',
  format: 'format',
  column: 'columns',
  collection: 'collection',
  pages: 'pages',
  title: 'title',
  publisher: 'publisher',
  homepage: 'homepage',
  terms: 'terms',
  category: 'category',
  tlp: 'tlp',
  sectors: 'sectors',
  interval: 'interval',
  confidence: 'confidence',
  reliability: 'reliability',
  absence: 'absence',
  'threat-type': 'threatType',
  tags: 'tags',
  'key-setting': 'keySetting',
  'key-scheme': 'keyScheme',
  'key-name': 'keyName',
};

/** What adds to the store, and so makes it where there is none. */
const MAKING: ReadonlySet<string> = new Set(['add', 'enable', 'disable', 'run']);

/** `feed`: live feeds. */
export const feedCommand: Command = {
  name: 'feed',
  summary: 'List feeds and how they fare; add, switch, run them; look at, undo, release what a run does.',
  synopsis: 'list|status|add|remove|enable|disable|run|diff|undo|release|discard [options] [NAME|URL|RUN]',
  options: {
    ...STORE_OPTIONS,
    ...Object.fromEntries(
      Object.keys(DEFINING).map((name) => [
        name,
        name === 'column' ? { type: 'string', multiple: true } : { type: 'string' },
      ]),
    ),
    json: { type: 'boolean' },
  },
  help: {
    ...STORE_HELP,
    name: 'add: a short name of lower-case letters, digits and hyphens',
    kind: 'add: file, misp, taxii or reports; else told from the URL',
    format: 'add: format of a file, as for import; else told from the content',
    column: 'add: for CSV, FIELD=HEADER or FIELD=NUMBER; may be repeated',
    collection: 'add: for TAXII, the id or title of the collection',
    pages: 'add: for reports, whether the pages that they link to are read: true or false',
    title: 'add: its name for people, and of its source',
    publisher: 'add: whose word it is; feeds of one publisher do not confirm one another',
    homepage: 'add: a page about it',
    terms: 'add: what its terms ask of you',
    category: 'add: government, cert, vendor, commercial, community, academic or own',
    tlp: 'add: marking of what states none',
    sectors: 'add: sectors that all of it concerns',
    interval: 'add: time between runs: 15m, 6h, 1d',
    confidence: 'add: of records that state none: 0 to 100, or low, medium, high',
    reliability: 'add: how far its word is believed, 0 to 100',
    absence: 'add: retracts, when what is missing in the next download is taken back; else means-nothing',
    'threat-type': 'add: a word that holds for all of it, such as botnet_cc',
    tags: 'add: words that hold for all of it',
    'key-setting': 'add: the setting that holds its key, such as SOC_FEED_KEY_MY_ISAC',
    'key-scheme': 'add: how the key is sent: header, basic, bearer or url',
    'key-name': 'add: with header, the name of the header',
    json: 'print JSON, one line for each feed or change',
  },
  examples: [
    'soc-defenders feed status',
    'soc-defenders feed run urlhaus',
    'soc-defenders feed add https://misp.example.org/feed/ --name partner --kind misp --tlp amber',
    'soc-defenders feed add https://intel.example.org/list.csv --name ours --column value=ioc --interval 30m',
    'soc-defenders feed diff 17',
    'soc-defenders feed undo 17',
  ],
  async run(values, [action = '', ...operands], terminal) {
    const actions: Readonly<Record<string, Action>> = {
      list: listFeeds,
      status: feedStatus,
      add,
      remove,
      enable: (...args) => switchFeed(true, ...args),
      disable: (...args) => switchFeed(false, ...args),
      run: runNow,
      diff: diffRun,
      undo: undoRun,
      release: releaseRun,
      discard: discardRun,
    };
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (act === undefined)
      throw new UsageError(
        `feed: say one of ${Object.keys(actions).join(', ')}. See: soc-defenders feed --help`,
      );
    if (act === listFeeds && !hasSqliteStore(configured(values, terminal).dataDirectory))
      return await listCatalogue(values, operands, terminal);
    const store = await openOrMakeStore(values, terminal, MAKING.has(action));
    try {
      await syncFeeds(store, terminal);
      return await act(store, values, operands, terminal);
    } finally {
      await store.close();
    }
  },
};

/** The feeds that a new store would know. */
function listCatalogue(values: Values, operands: readonly string[], terminal: Terminal): Promise<number> {
  const feeds = catalogued(loadConfig(terminal.env).feeds);
  return listFeeds({ listFeeds: async () => feeds }, values, operands, terminal);
}

/** Makes known what the catalogue has. What is known already stays as the server's own settings have it. */
async function syncFeeds(store: Store, { env, clock }: Terminal): Promise<void> {
  const known = new Map((await store.listFeeds()).map((record) => [record.name, record]));
  const feeds = catalogued(loadConfig(env).feeds).map((feed) => known.get(feed.name) ?? feed);
  await store.syncFeeds(feeds, clock());
}

async function add(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [url, extra] = operands;
  if (url === undefined || extra !== undefined) throw new UsageError('feed add: name one URL.');
  const options: Record<string, string | readonly string[]> = { url };
  for (const [option, property] of Object.entries(DEFINING)) {
    const value = option === 'column' ? textOptions(values, option) : textOption(values, option);
    if (value !== undefined && value.length > 0) options[property] = value;
  }
  const feed = definition(options);
  if (CATALOGUE.some(({ name }) => name === feed.name))
    throw new UsageError(`feed add: ${feed.name} is a feed of the catalogue. Choose another --name.`);
  await refuseSameTitle(store, feed);
  await store.putFeed(feed.name, JSON.stringify(feed), terminal.clock());
  terminal.say(
    `Added ${feed.name}. The server runs it within seconds; to run it here and now: soc-defenders feed run ${feed.name}`,
  );
  return EXIT.ok;
}

/** Two feeds of one title would be one source, and each would take back what the other reports. */
async function refuseSameTitle(store: Store, { name, title }: Feed): Promise<void> {
  const other = (await store.listFeeds()).find(
    (record) => record.name !== name && describeFeed(record)?.title === title,
  );
  if (other !== undefined)
    throw new UsageError(`feed add: ${other.name} has the title "${title}" already. Choose another --title.`);
}

function definition(options: Readonly<Record<string, string | readonly string[]>>): Feed {
  try {
    return parseFeedDefinition(options);
  } catch (error) {
    if (error instanceof FeedDefinitionError)
      throw new UsageError(`feed add:\n  ${error.problems.join('\n  ')}`);
    throw error;
  }
}

async function remove(
  store: Store,
  _values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const name = oneName('remove', operands);
  if (!(await store.removeFeed(name)))
    throw new UsageError(
      `feed remove: ${name} is none of your own feeds. One of the catalogue can be disabled.`,
    );
  await closeOpenRun(store, name, terminal);
  terminal.say(`Removed ${name}. What it reported stays until it expires; feed undo takes back a run.`);
  return EXIT.ok;
}

async function switchFeed(
  enabled: boolean,
  store: Store,
  _values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const action = enabled ? 'enable' : 'disable';
  if (operands.length === 0) throw new UsageError(`feed ${action}: name one or more feeds.`);
  for (const name of operands) {
    if (!(await store.enableFeed(name, enabled, terminal.clock())))
      throw new UsageError(`feed ${action}: there is no feed ${name}. See: soc-defenders feed list`);
    terminal.say(`${name} is ${enabled ? 'on, and due now' : 'off'}.`);
  }
  return EXIT.ok;
}

function oneName(action: string, operands: readonly string[]): string {
  const [name, extra] = operands;
  if (name === undefined || extra !== undefined) throw new UsageError(`feed ${action}: name one feed.`);
  return name;
}
