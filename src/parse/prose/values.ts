import type { IocType } from '../../model/ioc.ts';
import { normaliseIoc, refang } from '../../normalise/normalise.ts';
import type { Candidate } from './candidates.ts';

/** A value in free text: as it stands there, and its normal form. */
export interface ProseValue {
  readonly raw: string;
  readonly type: IocType;
  readonly value: string;
  readonly start: number;
  readonly isDefanged: boolean;
}

const CVE = /cve[-\u2010-\u2013]\d{4}[-\u2010-\u2013]\d{4,19}(?!\d)/gi;
const LABEL =
  /^(?:md5|sha-?1|sha-?256|ipv?[46]?|url|host|hostname|domain|mailto|e-?mail|c2|hash|dns|http|https|tcp|udp|ioc|src|dst):(?=[^:])/i;
/** The local part and `@` before a domain that spaces set apart. */
const SPACED_LOCAL_PART = /(?<![\w.+@-])([\w.+-]{1,64})(?:[ \t]{1,3}@[ \t]{0,3}|@[ \t]{1,3})$/;
/** ATT&CK ids as tags of Sigma rules. */
const TAG = /^attack\.(t\d{4}(?:\.\d{3})?|ta\d{4})$/i;
/** A digest that a file is named with. */
const NAMED_FILE = /^([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})[._](?=[a-z])/i;

/** A server in the notation of WebDAV and UNC paths, `\\\\host@80\\share`. */
const UNC_PORT = /@(?:ssl|\d{1,5})(?:@\d{1,5})?$/i;

/** `root@` before an address. */
const LOGIN = /^[\w.-]{1,32}@(?=\d{1,3}[.[(])/;

/** `a.co`. */
const SHORTEST = 4;
/** Too short for a hash, without the digit, dot or colon that all else has. */
const MERE_WORD = /^[a-z-]{1,31}$/i;

/** The values that a candidate of `text` holds: usually one or none. Whether they are meant as such is left open. */
export function valuesOf(candidate: Candidate, text: string): ProseValue[] {
  const { start } = candidate;
  if (MERE_WORD.test(candidate.text)) return [];
  if (candidate.isUrl) return found(candidate.text, start, 'url');
  const cves = [...candidate.text.matchAll(CVE)].flatMap((match) =>
    found(match[0], start + match.index, 'cve'),
  );
  return cves.length > 0 ? cves : wordValues(candidate, text);
}

function found(raw: string, start: number, hint?: IocType): ProseValue[] {
  const normal = normaliseIoc(raw, hint);
  if (!normal.ok) return [];
  return [{ raw, start, type: normal.type, value: normal.value, isDefanged: refang(raw) !== raw }];
}

function wordValues({ text: word, start: wordStart }: Candidate, text: string): ProseValue[] {
  const skipped = leadingLength(word);
  const raw = withoutTrail(word.slice(skipped));
  const start = wordStart + skipped;
  if (raw.length < SHORTEST) return [];
  const tag = TAG.exec(raw)?.[1];
  if (tag !== undefined) return found(tag, start + raw.length - tag.length, 'mitre-attack');
  const digest = NAMED_FILE.exec(raw)?.[1];
  if (digest !== undefined) return found(digest, start);
  const isShare = text.charAt(start - 1) === '\\';
  const any = found(isShare ? raw.replace(UNC_PORT, '') : raw, start);
  if (any[0]?.type === 'domain') {
    const email = spacedEmail(raw, start, text);
    if (email.length > 0) return email;
  }
  if (any.length > 0) return any;
  const login = LOGIN.exec(raw)?.[0];
  if (login !== undefined) return found(raw.slice(login.length), start + login.length, 'ipv4');
  return raw.includes('/') ? partsOf(raw, start) : [];
}

function leadingLength(word: string): number {
  const edge = /^[.:/@%+~*\u2010-\u2013-]+/.exec(word)?.[0].length ?? 0;
  return edge + (LABEL.exec(word.slice(edge))?.[0].length ?? 0);
}

function withoutTrail(word: string): string {
  let end = word.length;
  while (end > 0 && '.:@%+~*-\u2010\u2011\u2012\u2013'.includes(word.charAt(end - 1))) end -= 1;
  return word.slice(0, end);
}

function spacedEmail(domain: string, start: number, text: string): ProseValue[] {
  const beginning = text.slice(Math.max(0, start - 72), start);
  const before = beginning.includes('@') ? SPACED_LOCAL_PART.exec(beginning) : null;
  if (!before) return [];
  const [whole, local = ''] = before;
  const isHandle = whole.endsWith('@') && refang(domain) === domain;
  if (isHandle) return [];
  return found(`${local}@${domain}`, start - whole.length, 'email');
}

/** Hashes and ids that slashes set apart. */
function partsOf(raw: string, start: number): ProseValue[] {
  let at = start;
  return raw.split('/').flatMap((part) => {
    const values = found(part, at).filter(({ type }) => PART_TYPES.has(type));
    at += part.length + 1;
    return values;
  });
}

const PART_TYPES: ReadonlySet<IocType> = new Set(['md5', 'sha1', 'sha256', 'mitre-attack', 'cve', 'ipv4']);
