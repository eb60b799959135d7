import { isDefangedFile, isLikelyDomain, isPlausibleName } from './domain-shape.ts';
import { bySentence, isArgument, isAttacked, isCalledName, isInSourceColumn, isSource } from './phrases.ts';
import { isInstitution, isReferenceHost } from './references.ts';
import type { Setting } from './setting.ts';
import type { ProseValue } from './values.ts';
import type { Verdict } from './verdict.ts';

const FILE_COLUMN = /\b(?:file ?)?names?\b|\bpath\b|\bfiles?\b|\bprocess\b|\bcommand/i;

/** Whether a name is meant as a domain, and the domain as an IOC. */
export function judgeDomain(found: ProseValue, setting: Setting): Verdict {
  const { value, raw, start, isDefanged } = found;
  const { text, own, purpose, isListed, column, block, before, after, tone } = setting;
  if (own.has(value)) return 'no';
  if (isDefanged) return isDefangedFile(value, before, after) ? 'no' : 'meant';
  if (purpose === 'references' || isReferenceHost(value)) return 'no';
  if (isInSourceColumn(setting)) return 'no';
  if (column !== undefined && FILE_COLUMN.test(column) && !/\b(?:domain|host)/i.test(column)) return 'no';
  const isNamed = (purpose === 'names' && isListed) || isCalledName(found, setting);
  const isCode = block.kind === 'code' && !isListed;
  const name = raw.replace(/:\d{1,5}$/, '');
  const isTelling = isListed || tone === 'hostile';
  if (
    !isLikelyDomain(name, text, start, start + raw.length, {
      isCode,
      isNamed,
      isTelling,
      isListed: isListed && purpose === 'indicators',
    })
  )
    return 'no';
  if (isNamed || text.charAt(start - 1) === '\\') return 'meant';
  if (purpose === 'files') return isForAttack(before) ? 'meant' : 'no';
  if (isSource(before)) return 'no';
  if (isListed || purpose === 'indicators') return 'meant';
  if (isInstitution(value)) return 'no';
  if (block.kind === 'code') return name !== raw || isForAttack(before) ? 'meant' : 'plain';
  return inSentence(name, value, setting);
}

function isForAttack(before: string): boolean {
  return isAttacked(before) || isArgument(before);
}

/** `Example.com` is a brand. */
function inSentence(name: string, value: string, setting: Setting): Verdict {
  if (/^\p{Lu}[\p{Ll}.]/u.test(name) && name.split('.').length === 2) return 'no';
  const verdict = bySentence(setting);
  return verdict === 'weak' && !isPlausibleName(value) ? 'no' : verdict;
}
