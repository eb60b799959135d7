import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

const QUAD = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d{1,5})|\/(\d{1,2}))?$/;

/**
 * The normal form of an IPv4 address or network: dotted quad (RFC 3986 §3.2.2, dec-octet). A port or `/32`
 * is cut off; any other prefix stays and the host bits become zero.
 */
export function normaliseIpv4(text: string): Normalised {
  const match = QUAD.exec(text);
  if (!match) return refused('bad_address', 'four decimal numbers from 0 to 255 are expected');
  const octets = match.slice(1, 5);
  if (octets.some((octet) => octet.length > 1 && octet.startsWith('0')))
    return refused('bad_address', 'an octet has a leading zero, which some programs read as octal');
  const numbers = octets.map(Number);
  if (numbers.some((number) => number > 255)) return refused('bad_address', 'an octet is greater than 255');
  const [, , , , , port, prefix] = match;
  if (port !== undefined && Number(port) > 65_535)
    return refused('bad_address', 'the port is greater than 65535');
  if (prefix === undefined) return accepted('ipv4', octets.join('.'));
  return network(numbers, prefix);
}

function network(octets: readonly number[], prefix: string): Normalised {
  const bits = Number(prefix);
  if (bits > 32 || (prefix.length > 1 && prefix.startsWith('0')))
    return refused('bad_address', 'the prefix is not a number from 0 to 32');
  if (bits === 32) return accepted('ipv4', octets.join('.'));
  return accepted('ipv4', `${octets.map((octet, at) => maskOctet(octet, bits - 8 * at)).join('.')}/${bits}`);
}

function maskOctet(octet: number, bits: number): number {
  if (bits >= 8) return octet;
  return bits <= 0 ? 0 : octet & (0xff << (8 - bits)) & 0xff;
}

/** Whether `text` is exactly an IPv4 address in normal form. */
export function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
