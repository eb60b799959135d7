import { InputError } from '../format.ts';

/** A feed of reports is read as a whole. The largest real ones have some 2 MB. */
export const LARGEST_FEED = 8 * 1024 * 1024;
/** So many are parsed in about half a second. */
const MOST_REFERENCES = 500_000;
const MOST_TAGS = 250_000;
/** Elements within elements; real feeds have about eight. */
const DEEPEST = 100;

/**
 * Refuses, before anything is parsed, XML that could blow up or reach out: document types and entities (feeds need
 * none), too many character references, tags or levels, and XML that ends in its middle. Linear time, no memory of
 * its own. Throws `InputError`.
 */
export function refuseHostileXml(text: string): void {
  refuseMany(text, '&', MOST_REFERENCES, 'character references');
  let depth = 0;
  let tags = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!', at)) at = afterDeclaration(text, at);
    else {
      if ((tags += 1) > MOST_TAGS)
        throw new InputError(`character ${at}`, `it has more than ${MOST_TAGS} tags`);
      const end = tagEnd(text, at);
      if (end < 0) throw new InputError('the end', 'it ends in the middle of a tag');
      depth += step(text, at, end);
      if (depth > DEEPEST)
        throw new InputError(`character ${at}`, `its elements are nested deeper than ${DEEPEST} levels`);
      at = end + 1;
    }
  }
  if (depth > 0 && !ROOT_END.test(text.slice(-LONGEST_TAIL)))
    throw new InputError('the end', 'it is cut off: its last elements are not closed');
}

const ROOT_END = /<\/(?:[\w-]{1,20}:)?(?:rss|feed|rdf)\s*>\s*(?:<!--[^>]*-->\s*)*$/i;
const LONGEST_TAIL = 1_000;

/** Where a tag ends: at a `>` outside of quotes. */
function tagEnd(text: string, start: number): number {
  let quote = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '>') return at;
    else if (character === '"' || character === "'") quote = character;
  }
  return -1;
}

function step(text: string, start: number, end: number): number {
  const first = text.charAt(start + 1);
  if (first === '/') return -1;
  return first === '?' || text.charAt(end - 1) === '/' ? 0 : 1;
}

function afterDeclaration(text: string, at: number): number {
  if (text.startsWith('<![CDATA[', at)) return after(text, ']]>', at, 'CDATA section');
  if (text.startsWith('<!--', at)) return after(text, '-->', at, 'comment');
  const reason = 'it declares a document type or entities, which no feed needs and which are not read';
  throw new InputError(`character ${at}`, reason);
}

function after(text: string, mark: string, from: number, what: string): number {
  const at = text.indexOf(mark, from);
  if (at < 0) throw new InputError('the end', `it ends in the middle of a ${what}`);
  return at + mark.length;
}

function refuseMany(text: string, mark: string, most: number, what: string): void {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1))
    if ((count += 1) > most) throw new InputError(`character ${at}`, `it has more than ${most} ${what}`);
}
