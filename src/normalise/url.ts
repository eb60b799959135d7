import { isDomain } from './domain.ts';
import { isIpv4 } from './ipv4.ts';
import { compressGroups, parseIpv6 } from './ipv6.ts';
import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

/** The longest URL that is taken, in characters, before and after percent-encoding. */
export const LONGEST_URL = 65_536;

/**
 * Schemes that the URL standard calls special: an empty path becomes `/`, and a default port is dropped (URL
 * §3.1).
 */
const SPECIAL_PORTS: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  ftp: '21',
  ws: '80',
  wss: '443',
};

/** A URL that is in normal form if its host is: no credentials, no default or wrong port, nothing to encode. */
const PLAIN = /^https?:\/\/([a-z0-9_.-]+)(?::(?!80\/|443\/)(?:[1-9]\d{0,3}|[1-5]\d{4}))?\/[\x21-\x7e]*$/;
const SCHEME = /^([a-z][a-z0-9+.-]{0,31}):[/\\]{2}/i;

/**
 * The normal form of a URL, that of the WHATWG URL standard but for what follows: scheme and host lower case,
 * host a domain under a known public suffix or an IP address, default port dropped, credentials kept. Unlike
 * there, path, query and fragment stay as given, dot segments and backslashes included, because they are what
 * logs show: only what cannot stand in a URL at all, spaces and everything beyond ASCII, is percent-encoded as
 * UTF-8. The host loses a trailing dot, and the port of a WebDAV server stays behind its `@`.
 */
export function normaliseUrl(text: string): Normalised {
  if (text.length > LONGEST_URL) return tooLong();
  if (isPlainUrl(text)) return accepted('url', text);
  const scheme = SCHEME.exec(text);
  if (!scheme) return refused('bad_url', 'a scheme and // are expected first');
  const start = scheme[0].length;
  const end = authorityEnd(text, start);
  const origin = normaliseOrigin((scheme[1] ?? '').toLowerCase(), text.slice(start, end));
  if (origin === undefined)
    return refused('bad_url', 'the host is no IP address and no domain under a known public suffix');
  const value = origin.text + normalisePath(text.slice(end), origin.isSpecial);
  return value.length > LONGEST_URL ? tooLong() : accepted('url', value);
}

/**
 * Whether `text` is a URL of the commonest kind in normal form already. True only of URLs that refanging,
 * trimming and `normaliseUrl` would leave as they are.
 */
export function isPlainUrl(text: string): boolean {
  const host = PLAIN.exec(text)?.[1];
  return host !== undefined && text.length <= LONGEST_URL && isHost(host);
}

function tooLong(): Normalised {
  return refused('too_long', `a URL has at most ${LONGEST_URL} characters`);
}

function authorityEnd(text: string, start: number): number {
  const length = text.slice(start).search(/[/\\?#]/);
  return length < 0 ? text.length : start + length;
}

function normaliseOrigin(
  scheme: string,
  authority: string,
): { readonly text: string; readonly isSpecial: boolean } | undefined {
  const special = SPECIAL_PORTS[scheme];
  const webDav = normaliseWebDav(authority);
  if (webDav !== undefined) return { text: `${scheme}://${webDav}`, isSpecial: special !== undefined };
  const at = authority.lastIndexOf('@');
  const match = /^(\[[^[\]]{2,45}\]|[^:[\]]{1,1024})(?::(\d{0,20}))?$/.exec(authority.slice(at + 1));
  const host = normaliseHost(match?.[1] ?? '');
  const credentials = normaliseCredentials(authority.slice(0, Math.max(at, 0)));
  if (host === undefined || credentials === undefined) return undefined;
  const port = plainNumber(match?.[2] ?? '');
  if (Number(port) > 65_535 || (scheme === 'file' && (at >= 0 || port !== ''))) return undefined;
  const shownPort = port === '' || port === special ? '' : `:${port}`;
  return { text: `${scheme}://${credentials}${host}${shownPort}`, isSpecial: special !== undefined };
}

function plainNumber(digits: string): string {
  return digits === '' ? '' : String(Number(digits));
}

/**
 * `host@80`, `host@SSL` and `host@SSL@443` as Windows writes a server in WebDAV paths; the URL standard would
 * take them for a user at the address 0.0.0.80.
 */
function normaliseWebDav(authority: string): string | undefined {
  const [, host = '', port = ''] =
    /^([^@:[\]]{1,1024})(@(?:ssl|\d{1,5})(?:@\d{1,5})?)$/i.exec(authority) ?? [];
  const normal = host === '' ? undefined : normaliseHost(host);
  return normal && normal + port.toUpperCase();
}

/** Hosts as the URL standard's host parser writes them (§3.5), IPv6 in brackets and without mixed notation. */
function normaliseHost(host: string): string | undefined {
  if (host.startsWith('[')) {
    const groups = parseIpv6(host.slice(1, -1));
    return groups && `[${compressGroups(groups)}]`;
  }
  const plain = withoutTrailingDot(host);
  if (isHost(plain)) return plain;
  const parsed = parseAuthority(host)?.hostname;
  const known = parsed === undefined ? undefined : withoutTrailingDot(parsed);
  return known !== undefined && isHost(known) ? known : undefined;
}

function withoutTrailingDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

function isHost(host: string): boolean {
  return isIpv4(host) || isDomain(host);
}

function normaliseCredentials(text: string): string | undefined {
  if (text === '' || text === ':') return '';
  const parsed = parseAuthority(`${text}@host`);
  if (!parsed) return undefined;
  return `${parsed.username}${parsed.password === '' ? '' : ':'}${parsed.password}@`;
}

function parseAuthority(authority: string): URL | undefined {
  return URL.parse(`http://${authority}/`) ?? undefined;
}

function normalisePath(path: string, isSpecial: boolean): string {
  const rooted = rootedPath(path, isSpecial);
  return /[^\x21-\x7e]/.test(rooted) ? rooted.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent) : rooted;
}

function rootedPath(path: string, isSpecial: boolean): string {
  if (path.startsWith('/')) return path;
  if (path.startsWith('\\')) return `/${path.slice(1)}`;
  return isSpecial ? `/${path}` : path;
}
