import type { FeedAccess } from '../model/feed.ts';
import { CSV_FIELDS } from '../parse/format.ts';
import { formatNamed, FORMATS } from '../parse/formats.ts';
import type { FeedOption } from './definition.ts';
import { meant, type OptionReader } from './option-reader.ts';

const KINDS = ['file', 'misp', 'taxii', 'reports'] as const satisfies readonly FeedAccess['kind'][];

/** Names of query parameters that hold a secret. */
const SECRET =
  /^(?:(?:api|app|auth|access)[-_]?)?(?:key|token)$|^(?:auth|pass(?:word|wd)?|pwd|secret|sig(?:nature)?)$/i;

/** A URL with `{key}` filled in, so that it can be parsed. */
export function withoutPlaceholder(url: string): string {
  return url.replaceAll('{key}', 'key');
}

/** How the options say that a feed's data is got; problems go to the reader. */
export function accessOf(reader: OptionReader<FeedOption>): FeedAccess {
  const url = urlOf(reader);
  const collection = reader.text('collection');
  const kind = reader.choice('kind', KINDS, likelyKind(url, collection));
  refuseOthers(reader, kind);
  if (kind === 'misp') return { kind, url: `${url.replace(/(?:\/|\/manifest\.json)$/, '')}/` };
  if (kind === 'taxii') return { kind, url, ...(collection !== undefined && { collection }) };
  if (kind === 'reports') return { kind, url, pages: reader.flag('pages', true) };
  return fileOf(reader, url);
}

function likelyKind(url: string, collection: string | undefined): FeedAccess['kind'] {
  if (collection !== undefined) return 'taxii';
  return url.endsWith('/manifest.json') ? 'misp' : 'file';
}

/** What is said of another kind than the feed's is a mistake, not to be passed over. */
function refuseOthers(reader: OptionReader<FeedOption>, kind: FeedAccess['kind']): void {
  const meantFor = { format: 'file', columns: 'file', collection: 'taxii', pages: 'reports' } as const;
  for (const [name, only] of Object.entries(meantFor)) {
    const option = name as keyof typeof meantFor;
    if (only !== kind && reader.text(option) !== undefined)
      reader.problem(option, `it is for kind ${only}, and the kind is ${kind}`);
  }
}

function urlOf(reader: OptionReader<FeedOption>): string {
  const text = reader.text('url');
  const url = text === undefined ? null : URL.parse(withoutPlaceholder(text));
  if (text === undefined || url === null || !/^https?:$/.test(url.protocol)) {
    reader.problem('url', 'give a web address that begins with https://');
    return '';
  }
  if (url.username !== '' || url.password !== '')
    reader.problem(
      'url',
      'no user or password in it: put user:password into a setting, with keyScheme basic',
    );
  if (/^[a-z]+:\/\/[^/?#]*\{key\}/i.test(text))
    reader.problem('url', 'put {key} into the path or the query, not into the host');
  for (const name of url.searchParams.keys()) {
    if (SECRET.test(name) && !text.includes(`${name}={key}`))
      reader.problem(
        'url',
        `no key in it: write ${name}={key}, and put the key into a setting with keySetting`,
      );
  }
  return text;
}

function fileOf(reader: OptionReader<FeedOption>, url: string): FeedAccess {
  const format = reader.text('format');
  const names = FORMATS.map(({ name }) => name);
  if (format !== undefined && formatNamed(format) === undefined)
    reader.problem('format', `"${format}" is none of ${names.join(', ')}${meant(format, names)}`);
  const columns: Record<string, string> = {};
  for (const pair of reader.words('columns')) {
    const [field = '', ...header] = pair.split('=');
    if (!(CSV_FIELDS as readonly string[]).includes(field) || header.join('=').trim() === '')
      reader.problem('columns', `"${pair}" is not FIELD=HEADER with one of ${CSV_FIELDS.join(', ')}`);
    else columns[field] = header.join('=').trim();
  }
  const hasColumns = Object.keys(columns).length > 0;
  if (hasColumns && format !== undefined && format !== 'csv')
    reader.problem('columns', `they are for the format csv, and the format is ${format}`);
  return {
    kind: 'file',
    url,
    ...(format !== undefined && { format }),
    ...(hasColumns && { columns }),
  };
}
