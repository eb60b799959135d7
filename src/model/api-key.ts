import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const MARK = 'sk_live_';
/** 32 bytes take 43 digits of base 62, a CRC-32 takes 6. */
const SECRET_BYTES = 32;
const SECRET_DIGITS = 43;
const CHECK_DIGITS = 6;
const FORM = /^sk_live_[0-9A-Za-z]{49}$/;

/** How many characters of a key may be shown and kept: enough to tell keys apart, useless to a thief. */
export const KEY_PREFIX_LENGTH = 12;

/** A key as it is given to its owner, once, and what is kept of it. */
export interface ApiKey {
  readonly text: string;
  readonly prefix: string;
  /** SHA-256 of the whole text. */
  readonly hash: Buffer;
}

/** Makes a new key: `sk_live_`, 32 random bytes in base 62, and a checksum of what precedes it. */
export function makeApiKey(): ApiKey {
  const secret = BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`);
  const unchecked = MARK + base62(secret, SECRET_DIGITS);
  const text = unchecked + checksum(unchecked);
  return { text, prefix: apiKeyPrefix(text), hash: hashApiKey(text) };
}

/** Whether `text` can be a key: `mistyped` when it has the form of one but its checksum is wrong. */
export function checkApiKey(text: string): 'ok' | 'malformed' | 'mistyped' {
  if (!FORM.test(text)) return 'malformed';
  const end = MARK.length + SECRET_DIGITS;
  return checksum(text.slice(0, end)) === text.slice(end) ? 'ok' : 'mistyped';
}

/** The SHA-256 of a key: all that is kept of its secret. */
export function hashApiKey(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** The part of a key that may be shown. */
export function apiKeyPrefix(text: string): string {
  return text.slice(0, KEY_PREFIX_LENGTH);
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECK_DIGITS; place += 1) {
    digits = ALPHABET.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

function base62(number: bigint, width: number): string {
  let digits = '';
  for (let rest = number; rest > 0n; rest /= 62n) digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
  return digits.padStart(width, '0');
}
