import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { RawIoc, Rejection } from '../../src/model/sighting.ts';
import { InputError, type ReadItem } from '../../src/parse/format.ts';
import { openInput, type OpenOptions } from '../../src/parse/formats.ts';

export const NOW = Date.UTC(2026, 10, 1);

/** What came of reading an input. */
export interface Reading {
  readonly format: string;
  readonly iocs: readonly RawIoc[];
  readonly rejections: readonly Rejection[];
  /** The error that ended it, if one did. */
  readonly failure: InputError | undefined;
}

/** Reads a text or bytes that come in pieces of `size` bytes. */
export async function reading(
  input: string | Uint8Array,
  options: Partial<OpenOptions> = {},
  size = 64 * 1024,
): Promise<Reading> {
  return readingOf(piecesOf(Buffer.from(input), size), options);
}

export async function readingOf(
  stream: AsyncIterable<Uint8Array>,
  options: Partial<OpenOptions> = {},
): Promise<Reading> {
  const taken: ReadItem[] = [];
  let format = '';
  let failure: InputError | undefined;
  try {
    const opened = await openInput(stream, { now: NOW, ...options });
    format = opened.format.name;
    for await (const batch of opened.items) {
      if (batch.length > 500) throw new Error(`a batch of ${batch.length}`);
      taken.push(...batch);
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failure = error;
  }
  const iocs = taken.flatMap((item) => (item.kind === 'ioc' ? [item.ioc] : []));
  const rejections = taken.flatMap((item) => (item.kind === 'rejection' ? [item.rejection] : []));
  return { format, iocs, rejections, failure };
}

export function fixture(name: string): Buffer {
  return readFileSync(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)));
}

export async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

export function codes({ rejections }: Reading): string[] {
  return rejections.map(({ code }) => code);
}

export function values({ iocs }: Reading): string[] {
  return iocs.map(({ value }) => value);
}
