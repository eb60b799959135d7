import type { IocType } from '../model/ioc.ts';
import type { RawIoc } from '../model/sighting.ts';
import { normaliseCve } from './cve.ts';
import { normaliseDomain } from './domain.ts';
import { normaliseEmail } from './email.ts';
import { normaliseHash } from './hash.ts';
import { normaliseIpv4 } from './ipv4.ts';
import { normaliseIpv6 } from './ipv6.ts';
import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';
import { refang } from './refang.ts';
import { shapeOf } from './shape.ts';
import { normaliseTechnique } from './technique.ts';
import { trimValue } from './trim.ts';
import { isPlainUrl, LONGEST_URL, normaliseUrl } from './url.ts';

export type { Normalised } from './normalised.ts';
export { refang } from './refang.ts';

export type TypeHint = NonNullable<RawIoc['typeHint']>;

/** Defanging makes a value longer; nothing beyond this can be one of at most `LONGEST_URL`. */
const LONGEST_RAW = 2 * LONGEST_URL;

/**
 * Characters that nobody sees: controls, formats, line separators, lone surrogates, default ignorables (UAX
 * #44).
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

/** Most domains, addresses and hashes: nothing to trim or refang. */
const BARE = /^[a-z0-9._-]+$/i;

const NORMALISERS: Readonly<Record<IocType, (text: string) => Normalised>> = {
  ipv4: normaliseIpv4,
  ipv6: normaliseIpv6,
  domain: normaliseDomain,
  url: (text) => normaliseUrl(/^[^/\\?#]{0,40}:[/\\]{2}/.test(text) ? text : `http://${text}`),
  md5: (text) => normaliseHash(text, 'md5'),
  sha1: (text) => normaliseHash(text, 'sha1'),
  sha256: (text) => normaliseHash(text, 'sha256'),
  cve: normaliseCve,
  'mitre-attack': normaliseTechnique,
  email: normaliseEmail,
};

/** The types that a hint allows. */
const ALLOWED: Readonly<Record<TypeHint, readonly IocType[]>> = {
  ipv4: ['ipv4'],
  ipv6: ['ipv6'],
  domain: ['domain', 'ipv4', 'ipv6'],
  url: ['url'],
  md5: ['md5'],
  sha1: ['sha1'],
  sha256: ['sha256'],
  cve: ['cve'],
  'mitre-attack': ['mitre-attack'],
  email: ['email'],
  ip: ['ipv4', 'ipv6'],
  hash: ['sha256', 'sha1', 'md5'],
  host: ['domain', 'ipv4', 'ipv6'],
};

/**
 * The one normal form of a value as a source gives it: trimmed, refanged, of the type that it is. A hint is
 * checked. Feeds put addresses where they promise domains, so a `domain` hint lets an address be what it is;
 * a `url` hint makes `http://` precede a bare host or host and path. An invisible character is a refusal.
 * Never throws; linear time.
 */
export function normaliseIoc(value: string, typeHint?: TypeHint): Normalised {
  if (value.length > LONGEST_RAW) return refused('too_long', `${value.length} characters`);
  if ((typeHint === undefined || typeHint === 'url') && isPlainUrl(value)) return accepted('url', value);
  const text = BARE.test(value) ? value : refang(trimValue(value));
  if (INVISIBLE.test(text)) return refused('control_character');
  const shape = shapeOf(text);
  if (typeHint === undefined) return shape === undefined ? refused('type_unknown') : NORMALISERS[shape](text);
  return normaliseHinted(text, shape, typeHint);
}

/** The type of a bare value, or undefined when it is not a valid one of any type. */
export function detectType(value: string): IocType | undefined {
  const normal = normaliseIoc(value);
  return normal.ok ? normal.type : undefined;
}

function normaliseHinted(text: string, shape: IocType | undefined, hint: TypeHint): Normalised {
  const allowed = ALLOWED[hint];
  if (shape !== undefined && allowed.includes(shape)) return NORMALISERS[shape](text);
  if (shape === undefined || !NORMALISERS[shape](text).ok) return refusedAs(hint, text);
  if (hint === 'url' && (shape === 'domain' || shape === 'ipv4')) return NORMALISERS.url(text);
  return refused('type_mismatch', `it says ${hint}, the value is of type ${shape}`);
}

/** Why a value of no other type is not of the hinted type. */
function refusedAs(hint: TypeHint, text: string): Normalised {
  if (hint === 'ip') return refused('bad_address', 'neither IPv4 nor IPv6');
  if (hint === 'hash') return refused('bad_hash', '32, 40 or 64 hexadecimal digits are expected');
  return NORMALISERS[hint === 'host' ? 'domain' : hint](text);
}
