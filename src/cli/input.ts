import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

import { parseConfidence } from '../model/confidence.ts';
import { parseTlp } from '../model/marking.ts';
import type { Source } from '../model/sighting.ts';
import { CSV_FIELDS, type CsvField, type Format, InputError, type ReadItem } from '../parse/format.ts';
import { FORMATS, openInput } from '../parse/formats.ts';
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
 * `UsageError` for options that make no sense.
 */
export async function openFile(path: string, values: Values, terminal: Terminal): Promise<OpenedInput> {
  const name = path === '-' ? 'stdin' : path;
  const stream = path === '-' ? terminal.stdin : fileStream(path);
  const columns = columnsOf(values);
  const wanted = textOption(values, 'format');
  const { format, items } = await openInput(stream, {
    now: terminal.clock(),
    ...(columns !== undefined && { columns }),
    ...(wanted !== undefined && { format: wanted }),
    ...(path !== '-' && { fileName: basename(path) }),
  });
  return { name, format, source: sourceOf(format, name, values), items };
}

async function* fileStream(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'permission denied',
      EISDIR: 'it is a directory: name its files',
    };
    throw new InputError(
      'the file',
      reasons[code ?? ''] ?? `it cannot be read (${code ?? 'unknown reason'})`,
    );
  }
}

function sourceOf(format: Format, name: string, values: Values): Source {
  const tlp = textOption(values, 'tlp');
  const confidence = textOption(values, 'confidence');
  const marking = tlp === undefined ? 'clear' : parseTlp(tlp);
  const level = confidence === undefined ? undefined : parseConfidence(confidence);
  if (marking === undefined) {
    throw new UsageError(`--tlp ${tlp} is none of clear, green, amber, amber+strict, red.`);
  }
  if (confidence !== undefined && level === undefined) {
    throw new UsageError(`--confidence ${confidence} is neither 0 to 100 nor low, medium, high.`);
  }
  const url = textOption(values, 'source-url') ?? format.source?.url;
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`--source-url ${url} is not a web address: begin it with https://`);
  }
  return {
    name:
      textOption(values, 'source') ?? format.source?.name ?? (name === 'stdin' ? 'stdin' : basename(name)),
    ...(url !== undefined && { url }),
    tlp: marking,
    confidence: level ?? format.source?.confidence ?? 50,
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
