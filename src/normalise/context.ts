import { findTechnique } from '../model/attack.ts';
import { strictestTlp, type Tlp, tlpOfTag } from '../model/marking.ts';
import type { Context, Evidence, RawIoc } from '../model/sighting.ts';

/** No word, remark or address of a source is kept longer than this, in characters. */
const LONGEST_WORD = 100;
const LONGEST_COMMENT = 500;
const LONGEST_REFERENCE = 2_048;

/** So many words of one kind are kept of one record. */
const MOST_WORDS = 50;

/** Control, formatting and bidirectional characters, and halves of surrogate pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const UNSEEN_RUN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu;

/**
 * What a source says of a value, made fit to publish: texts without control characters and of bounded
 * length, known ATT&CK ids, well-formed CVE ids, references that are web addresses. What is not fit is left out.
 * A tag that states a TLP becomes the marking, where it is stricter than what the record states beside it, or else than
 * `unmarked`, the marking of what states none.
 */
export function normaliseContext(raw: RawIoc, unmarked?: Tlp): Context {
  return withNormalContext({}, raw, unmarked);
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Adds `normaliseContext(raw, unmarked)` to `target`, and returns it. */
export function withNormalContext<T extends object>(
  target: T,
  raw: RawIoc,
  unmarked: Tlp = 'clear',
): T & Context {
  const threatType = cleanText(raw.threatType, LONGEST_WORD);
  const family = cleanText(raw.family, LONGEST_WORD);
  const comment = cleanText(raw.comment, LONGEST_COMMENT);
  const entry = cleanText(raw.entry, LONGEST_WORD);
  const reference = raw.reference === undefined ? undefined : webAddress(raw.reference);
  const { tags, tlp } = markedTags(raw, unmarked);
  const techniques = ids(raw.techniques, (id) => findTechnique(id) !== undefined);
  const actors = cleanWords(raw.actors);
  const evidence = raw.evidence === undefined ? undefined : cleanEvidence(raw.evidence);
  const cves = ids(raw.cves, (id) => /^CVE-\d{4}-\d{4,19}$/.test(id));
  const { firstSeen, lastSeen, confidence, sectors } = raw;
  // Set one by one: to put objects together of others costs three times as much, and an import makes many.
  const context: T & Mutable<Context> = target;
  if (entry !== undefined) context.entry = entry;
  if (firstSeen !== undefined) context.firstSeen = firstSeen;
  if (lastSeen !== undefined) context.lastSeen = lastSeen;
  if (confidence !== undefined) context.confidence = confidence;
  if (threatType !== undefined) context.threatType = threatType;
  if (family !== undefined) context.family = family;
  if (tags !== undefined) context.tags = tags;
  if (techniques !== undefined) context.techniques = techniques;
  if (cves !== undefined) context.cves = cves;
  if (sectors !== undefined && sectors.length > 0) context.sectors = sectors;
  if (reference !== undefined) context.reference = reference;
  if (comment !== undefined) context.comment = comment;
  if (tlp !== undefined) context.tlp = tlp;
  if (actors !== undefined) context.actors = actors;
  if (evidence !== undefined) context.evidence = evidence;
  if (raw.revoked === true) context.revoked = true;
  return context;
}

/** `text` on one line, without unseen characters, at most `longest` characters; undefined when nothing is left. */
export function cleanText(text: string | undefined, longest: number): string | undefined {
  if (text === undefined || text === '') return undefined;
  const cut = text.length > longest * 4 ? text.slice(0, longest * 4) : text;
  const plain = (UNSEEN.test(cut) ? cut.replaceAll(UNSEEN_RUN, ' ') : cut).trim();
  if (plain === '') return undefined;
  return plain.length <= longest
    ? plain
    : `${plain
        .slice(0, longest - 1)
        .trimEnd()
        .toWellFormed()}…`;
}

function cleanEvidence({ sentence, offset, defanged }: Evidence): Evidence | undefined {
  const clean = cleanText(sentence, LONGEST_COMMENT);
  return clean === undefined ? undefined : { sentence: clean, offset, defanged };
}

/** All tags are read for their marking, also those beyond what is kept. */
function markedTags(
  { tags, tlp }: RawIoc,
  unmarked: Tlp,
): { readonly tags: string[] | undefined; readonly tlp: Tlp | undefined } {
  // In hardly any list is there one; what is replaced below by spaces stands in none of these letters.
  if (tags === undefined || !tags.some((tag) => /tlp/i.test(tag))) return { tags: cleanWords(tags), tlp };
  const markings = tags.map((tag) => tlpOfTag(tag.replaceAll(UNSEEN_RUN, ' ')));
  const stated = strictestTlp(markings);
  if (stated === undefined) return { tags: cleanWords(tags), tlp };
  const others = tags.filter((_tag, index) => markings[index] === undefined);
  return { tags: cleanWords(others), tlp: strictestTlp([stated, tlp ?? unmarked]) };
}

function cleanWords(words: readonly string[] | undefined): string[] | undefined {
  if (words === undefined || words.length === 0) return undefined;
  const clean: string[] = [];
  for (const word of words.slice(0, MOST_WORDS * 2)) {
    const text = cleanText(word, LONGEST_WORD);
    if (text !== undefined && clean.length < MOST_WORDS && !clean.includes(text)) clean.push(text);
  }
  return clean.length > 0 ? clean : undefined;
}

function ids(words: readonly string[] | undefined, known: (id: string) => boolean): string[] | undefined {
  if (words === undefined || words.length === 0) return undefined;
  const list = words.map((word) => word.trim().toUpperCase()).filter(known);
  return list.length > 0 ? [...new Set(list)].slice(0, MOST_WORDS) : undefined;
}

function webAddress(text: string): string | undefined {
  if (text.length > LONGEST_REFERENCE) return undefined;
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  // What lets one in there is nobody's business here.
  if (url.username !== '' || url.password !== '') url.username = url.password = '';
  return url.href;
}
