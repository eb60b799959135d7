import { isIpv4 } from '../normalise/ipv4.ts';
import { parseIpv6 } from '../normalise/ipv6.ts';

/** A network, or an address as the network of its full length. */
export interface Network {
  /** 32 bits each, the most significant first: one of IPv4, four of IPv6. Host bits are zero. */
  readonly words: readonly number[];
  readonly prefix: number;
}

const WORD = 32;
export const IPV4_WORDS = 1;
export const IPV6_WORDS = 4;

/** How many bits an address of so many words has. */
export function bitsOf(words: readonly number[]): number {
  return words.length * WORD;
}

/** Reads `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32` and the like; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const words = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (words === undefined) return undefined;
  const bits = bitsOf(words);
  if (slash < 0) return { words, prefix: bits };
  const digits = text.slice(slash + 1);
  const prefix = /^\d{1,3}$/.test(digits) ? Number(digits) : Infinity;
  if (prefix > bits) return undefined;
  return { words: words.map((word, at) => maskWord(word, prefix - at * WORD)), prefix };
}

/** The words of an address in any notation, or undefined. */
export function parseAddress(text: string): readonly number[] | undefined {
  if (isIpv4(text)) return [parseQuad(text)];
  const groups = text.includes(':') ? parseIpv6(text) : undefined;
  if (groups === undefined) return undefined;
  return [0, 2, 4, 6].map((at) => ((groups[at]! << 16) | groups[at + 1]!) >>> 0);
}

/** The bits of a word that lie within a prefix that has `bits` left for it. */
export function maskWord(word: number, bits: number): number {
  if (bits >= WORD) return word;
  return bits <= 0 ? 0 : (word & (-1 << (WORD - bits))) >>> 0;
}

function parseQuad(text: string): number {
  let address = 0;
  let octet = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      address = (address << 8) | octet;
      octet = 0;
    } else octet = octet * 10 + code - 48;
  }
  return ((address << 8) | octet) >>> 0;
}

/** Whether `inner` lies within `outer`; equal networks do. Both of one family. */
export function covers(outer: Network, inner: Network): boolean {
  if (outer.prefix > inner.prefix) return false;
  return outer.words.every((word, at) => maskWord(inner.words[at]!, outer.prefix - at * WORD) === word);
}
