import type { ArticleRef } from './article.ts';
import type { ConfidenceLevel } from './confidence.ts';
import type { IocType } from './ioc.ts';
import type { Tlp } from './marking.ts';
import type { Sector } from './sector.ts';

/** One published IOC as lists and exports other than STIX give it. Times are UTC milliseconds. */
export interface IocItem {
  /** Its indicator's id: `indicator--…`. */
  readonly id: string;
  readonly type: IocType;
  readonly value: string;
  /** 0 to 100, and its level. */
  readonly confidence: number;
  readonly level: ConfidenceLevel;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly validUntil?: number;
  /** When its first version was published. */
  readonly created: number;
  /** Its publication stamp. */
  readonly modified: number;
  readonly revoked: boolean;
  readonly tlp: Tlp;
  /** One sentence: what it is, of which family, who reported it. */
  readonly description: string;
  readonly threatTypes: readonly string[];
  readonly families: readonly string[];
  readonly actors: readonly string[];
  readonly tags: readonly string[];
  readonly techniques: readonly string[];
  readonly cves: readonly string[];
  readonly sectors: readonly Sector[];
  /** Who reports it, in the order of their names. */
  readonly sources: readonly ItemSource[];
}

export interface ItemSource {
  readonly name: string;
  readonly category?: string;
  /** Its page about the IOC, or about itself. */
  readonly url?: string;
  readonly comment?: string;
  /** Whether it is a feed of records or a report. */
  readonly origin: 'feed' | 'article';
  /** The report, where it is known as an article. */
  readonly article?: ArticleRef;
}
