import type { IocType } from '../model/ioc.ts';
import type { Sector } from '../model/sector.ts';
import type { Derived, Sighting } from '../model/sighting.ts';
import { concludeFromLabels, statedFamily } from './labels.ts';
import { remembering } from './memo.ts';
import { TECHNIQUE_WORDS } from './technique-words.ts';
import { concludeFromText } from './text.ts';

/** So many conclusions are kept of one sighting. */
const MOST_CONCLUSIONS = 20;

/** So many different sets of labels, and as many texts, are remembered: a megabyte or two, ten where a feed is hostile. */
const MOST_REMEMBERED = 2_000;

/**
 * Phrases of a comment that readers put together from a record's fields, and that tell nothing of the threat: who
 * reported it, and a file's name, which is what its sender wants it to look like.
 */
const NOT_ABOUT_IT = /(?:^|; )(?:reported by|file name|file type) [^;]*/g;

/**
 * Adds what follows from a source's words: families, groups behind it, techniques and sectors, each in `derived` with the
 * words that it follows from. What the source states stays: families and groups are concluded only where it states none,
 * techniques and sectors only where it does not state the same. A stated family is spelt as ATT&CK prints it, where
 * ATT&CK has it, and `derived` keeps the source's spelling. Pure, and the same for the same words.
 */
export function enrich(sighting: Sighting): Sighting {
  const labels = fromLabels(labelsKey(sighting));
  const isAllNews = labels.found.every((each) => isNews(each, sighting));
  const labelled = isAllNews ? labels.found : labels.found.filter((each) => isNews(each, sighting));
  const told = textsOf(sighting)
    .flatMap((text) => (text === '' ? [] : fromText(text)))
    .filter((each) => isNews(each, sighting) && !isNamed(each.kind, labelled));
  if (labelled.length === 0 && told.length === 0) return sighting;
  const isLabelsAlone = isAllNews && told.length === 0 && sighting.derived === undefined;
  const derived = isLabelsAlone
    ? labels.derived
    : conclusions([...(sighting.derived ?? []), ...labelled, ...told]);
  const respelt = labelled.find(
    ({ kind, from }) => kind === 'family' && from === statedFamily(sighting.family),
  );
  return { ...sighting, ...(respelt !== undefined && { family: respelt.value }), derived };
}

const fromText = remembering(MOST_REMEMBERED, concludeFromText);

const fromLabels = remembering(MOST_REMEMBERED, (key) => {
  const [threatType, family, ...tags] = key.split('\n');
  const found = concludeFromLabels(
    tags,
    threatType === '' ? undefined : threatType,
    family === '' ? undefined : family,
  );
  return { found, derived: conclusions(found) };
});

/** All labels in one line each; a sighting's words hold no line breaks. */
function labelsKey({ threatType = '', family = '', tags }: Sighting): string {
  return tags === undefined ? `${threatType}\n${family}` : `${threatType}\n${family}\n${tags.join('\n')}`;
}

/** What is written of a vulnerability or technique names many that use it. */
function textsOf({ type, comment = '', evidence }: Sighting): string[] {
  if (type === 'cve' || type === 'mitre-attack') return [];
  return [comment.replaceAll(NOT_ABOUT_IT, ''), evidence?.sentence ?? ''];
}

const PLACES: ReadonlySet<IocType> = new Set(['ipv4', 'ipv6', 'domain', 'url']);
const OF_PLACES = new Set(TECHNIQUE_WORDS.filter(({ ofPlaces }) => ofPlaces === true).map(({ id }) => id));

/** Whether it can be said of such an IOC, and the source leaves it open. */
function isNews(
  { kind, value, from }: Derived,
  { type, family, actors, techniques, sectors }: Sighting,
): boolean {
  switch (kind) {
    case 'family':
      return family === undefined || from === statedFamily(family);
    case 'actor':
      return actors === undefined || actors.length === 0;
    case 'technique':
      if (OF_PLACES.has(value) && !PLACES.has(type) && !from.includes(value)) return false;
      return techniques?.includes(value) !== true;
    default:
      return sectors?.includes(value as Sector) !== true;
  }
}

/** A label that names the family or group comes before what a text tells. */
function isNamed(kind: Derived['kind'], labelled: readonly Derived[]): boolean {
  return (kind === 'family' || kind === 'actor') && labelled.some((each) => each.kind === kind);
}

/** Each conclusion once, with the first words that it follows from, `MOST_CONCLUSIONS` at most. */
function conclusions(found: readonly Derived[]): Derived[] {
  const kept = new Map<string, Derived>();
  for (const each of found) {
    const key = `${each.kind} ${each.value}`;
    if (!kept.has(key)) kept.set(key, each);
  }
  return [...kept.values()].slice(0, MOST_CONCLUSIONS);
}
