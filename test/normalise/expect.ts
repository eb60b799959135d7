import assert from 'node:assert/strict';
import type { IocType } from '../../src/model/ioc.ts';
import type { RejectionCode } from '../../src/model/sighting.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import type { TypeHint } from '../../src/normalise/normalise.ts';

/** Asserts that each given value becomes the expected one. */
export function assertNormal(
  type: IocType,
  expected: Readonly<Record<string, string>>,
  hint?: TypeHint,
): void {
  for (const [given, value] of Object.entries(expected))
    assert.deepEqual(normaliseIoc(given, hint), { ok: true, type, value }, given);
}

/** Asserts that each value is refused with the code. */
export function assertRefused(code: RejectionCode, values: readonly string[], hint?: TypeHint): void {
  for (const value of values) {
    const normal = normaliseIoc(value, hint);
    assert.equal(normal.ok ? normal.value : normal.code, code, JSON.stringify(value));
  }
}
