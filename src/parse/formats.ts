import { isHtml, refuseUnreadable } from './content-guard.ts';
import { csv } from './csv.ts';
import { dataplane } from './dataplane.ts';
import { decodeHead } from './decode.ts';
import { dshieldBlock } from './dshield-block.ts';
import { feodoCsv } from './feodo-csv.ts';
import { feodoJson } from './feodo-json.ts';
import { InputError, type ByteStream, type Format, type ReadItem, type ReadOptions } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { kevJson } from './kev-json.ts';
import { list } from './list.ts';
import { malwarebazaarCsv } from './malwarebazaar-csv.ts';
import { malwarebazaarJson } from './malwarebazaar-json.ts';
import { mispEvent } from './misp-event.ts';
import { mispManifest } from './misp-manifest.ts';
import { otxJson } from './otx-json.ts';
import { isPdf, pdf } from './pdf.ts';
import { peek } from './peek.ts';
import { phishtankCsv } from './phishtank-csv.ts';
import { phishtankJson } from './phishtank-json.ts';
import { prose } from './prose.ts';
import { spamhausDropJson } from './spamhaus-drop-json.ts';
import { spamhausDropText } from './spamhaus-drop-text.ts';
import { sslblCsv } from './sslbl-csv.ts';
import { stix } from './stix.ts';
import { threatfoxCsv } from './threatfox-csv.ts';
import { threatfoxJson } from './threatfox-json.ts';
import { torExits } from './tor-exits.ts';
import { urlhausCsv } from './urlhaus-csv.ts';
import { urlhausJson } from './urlhaus-json.ts';

/** The formats of one publisher or standard, told by what only they have. */
const SPECIFIC: readonly Format[] = [
  urlhausCsv,
  urlhausJson,
  threatfoxCsv,
  threatfoxJson,
  feodoCsv,
  feodoJson,
  malwarebazaarCsv,
  malwarebazaarJson,
  sslblCsv,
  kevJson,
  spamhausDropText,
  spamhausDropJson,
  dshieldBlock,
  phishtankCsv,
  phishtankJson,
  torExits,
  dataplane,
  otxJson,
  stix,
  mispManifest,
  mispEvent,
];

/** Every readable format, in the order in which they are tried. */
export const FORMATS: readonly Format[] = [...SPECIFIC, csv, list, prose, pdf];

/** So much of an input tells its format. */
const HEAD_BYTES = 64 * 1024;

/** The format of a name as in `--format`, or undefined. */
export function formatNamed(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name);
}

/**
 * The format of content that begins with `head` (decoded, without byte-order mark), or undefined. The file's name
 * counts only where the content leaves it open: `.csv` and `.tsv` are CSV, `.html` and `.md` are prose.
 */
export function recogniseFormat(head: string, fileName = ''): Format | undefined {
  if (isPdf(head)) return pdf;
  const specific = SPECIFIC.find((format) => format.recognises(head));
  if (specific !== undefined) return specific;
  if (new JsonOutline(head).isJson || /\.(?:json|jsonl|ndjson)$/i.test(fileName)) return undefined;
  if (isHtml(head) || /\.(?:html?|md)$/i.test(fileName)) return prose;
  if (/\.[ct]sv$/i.test(fileName)) return csv;
  return [csv, list, prose].find((format) => format.recognises(head));
}

export interface OpenOptions extends ReadOptions {
  /** The format's name; without it the content tells. */
  readonly format?: string;
  readonly fileName?: string;
}

export interface Opened {
  readonly format: Format;
  readonly items: AsyncIterable<readonly ReadItem[]>;
}

/**
 * Looks at the first 64 KiB of an input, tells its format and begins to read it. Throws `InputError` for what is
 * empty, compressed, binary, of no known format, or an HTML page where data was expected; reading `items` throws as
 * `Format.read` does.
 */
export async function openInput(stream: ByteStream, options: OpenOptions): Promise<Opened> {
  const { head, stream: whole, close } = await peek(stream, HEAD_BYTES);
  try {
    refuseUnreadable(head);
    const format = formatFor(decodeHead(head), options);
    return { format, items: format.read(whole, options) };
  } catch (error) {
    await close();
    throw error;
  }
}

function formatFor(head: string, { format: name, fileName, columns }: OpenOptions): Format {
  if (head.trim() === '') throw new InputError('the whole input', 'it is empty but for white space');
  const wanted = name ?? (columns === undefined ? undefined : csv.name);
  if (wanted === undefined) return recogniseFormat(head, fileName) ?? unknownFormat(head);
  const format = formatNamed(wanted);
  if (format === undefined) {
    const known = FORMATS.map((each) => each.name).join(', ');
    throw new InputError('the options', `there is no format "${wanted}"; there are: ${known}`);
  }
  if (format !== pdf && isPdf(head))
    throw new InputError('the beginning', `it is a PDF, not ${format.label}`);
  if (format !== prose && isHtml(head)) {
    const reason = `it is an HTML page, not ${format.label}: the server may ask for a key or show an error`;
    throw new InputError('the beginning', reason);
  }
  return format;
}

function unknownFormat(head: string): never {
  const reason = new JsonOutline(head).isJson
    ? 'it is JSON of no known layout: URLhaus, ThreatFox, Feodo Tracker, MalwareBazaar, KEV, Spamhaus DROP, PhishTank, OTX, STIX and MISP are read'
    : 'its format is not recognised: name one with --format';
  throw new InputError('the beginning', reason);
}
