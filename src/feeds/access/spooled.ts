import { readFile, rm } from 'node:fs/promises';

import { decodeHead } from '../../parse/decode.ts';
import { isHtml } from '../../parse/content-guard.ts';
import { InputError } from '../../parse/format.ts';

/** Removes a file of our own that nobody needs any more. */
export async function discard(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Reads a small spooled file whole and removes it. */
export async function takeBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } finally {
    await discard(path);
  }
}

/** Reads a small spooled file as JSON and removes it. Throws `InputError` at `place` when it is none. */
export async function takeJson(path: string, place: string): Promise<unknown> {
  const text = decodeHead(await takeBytes(path));
  if (isHtml(text))
    throw new InputError(place, 'it is an HTML page in place of JSON: the server may show an error');
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(place, 'it is not JSON: look whether the URL is right');
  }
}
