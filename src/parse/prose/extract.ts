import type { RawIoc } from '../../model/sighting.ts';
import { candidates } from './candidates.ts';
import { Cursor } from './cursor.ts';
import type { ProseDocument } from './document.ts';
import { evidenceOf } from './evidence.ts';
import { type Find, Finds } from './finds.ts';
import { htmlDocument, looksLikeHtml } from './html.ts';
import { judge } from './judge.ts';
import { VersionNumbers } from './number-shape.ts';
import { OwnHosts } from './references.ts';
import { textDocument } from './text-document.ts';
import { valuesOf } from './values.ts';

export interface ExtractOptions {
  /** The document's own address: links to its host are the publisher's. */
  readonly url?: string;
  /** What the source is; else told by how it begins. */
  readonly form?: 'html' | 'text';
  /** How a place is told to people; else `offset 12 (line 1)`. */
  readonly placeOf?: (offset: number) => string;
}

/**
 * The IOCs of a report, each once, in the order of their first mention, with the sentence, row or list item that holds
 * it, its offset in `source` (UTF-16 units) and whether it is defanged there. HTML is told from text by how it begins.
 * What is doubtful is left out. Linear time; neither fetches nor executes anything.
 */
export function extractIocs(source: string, options: ExtractOptions = {}): RawIoc[] {
  return extractReport(source, options).iocs;
}

/** The same with what the document says of itself. */
export function extractReport(
  source: string,
  options: ExtractOptions = {},
): { readonly iocs: RawIoc[]; readonly document: ProseDocument } {
  const isPage = options.form === undefined ? looksLikeHtml(source) : options.form === 'html';
  const document = isPage ? htmlDocument(source) : textDocument(source);
  const placeOf = options.placeOf ?? linePlaces(source);
  const iocs = findsOf(document, options).map(({ raw, type, start, isDefanged, block }) => {
    const offset = document.sourceOffset(start);
    const sentence = evidenceOf(document.text, block, start, start + raw.length);
    return {
      value: raw,
      typeHint: type,
      place: placeOf(offset),
      evidence: { sentence, offset, defanged: isDefanged },
    };
  });
  return { iocs, document };
}

function findsOf(document: ProseDocument, { url }: ExtractOptions): Find[] {
  const { text } = document;
  const own = new OwnHosts(url === undefined ? document.ownAddresses : [url, ...document.ownAddresses]);
  const cursor = new Cursor(document);
  const versions = new VersionNumbers();
  const finds = new Finds();
  for (const candidate of candidates(text, (offset) => cursor.at(offset)?.delimiter))
    for (const value of valuesOf(candidate, text)) {
      if (finds.isSettled(value)) continue;
      const setting = cursor.settingOf(value, own);
      if (setting !== undefined) finds.add(value, setting.block, judge(value, setting, versions));
    }
  return finds.accepted();
}

/** Tells places by line, for offsets that are asked for in rising order. */
function linePlaces(source: string): (offset: number) => string {
  let line = 1;
  let at = source.indexOf('\n');
  return (offset) => {
    for (; at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
    return `offset ${offset} (line ${line})`;
  };
}
