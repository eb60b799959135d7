import { isOtherDigest } from './hash-label.ts';
import { judgeDomain } from './judge-domain.ts';
import { judgeEmail } from './judge-email.ts';
import { judgeUrl } from './judge-url.ts';
import type { VersionNumbers } from './number-shape.ts';
import { listsIndicators } from './sections.ts';
import type { Setting } from './setting.ts';
import type { ProseValue } from './values.ts';
import type { Verdict } from './verdict.ts';

/** Judges a value by its form and by what is around it. To be asked in rising order. */
export function judge(value: ProseValue, setting: Setting, versions: VersionNumbers): Verdict {
  const { purpose, block, before } = setting;
  const isListing = listsIndicators(purpose);
  const isAside = (block.isChrome && !isListing) || purpose === 'elsewhere';
  switch (value.type) {
    case 'cve':
      return isAside ? 'no' : 'meant';
    case 'mitre-attack':
      return isAside || !(value.raw.startsWith('T') || /attack\.$/i.test(before)) ? 'no' : 'meant';
    case 'md5':
    case 'sha1':
    case 'sha256':
      return isDigestOfFile(value, setting) && (isListing || !block.isChrome) ? 'meant' : 'no';
    default:
      return isAside && !value.isDefanged ? 'no' : judgePlace(value, setting, versions);
  }
}

/** Judges what has a place in a network. */
function judgePlace(value: ProseValue, setting: Setting, versions: VersionNumbers): Verdict {
  if (value.type === 'ipv4') return judgeAddress(value, setting, versions);
  if (value.type === 'ipv6') return isIpv6(value) ? 'meant' : 'no';
  if (value.type === 'email') return judgeEmail(value, setting);
  return value.type === 'url' ? judgeUrl(value, setting) : judgeDomain(value, setting);
}

function isDigestOfFile({ raw, start }: ProseValue, { text, block, column }: Setting): boolean {
  const before = text.slice(Math.max(block.start, start - DIGEST_LABEL_REACH), start);
  return /[a-f]/i.test(raw) && !isOtherDigest(before, column);
}

function judgeAddress(
  value: ProseValue,
  { text, block, before, column }: Setting,
  versions: VersionNumbers,
): Verdict {
  if (value.isDefanged) return 'meant';
  if (column !== undefined && /\bversions?\b|\bbuild\b/i.test(column)) return 'no';
  const end = value.start + value.raw.length;
  const lineStart = block.kind === 'row' ? value.start - before.length : block.start;
  return versions.isNoAddress(text, value.start, end, lineStart) ? 'no' : 'meant';
}

const DIGEST_LABEL_REACH = 160;

/** Not the time of day, not a number of bytes in hexadecimal. */
function isIpv6({ raw, isDefanged }: ProseValue): boolean {
  const groups = raw.split(':').filter(Boolean);
  if (groups.length === 8 && groups.every((group) => group.length === 2)) return false;
  return /\d/.test(raw) && (groups.length >= 3 || isDefanged);
}
