import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

import { isHtml } from '../../parse/content-guard.ts';
import { decodeHead } from '../../parse/decode.ts';
import { InputError } from '../../parse/format.ts';
import { JsonOutline } from '../../parse/json-outline.ts';
import { readJson } from '../../parse/json-records.ts';
import { fieldsOf } from '../../parse/stated.ts';
import { parseTimestamp } from '../../model/time.ts';

/** What an envelope of TAXII 2.1 (§3.7) says besides its objects. */
export interface TaxiiPage {
  readonly objects: number;
  readonly more: boolean;
  readonly next?: string;
  /** The greatest `modified` or `created` of its objects, as it stands there; none of the future. */
  readonly newest?: string;
}

const LONGEST_CURSOR = 4096;
const HEAD_BYTES = 64 * 1024;
/** A server's clock may be ahead of ours; a date beyond that is a mistake and must not move the cursor there. */
const CLOCKS_APART = 86_400_000;

/**
 * Looks through a spooled page, one object at a time. A bare `{}`, as servers send at the end, is a page without
 * objects. Throws `InputError` when it is no envelope.
 */
export async function readTaxiiPage(path: string, now: number): Promise<TaxiiPage> {
  if (await isBare(path)) return { objects: 0, more: false };
  let objects = 0;
  let more = false;
  let next: string | undefined;
  let newest: string | undefined;
  for await (const items of readJson(createReadStream(path), [['more'], ['next'], ['objects', '[]']])) {
    for (const item of items) {
      if (item.kind === 'record' && item.steps[0] === 'more') more = item.value === true;
      else if (item.kind === 'record' && item.steps[0] === 'next') next = cursorOf(item.value);
      else {
        objects += 1;
        if (item.kind === 'record') newest = laterOf(newest, dateOf(item.value), now);
      }
    }
  }
  return { objects, more, ...(next !== undefined && { next }), ...(newest !== undefined && { newest }) };
}

/** The later of two RFC 3339 times, digits beyond the millisecond included; times of the future do not count. */
export function laterOf(a: string | undefined, b: string | undefined, now: number): string | undefined {
  if (b === undefined || instantOf(b, now) === undefined) return a;
  if (a === undefined) return b;
  const difference = instantOf(b, now)! - (instantOf(a, now) ?? 0);
  if (difference !== 0) return difference > 0 ? b : a;
  return fraction(b) > fraction(a) ? b : a;
}

function instantOf(text: string, now: number): number | undefined {
  const time = text.length > 40 ? undefined : parseTimestamp(text);
  return time === undefined || time > now + CLOCKS_APART ? undefined : time;
}

/** The digits of the second, to compare as text. */
function fraction(text: string): string {
  return (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0');
}

function dateOf(object: unknown): string | undefined {
  const fields = fieldsOf(object);
  const date = fields?.modified ?? fields?.created;
  return typeof date === 'string' ? date : undefined;
}

/** Servers give strings, some numbers; an empty one is none. */
function cursorOf(value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (text.length > LONGEST_CURSOR)
    throw new InputError('next', `the cursor is longer than ${LONGEST_CURSOR} characters`);
  return text === '' ? undefined : text;
}

/** Whether it is `{}`. Throws `InputError` when it is something else than an envelope. */
async function isBare(path: string): Promise<boolean> {
  const head = decodeHead(await beginningOf(path));
  if (/^\s*\{\s*\}\s*$/.test(head)) return true;
  const outline = new JsonOutline(head);
  if (['objects', 'more', 'next'].some((key) => outline.has(key))) return false;
  const what = isHtml(head) ? 'an HTML page' : 'no TAXII 2.1 envelope';
  throw new InputError(
    'the objects',
    `${what} came in place of objects: look whether the URL and the key are right`,
  );
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
