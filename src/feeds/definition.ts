import { parseConfidence } from '../model/confidence.ts';
import { CREDENTIAL_SCHEMES, FEED_CATEGORIES, type Feed, type FeedCredential } from '../model/feed.ts';
import { parseTlp, TLP_MARKINGS } from '../model/marking.ts';
import { parseSector, SECTORS } from '../model/sector.ts';
import { formatNamed } from '../parse/formats.ts';
import { accessOf, withoutPlaceholder } from './definition-access.ts';
import { RELIABILITY } from './catalogue/reliability.ts';
import { KEY_SETTINGS } from './catalogue/index.ts';
import { meant, OptionReader } from './option-reader.ts';

/** What may be said of a feed, each as a text; lists may be parted by commas. */
export const FEED_OPTIONS = {
  name: 'kebab-case and unique: `my-isac`',
  url: 'where its data is; never with a password or key in it',
  kind: 'file, misp, taxii or reports; file unless the URL tells otherwise',
  format: 'for a file, as for `import`; without it the content tells',
  columns: 'for CSV, FIELD=HEADER or FIELD=NUMBER, as for `import`',
  collection: 'for TAXII, the id or title of the collection',
  pages: 'for reports, whether the pages that they link to are read: true or false',
  title: 'its name for people; else its name',
  publisher: 'whose word it is; feeds of one publisher do not confirm one another; else the host of the URL',
  homepage: 'a page about it; else the root of the URL',
  licence: 'the name of its licence',
  licenceUrl: 'a page with the licence',
  terms: 'what its terms ask of whoever uses the data or passes it on',
  category: FEED_CATEGORIES.join(', '),
  tlp: `${TLP_MARKINGS.join(', ')}; clear unless said`,
  sectors: 'sectors that everything in it concerns',
  interval: 'between runs, from 5m to 30d',
  confidence: 'of records that state none: 0 to 100, or low, medium, high',
  reliability: 'how far its word is believed, 0 to 100; 50 unless said',
  absence: 'retracts or means-nothing: whether each download is the whole of what stands',
  enabled: 'true or false',
  threatType: 'a word that holds for everything in it, as `botnet_cc`',
  tags: 'words that hold for everything in it',
  keySetting: 'the setting that holds its key: `SOC_FEED_KEY_MY_ISAC`',
  keyScheme: `how the key is sent: ${CREDENTIAL_SCHEMES.join(', ')}`,
  keyName: 'with `header`, the name of the header',
  keyRequired: 'whether nothing is fetched without the key: true or false',
  keyPage: 'where one gets the key',
} as const;
export type FeedOption = keyof typeof FEED_OPTIONS;
export type FeedOptions = Readonly<Partial<Record<FeedOption, string | readonly string[] | undefined>>>;

/** A feed cannot be as it was described: says all that is wrong, and how to mend it. */
export class FeedDefinitionError extends Error {
  override readonly name = 'FeedDefinitionError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const INTERVALS = { file: HOUR, misp: 6 * HOUR, taxii: HOUR, reports: 2 * HOUR } as const;

/**
 * A feed as an operator describes it, with defaults for what is not said. Throws `FeedDefinitionError` with every
 * problem at once. Whether the name is taken is for the caller to check.
 */
export function parseFeedDefinition(options: FeedOptions): Feed {
  const reader = new OptionReader<FeedOption>(options);
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(FEED_OPTIONS, name));
  for (const name of unknown)
    reader.problems.push(`${name}: there is no such option${meant(name, Object.keys(FEED_OPTIONS))}`);
  const access = accessOf(reader);
  const credential = credentialOf(reader, access.url);
  const name = nameOf(reader);
  const address = URL.parse(withoutPlaceholder(access.url));
  const format = access.kind === 'file' ? formatNamed(access.format ?? '') : undefined;
  const absence = reader.choice('absence', ['retracts', 'means-nothing'], 'means-nothing');
  if (absence === 'retracts' && access.kind !== 'file')
    reader.problem('absence', `retracts is for files: ${access.kind} tells only what is new`);
  const threatType = reader.text('threatType');
  const tags = reader.words('tags');
  const feed: Feed = {
    name,
    title: reader.text('title') ?? name,
    publisher: reader.text('publisher') ?? address?.hostname ?? '',
    homepage: pageOf(reader, 'homepage') ?? (address === null ? '' : `${address.origin}/`),
    licence: licenceOf(reader),
    category: reader.choice('category', FEED_CATEGORIES, 'community'),
    tlp: reader.reading('tlp', parseTlp, `one of ${TLP_MARKINGS.join(', ')}`, 'clear'),
    sectors: reader.words('sectors').flatMap((word) => sectorOf(reader, word)),
    access,
    ...(credential !== undefined && { credential }),
    interval: reader.duration('interval', 5 * MINUTE, 30 * DAY, INTERVALS[access.kind]),
    confidence: reader.reading(
      'confidence',
      parseConfidence,
      '0 to 100 or one of low, medium, high',
      format?.source?.confidence ?? 50,
    ),
    reliability: reader.reading('reliability', percent, 'a number from 0 to 100', RELIABILITY.automatic),
    absence,
    enabled: reader.flag('enabled', true),
    ...(threatType !== undefined && { threatType }),
    ...(tags.length > 0 && { tags }),
  };
  if (reader.problems.length > 0) throw new FeedDefinitionError([...new Set(reader.problems)]);
  return feed;
}

function nameOf(reader: OptionReader<FeedOption>): string {
  const name = reader.text('name');
  if (name !== undefined && name.length <= 50 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return name;
  reader.problem(
    'name',
    'give one of lower-case letters, digits and hyphens, at most 50 characters: my-isac',
  );
  return name ?? '';
}

function licenceOf(reader: OptionReader<FeedOption>): Feed['licence'] {
  const url = pageOf(reader, 'licenceUrl');
  return {
    name: reader.text('licence') ?? 'not stated',
    ...(url !== undefined && { url }),
    terms: reader.text('terms') ?? 'Not stated by whoever added the feed.',
  };
}

function sectorOf(reader: OptionReader<FeedOption>, word: string): Feed['sectors'] {
  const sector = parseSector(word);
  if (sector !== undefined) return [sector];
  reader.problem('sectors', `"${word}" is no sector${meant(word, SECTORS)}; there are ${SECTORS.join(', ')}`);
  return [];
}

function pageOf(reader: OptionReader<FeedOption>, name: FeedOption): string | undefined {
  const text = reader.text(name);
  if (text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  reader.problem(name, `"${text}" is not a web address: begin it with https://`);
  return undefined;
}

function credentialOf(reader: OptionReader<FeedOption>, url: string): FeedCredential | undefined {
  const setting = reader.text('keySetting');
  const header = reader.text('keyName');
  const inUrl = url.includes('{key}');
  const likely = inUrl ? 'url' : header === undefined ? 'bearer' : 'header';
  const scheme = reader.choice('keyScheme', CREDENTIAL_SCHEMES, likely);
  const required = reader.flag('keyRequired', true);
  const page = pageOf(reader, 'keyPage');
  if (setting === undefined) {
    if (inUrl) reader.problem('keySetting', 'the URL has {key} in it: name the setting that holds the key');
    return undefined;
  }
  if (!KEY_SETTINGS.includes(setting) && !/^SOC_FEED_KEY_[A-Z0-9_]{1,50}$/.test(setting))
    reader.problem(
      'keySetting',
      `"${setting}" is no setting for a key: name one that begins with SOC_FEED_KEY_`,
    );
  if (inUrl !== (scheme === 'url'))
    reader.problem('keyScheme', 'url and {key} in the URL belong together: give both, or neither');
  if (scheme === 'header' && !/^[A-Za-z0-9-]{1,60}$/.test(header ?? ''))
    reader.problem('keyName', 'name the header that carries the key: X-API-Key');
  if (/^http:/i.test(url)) reader.problem('url', 'a key must not go over http: use https');
  return {
    setting,
    scheme,
    ...(scheme === 'header' && header !== undefined && { name: header }),
    required,
    ...(page !== undefined && { page }),
  };
}

function percent(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) && Number(text) <= 100 ? Number(text) : undefined;
}
