import type { RawIoc, Rejection } from '../model/sighting.ts';

/** What a reader hands on, in the order of the input. */
export type ReadItem =
  | { readonly kind: 'ioc'; readonly ioc: RawIoc }
  | { readonly kind: 'rejection'; readonly rejection: Rejection };

/** Bytes as they come, in pieces of any size. */
export type ByteStream = AsyncIterable<Uint8Array>;

export interface ReadOptions {
  /** The present, UTC milliseconds: times of the future are mistakes. */
  readonly now: number;
  /** For CSV: which column (by its header or number from 1) holds what, where guessing would not do. */
  readonly columns?: Readonly<Partial<Record<CsvField, string>>>;
  /** For prose: the page's own address, as links to its host are the publisher's. */
  readonly url?: string;
  /** For prose: the server's `Content-Type`, which may name the encoding. */
  readonly contentType?: string;
  /** For reports: told what the document says of itself, before the first of its IOCs is handed on. */
  readonly onReport?: (report: RawReport) => void;
}

/** A report as its document gives it. All of it is the publisher's to choose. */
export interface RawReport {
  /** The SHA-256 of the document, in hex. */
  readonly digest: string;
  readonly title?: string;
  /** The address that it says is its own. */
  readonly url?: string;
  readonly summary?: string;
  /** UTC milliseconds. */
  readonly publishedAt?: number;
  /** The text without the page around it, a paragraph each on one line; its beginning, where it is very long. */
  readonly paragraphs: readonly string[];
}

/** What a CSV column may hold. */
export const CSV_FIELDS = [
  'value',
  'type',
  'first_seen',
  'last_seen',
  'confidence',
  'threat_type',
  'family',
  'tags',
  'reference',
  'comment',
  'techniques',
  'sectors',
  'tlp',
] as const;
export type CsvField = (typeof CSV_FIELDS)[number];

/** One readable format. Adding one adds a file that exports one of these, and its row in `formats.ts`. */
export interface Format {
  /** Short name for `--format` and reports: `urlhaus-csv`. */
  readonly name: string;
  /** For people: `URLhaus CSV`. */
  readonly label: string;
  /** What a file of this format says by default about its source. */
  readonly source?: {
    readonly name: string;
    readonly url: string;
    readonly confidence: number;
  };
  /** Whether content that begins with `head` (decoded, at most 64 KiB, BOM removed) is of this format. */
  recognises(head: string): boolean;
  /**
   * Reads the whole input in batches of at most 500 items, holding no more than a record or a batch in
   * memory. A bad record becomes a rejection and the rest is read on.
   * Throws `InputError` when nothing more can be read: everything that was good before it has been handed on.
   */
  read(input: ByteStream, options: ReadOptions): AsyncIterable<readonly ReadItem[]>;
}

/** The input as a whole cannot be read, or not further: says where, why, and how to mend it. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly place: string;

  constructor(place: string, reason: string) {
    super(reason);
    this.place = place;
  }
}
