import assert from 'node:assert/strict';

import type { RawIoc } from '../../../src/model/sighting.ts';
import { normaliseIoc } from '../../../src/normalise/normalise.ts';
import { extractIocs, type ExtractOptions } from '../../../src/parse/prose/extract.ts';

/** The IOCs of a text as `type value`, in normal form and in their order. */
export function found(text: string, options: ExtractOptions = {}): string[] {
  return extractIocs(text, options).map(normal);
}

/** An IOC as `type value`, in normal form. */
export function normal({ value, typeHint }: RawIoc): string {
  const ioc = normaliseIoc(value, typeHint);
  assert.ok(ioc.ok, value);
  return `${ioc.type} ${ioc.value}`;
}

/** Texts with what is to be found in each. */
export function assertFound(expected: Readonly<Record<string, readonly string[]>>): void {
  for (const [text, iocs] of Object.entries(expected)) assert.deepEqual(found(text), iocs, text);
}

/** Texts in which nothing is to be found. */
export function assertNothing(texts: readonly string[]): void {
  for (const text of texts) assert.deepEqual(found(text), [], text);
}
