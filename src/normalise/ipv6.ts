import { isIpv4 } from './ipv4.ts';
import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

const GROUPS = 8;
const LONGEST = 45;

/**
 * The normal form of an IPv6 address or network (RFC 5952): lower case, no leading zeros, the longest run
 * of zeros as `::`, IPv4-mapped addresses in mixed notation (§5). Brackets, a port after them and `/128` are
 * cut off; any other prefix stays and the host bits become zero. A zone id has meaning on one host only
 * (RFC 4007 §6) and is refused.
 */
export function normaliseIpv6(text: string): Normalised {
  if (text.includes('%')) return refused('bad_address', 'a zone id has no meaning outside of its host');
  const { address, prefix } = split(text);
  const groups = parseIpv6(address);
  if (!groups) return refused('bad_address', 'not an IPv6 address (RFC 4291 §2.2)');
  if (prefix === undefined) return accepted('ipv6', formatIpv6(groups));
  const bits = /^(?:0|[1-9]\d{0,2})$/.test(prefix) ? Number(prefix) : Infinity;
  if (bits > 128) return refused('bad_address', 'the prefix is not a number from 0 to 128');
  if (bits === 128) return accepted('ipv6', formatIpv6(groups));
  return accepted(
    'ipv6',
    `${formatIpv6(groups.map((group, at) => maskGroup(group, bits - 16 * at)))}/${bits}`,
  );
}

function split(text: string): { readonly address: string; readonly prefix?: string } {
  const bracketed = /^\[([^[\]]{2,45})\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return { address: bracketed };
  const slash = text.indexOf('/');
  return slash < 0 ? { address: text } : { address: text.slice(0, slash), prefix: text.slice(slash + 1) };
}

function maskGroup(group: number, bits: number): number {
  if (bits >= 16) return group;
  return bits <= 0 ? 0 : group & (0xffff << (16 - bits)) & 0xffff;
}

/** The eight 16-bit groups of an address in any notation of RFC 4291 §2.2, without brackets, zone or prefix. */
export function parseIpv6(text: string): readonly number[] | undefined {
  if (text.length > LONGEST) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (!head || !tail) return undefined;
  const zeros = GROUPS - head.length - tail.length;
  if (halves.length === 1 ? zeros !== 0 : zeros < 1) return undefined;
  return [...head, ...Array<number>(zeros).fill(0), ...tail];
}

function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const embedded = isEnd && isIpv4(last) ? last.split('.').map(Number) : [];
  if (embedded.length > 0) parts.pop();
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = parts.map((part) => Number.parseInt(part, 16));
  for (let at = 0; at < embedded.length; at += 2)
    groups.push(((embedded[at] ?? 0) << 8) | (embedded[at + 1] ?? 0));
  return groups;
}

function formatIpv6(groups: readonly number[]): string {
  const [, , , , , , high = 0, low = 0] = groups;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? `::ffff:${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}` : compressGroups(groups);
}

/** Eight groups in hexadecimal with the first longest run of two or more zeros as `::` (RFC 5952 §4). */
export function compressGroups(groups: readonly number[]): string {
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [at, group] of groups.entries()) {
    if (group !== 0) start = at + 1;
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start };
  }
  return best;
}
