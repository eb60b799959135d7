import { hostOf } from '../../normalise/registrable.ts';
import { bySentence, isArgument, isAttacked, isCalledUrl, isInSourceColumn, isSource } from './phrases.ts';
import { isInstitution, isReferenceHost, readsLikeArticle } from './references.ts';
import { listsIndicators } from './sections.ts';
import type { Setting } from './setting.ts';
import type { ProseValue } from './values.ts';
import type { Verdict } from './verdict.ts';

/** Whether a URL is meant, or leads to something else. */
export function judgeUrl(found: ProseValue, setting: Setting): Verdict {
  const { value, raw, isDefanged } = found;
  const { own, purpose, isListed, before, block } = setting;
  const host = hostOf(value) ?? '';
  if (own.has(host)) return 'no';
  if (isDefanged) return 'meant';
  const isAddress = /^(?:\[|[\d.]+$)/.test(host);
  const hasScheme = raw.includes('://') || /^[a-z]+%3a/i.test(raw);
  if (isAddress) return hasScheme || /\/.*[a-z]/i.test(raw) ? 'meant' : 'no';
  const isTyped = isCalledUrl(found, setting);
  const isListing = isTyped || (listsIndicators(purpose) && isListed);
  if (!hasScheme && !/^www\./i.test(raw))
    return isTyped || ((isListing || isArgument(before) || isAttacked(before)) && !isReferenceHost(host))
      ? 'meant'
      : 'no';
  if (purpose === 'references' || isTarget(found, setting)) return 'no';
  if (isInSourceColumn(setting)) return 'no';
  const isReference = isReferenceHost(host);
  const isArticle = readsLikeArticle(value);
  if (isListing) return isReference && isArticle ? 'no' : 'meant';
  if (isReference || isArticle || isSource(before)) return 'no';
  if (block.kind === 'code') return 'meant';
  if (isListed && (block.kind === 'row' || !isInstitution(host))) return 'meant';
  return isInstitution(host) ? 'no' : bySentence(setting);
}

/** The target of a link by the text's markup, or the text of a link in a sentence. */
function isTarget({ start, raw }: ProseValue, { link, text, isListed }: Setting): boolean {
  if (/^\[[^\]\n]{0,200}\p{L}/u.test(text.slice(start + raw.length, start + raw.length + 202))) return true;
  if (link === undefined) return false;
  return text.slice(link.start, link.end) === link.href || !isListed;
}
