import { isReferenceHost } from './references.ts';
import type { Setting } from './setting.ts';
import type { ProseValue } from './values.ts';
import type { Verdict } from './verdict.ts';

/** Mailboxes that publishers write of themselves with. */
const ROLE =
  /^(?:press|media|info|contact|sales|support|security|psirt|soc|csirt|cert|abuse|research|threat[\w.-]*|intel[\w.-]*|privacy|legal|pr|hello|incident[\w.-]*|ir|advisor\w*|newsletter|webmaster|editor\w*|feedback|team|careers|jobs|noreply|no-reply|report\w*|malware|samples?|cybersecurity|infosec)@/i;
const MESSAGE_ID = /\b(?:message-id|content-id|in-reply-to|references):\s{0,3}<?$/i;
/** Who wrote it. */
const BYLINE =
  /(?:^|[^\p{L}])(?:authors?|maintainers?|copyright|written by|posted by|reported by|credits?|^\W*by)(?:["'\s:=(<]|$)[^\n]{0,80}$/iu;
const INVITATION =
  /\b(?:contact|reach|report|questions?|e-?mail us|write to us|press|media|inquir\w+|enquir\w+|feedback|submit)\b/i;

/** Whether a mailbox is meant, or is the publisher's, an author's, or a handle. */
export function judgeEmail(
  { value, raw, start, isDefanged }: ProseValue,
  { text, own, before, isListed, purpose }: Setting,
): Verdict {
  const host = value.slice(value.lastIndexOf('@') + 1);
  if (own.has(host) || raw.includes('*')) return 'no';
  if (isDefanged) return 'meant';
  if (/^git@/i.test(value) || text.charAt(start - 1) === '@' || MESSAGE_ID.test(before)) return 'no';
  if (isReferenceHost(host)) return 'no';
  if (purpose === 'references' || BYLINE.test(before)) return 'no';
  return ROLE.test(value) && INVITATION.test(before) && !(isListed && purpose === 'indicators')
    ? 'no'
    : 'meant';
}
