import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';

import { parseConfidence } from '../model/confidence.ts';
import { parseTlp, type Tlp } from '../model/marking.ts';
import type { Source } from '../model/sighting.ts';
import { cleanText } from '../normalise/context.ts';
import {
  CSV_FIELDS,
  type CsvField,
  type Format,
  InputError,
  type ReadItem,
  type ReadOptions,
} from '../parse/format.ts';
import { formatNamed, FORMATS, openInput } from '../parse/formats.ts';
import { type Options, type Terminal, textOption, textOptions, UsageError, type Values } from './command.ts';

/** Options of all commands that read files. */
export const INPUT_OPTIONS: Options = {
  format: { type: 'string' },
  source: { type: 'string' },
  'source-url': { type: 'string' },
  tlp: { type: 'string' },
  confidence: { type: 'string' },
  column: { type: 'string', multiple: true },
};

export const INPUT_HELP = {
  format: `read as this format: ${FORMATS.map(({ name }) => name).join(', ')}; else told from the content`,
  source: "the source's name; else the feed's, or the file's name",
  'source-url': "a page about the source, shown in every indicator's references",
  tlp: 'TLP of what states none: clear, green, amber, amber+strict, red; else clear',
  confidence: 'confidence of what states none: 0 to 100, or low, medium, high; else the feed format’s, or 50',
  column: `for CSV, FIELD=HEADER or FIELD=NUMBER: which column holds ${CSV_FIELDS.join(', ')}; may be repeated`,
} as const;

/** One input, recognised and being read. */
export interface OpenedInput {
  /** The file's name, or `stdin`. */
  readonly name: string;
  readonly format: Format;
  readonly source: Source;
  readonly items: AsyncIterable<readonly ReadItem[]>;
}

/**
 * Opens one file, or standard input for `-`. Throws `InputError` when it cannot be read or recognised,
 * `UsageError` for options that make no sense. `onReport` as for `ReadOptions`.
 */
export async function openFile(
  path: string,
  values: Values,
  terminal: Terminal,
  onReport?: ReadOptions['onReport'],
): Promise<OpenedInput> {
  const name = path === '-' ? 'stdin' : path;
  const columns = columnsOf(values);
  const wanted = textOption(values, 'format');
  if (wanted !== undefined && formatNamed(wanted) === undefined)
    throw new UsageError(`--format ${wanted} is none of ${FORMATS.map((each) => each.name).join(', ')}.`);
  const given = givenSource(values);
  const stream = bytesOf(path === '-' ? terminal.stdin : createReadStream(path, READING), terminal.signal);
  const { format, items } = await openInput(stream, {
    now: terminal.clock(),
    ...(columns !== undefined && { columns }),
    ...(wanted !== undefined && { format: wanted }),
    ...(onReport !== undefined && { onReport }),
    ...(path !== '-' && { fileName: basename(path) }),
  });
  return { name, format, source: sourceOf(format, name, given), items };
}

/** Every indicator of a source repeats its name; names of files have up to 255 characters. */
const LONGEST_SOURCE = 255;

const READING = { highWaterMark: 256 * 1024 };

async function* bytesOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* addAbortSignal(signal, stream) as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'permission denied',
      EISDIR: 'it is a directory: name its files',
      ABORT_ERR: 'reading was stopped',
    };
    throw new InputError(
      'the input',
      reasons[code ?? ''] ?? `it cannot be read (${code ?? 'unknown reason'})`,
    );
  }
}

/** What the options say of the source. */
interface GivenSource {
  readonly name: string | undefined;
  readonly url: string | undefined;
  readonly tlp: Tlp;
  readonly confidence: number | undefined;
}

function givenSource(values: Values): GivenSource {
  const tlp = textOption(values, 'tlp') ?? 'clear';
  const confidence = textOption(values, 'confidence');
  const url = textOption(values, 'source-url');
  const marking = parseTlp(tlp);
  const level = confidence === undefined ? undefined : parseConfidence(confidence);
  if (marking === undefined) {
    throw new UsageError(`--tlp ${tlp} is none of clear, green, amber, amber+strict, red.`);
  }
  if (confidence !== undefined && level === undefined) {
    throw new UsageError(`--confidence ${confidence} is neither 0 to 100 nor low, medium, high.`);
  }
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`--source-url ${url} is not a web address: begin it with https://`);
  }
  if (url !== undefined && URL.parse(url)?.password !== '')
    throw new UsageError('--source-url holds a password, and every indicator would show it: leave it out.');
  const name = cleanText(textOption(values, 'source'), LONGEST_SOURCE);
  return { name, url, tlp: marking, confidence: level };
}

function sourceOf(format: Format, name: string, given: GivenSource): Source {
  const url = given.url ?? format.source?.url;
  return {
    name: given.name ?? format.source?.name ?? cleanText(basename(name), LONGEST_SOURCE) ?? 'file',
    ...(url !== undefined && { url }),
    tlp: given.tlp,
    confidence: given.confidence ?? format.source?.confidence ?? 50,
  };
}

function columnsOf(values: Values): Partial<Record<CsvField, string>> | undefined {
  const pairs = textOptions(values, 'column');
  if (pairs.length === 0) return undefined;
  const columns: Partial<Record<CsvField, string>> = {};
  for (const pair of pairs) {
    const [field = '', ...header] = pair.split('=');
    if (!(CSV_FIELDS as readonly string[]).includes(field) || header.length === 0) {
      throw new UsageError(`--column ${pair} is not FIELD=HEADER with one of ${CSV_FIELDS.join(', ')}.`);
    }
    columns[field as CsvField] = header.join('=');
  }
  return columns;
}
