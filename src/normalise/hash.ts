import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

const DIGITS = { md5: 32, sha1: 40, sha256: 64 } as const;

export type HashType = keyof typeof DIGITS;

/** The type of hash that so many hexadecimal digits are, or undefined. */
export function hashTypeOf(text: string): HashType | undefined {
  if (!HEX.test(text)) return undefined;
  if (text.length === DIGITS.md5) return 'md5';
  if (text.length === DIGITS.sha1) return 'sha1';
  return text.length === DIGITS.sha256 ? 'sha256' : undefined;
}

const HEX = /^[0-9a-f]{32,64}$/i;

/** The normal form of a file hash: lower-case hexadecimal of exactly the algorithm's length. */
export function normaliseHash(text: string, type: HashType): Normalised {
  if (hashTypeOf(text) === type) return accepted(type, text.toLowerCase());
  return refused('bad_hash', `${type} has ${DIGITS[type]} hexadecimal digits`);
}
