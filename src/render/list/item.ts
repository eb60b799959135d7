import { confidenceLevel } from '../../model/confidence.ts';
import type { IocItem, ItemSource } from '../../model/ioc-item.ts';
import type { Assessment, SourceNote } from '../../score/assess.ts';
import { describe } from '../stix/indicator.ts';

/** What an item shows besides its assessment. Times are UTC milliseconds. */
export interface ItemPublication {
  /** The indicator's UUID, without `indicator--`. */
  readonly uuid: string;
  /** The first publication stamp of its IOC. */
  readonly created: number;
  /** The publication stamp. */
  readonly modified: number;
  readonly validUntil: number | undefined;
}

/** One IOC as lists and exports give it. */
export function itemOf(assessment: Assessment, publication: ItemPublication): IocItem {
  const { type, value, confidence, firstSeen, lastSeen, revoked, tlp } = assessment;
  const { threatTypes, families, actors, tags, techniques, cves, sectors, reports } = assessment;
  return {
    id: `indicator--${publication.uuid}`,
    type,
    value,
    confidence,
    level: confidenceLevel(confidence),
    firstSeen,
    lastSeen,
    ...(publication.validUntil !== undefined && { validUntil: publication.validUntil }),
    created: publication.created,
    modified: publication.modified,
    revoked,
    tlp,
    description: describe(assessment),
    threatTypes,
    families,
    actors,
    tags,
    techniques,
    cves,
    sectors,
    sources: reports.map(sourceOf),
  };
}

/** The categories among sources, in lower case, each once. */
export function categoriesOf(sources: readonly { readonly category?: string }[]): string[] {
  const categories = sources.map(({ category }) => category && lowerCase(category));
  return [...new Set(categories.filter((category) => category !== undefined))];
}

/** As SQLite's `lower` does it: letters of ASCII. */
export function lowerCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function sourceOf({ source, category, url, comment, article, report }: SourceNote): ItemSource {
  return {
    name: source,
    ...(category !== undefined && { category }),
    ...(url !== undefined && { url }),
    ...(comment !== undefined && { comment }),
    origin: article === true ? 'article' : 'feed',
    ...(report !== undefined && { article: report }),
  };
}
