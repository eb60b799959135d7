import type { Block } from './document.ts';

/**
 * What a part of a document is for: it lists indicators (`names`, such as domains, or `files`, where the heading says
 * so), it lists references, or it leads elsewhere.
 */
export type Purpose = 'indicators' | 'names' | 'files' | 'references' | 'elsewhere' | undefined;

/** Whether a part of a document is a list of indicators of any kind. */
export function listsIndicators(purpose: Purpose): boolean {
  return purpose === 'indicators' || purpose === 'names' || purpose === 'files';
}

const INDICATORS =
  /\bindicators?[ -]of[ -](?:compromise|attack|interest)\b|\bio[ca]s?\b|\bindicators\b|\bobservables\b/i;
/** Kinds of values, as the last word of a short heading. */
const KINDS =
  /\b(?:domains?(?: names?)?|urls?|ur[il]s|ips?|ipv[46]|(?:ip|e-?mail|wallet|network|c2|c&c) ?addresses|addresses|hosts?|hostnames?|fqdns?|hashes|md5s?|sha-?1s?|sha-?256s?|samples?|servers?|c2s?|c&cs?|cnc|command[- ]and[- ]control|e-?mails?|senders?|urls and domains|payloads?|droppers?|infrastructure|network|artefacts|artifacts)\b\W{0,4}$/i;
const NAME_KINDS = /\b(?:domains?|hosts?|hostnames?|fqdns?|c2s?|c&cs?|cnc|command[- ]and[- ]control)\b/i;
const FILES =
  /\b(?:file ?names?|file ?paths?|paths?|files? (?:dropped|created|written|modified)|(?:^|dropped |created )files|registry(?: keys?| values?)?|mutex(?:es)?|processes|process names?|commands?(?: lines?)?|pdb(?: paths?| strings?)?|detections?|detection names|services?|scheduled tasks|user agents?|extensions?)\b\W{0,4}$/i;
const REFERENCES =
  /^(?:(?:external|further|additional|useful|more|selected|online|key)\s+)?(?:references?|sources?|citations?|bibliography|footnotes?|endnotes?|reading|resources|links|reporting|documentation|credits?|acknowledge?ments?|learn more|see also|more information|for more information|publications?|whitepapers?|coverage)\b.{0,30}$/i;
const ELSEWHERE =
  /^(?:(?:related|recommended|popular|recent|latest|more|other|similar|trending|featured)\s+(?:\w+\s+)?(?:posts?|articles?|stories|reading|content|news|research|reports?|blogs?|topics?|resources|from|videos?|by)\b.*|you (?:may|might) also .*|read (?:more|next).*|share(?: this.*| on.*| via.*)?|tags?|categories|comments?(?: \(\d+\))?|leave a (?:reply|comment).*|about (?:the (?:authors?|company|team)|us)|authors?|contact(?: us.*| information| the.*)?|media contacts?|press contacts?|follow us.*|subscribe.*|newsletter.*|sign up.*|cookies?(?: policy| settings)?|copyright.*|licen[cs]e|disclaimer|legal.*|privacy.*)$/i;

/** Headings are short. */
const LONGEST_HEADING = 120;
/** A label above a list, such as `Domains:`, is shorter still. */
const LONGEST_LABEL = 60;
/** A paragraph of so many characters after a mere label ends what the label began. */
const LONG_PARAGRAPH = 160;
const LABEL_LEVEL = 7;

interface Section {
  readonly level: number;
  readonly purpose: Purpose;
}

/** Follows the headings of a document. One without a purpose of its own has that of the one above it, unless it is `files`. */
export class Sections {
  #open: Section[] = [];

  get purpose(): Purpose {
    return this.#open.at(-1)?.purpose;
  }

  /** Takes note of the next block and its text, of which the first hundred characters are enough. */
  enter({ kind, level, start, end }: Block, text: string): void {
    const length = end - start;
    if (kind === 'heading') this.#begin(level, purposeOf(text));
    else if (kind === 'text' || kind === 'item') {
      const purpose = length <= LONGEST_LABEL && isLabel(text) ? purposeOf(text) : undefined;
      if (purpose !== undefined) this.#begin(LABEL_LEVEL, purpose);
      else if (kind === 'text' && length > LONG_PARAGRAPH && text.includes(' ')) this.#close(LABEL_LEVEL);
    }
  }

  #begin(level: number, purpose: Purpose): void {
    this.#close(level);
    const inherited = this.#open.findLast((section) => section.purpose !== 'files')?.purpose;
    this.#open.push({ level, purpose: purpose ?? inherited });
  }

  #close(level: number): void {
    while ((this.#open.at(-1)?.level ?? 0) >= level) this.#open.pop();
  }
}

/** Without a value of its own: `Domains:`, `**IOCs**`, `C2 servers`. */
function isLabel(text: string): boolean {
  return !/[\d\p{L}][[({]?\.[\])}]?[\p{L}\d]|:\/\/|[0-9a-f]{16}/iu.test(text);
}

/** What a heading says of the part below it. */
export function purposeOf(heading: string): Purpose {
  if (heading.length > LONGEST_HEADING) return undefined;
  const words = heading
    .replaceAll(/^[\s#=*_>.|\d)\u2022-]+|[\s#=*_:|.\u2013-]+$/gu, '')
    .replaceAll(/[*_`]/g, '')
    .replace(/\s*\([^)]{0,60}\)$/, '')
    .trim();
  if (ELSEWHERE.test(words)) return 'elsewhere';
  if (REFERENCES.test(words)) return 'references';
  const isShort = words.split(/\s+/, 9).length <= 8;
  if (isShort && FILES.test(words)) return 'files';
  if (isShort && KINDS.test(words)) return NAME_KINDS.test(words) ? 'names' : 'indicators';
  return isShort && INDICATORS.test(words) ? 'indicators' : undefined;
}
