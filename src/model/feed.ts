import type { Tlp } from './marking.ts';
import type { Sector } from './sector.ts';

/** Who stands behind a feed. */
export const FEED_CATEGORIES = [
  'government',
  'cert',
  'vendor',
  'commercial',
  'community',
  'academic',
  'own',
] as const;
/** Who stands behind a source: a feed, or a partner who contributes. */
export const SOURCE_CATEGORIES = [...FEED_CATEGORIES, 'partner'] as const;
export type FeedCategory = (typeof FEED_CATEGORIES)[number];

/** How a feed's data is got. */
export type FeedAccess =
  /** One document of any readable format. `format` as in `--format`, where content alone would not tell. */
  | {
      readonly kind: 'file';
      readonly url: string;
      readonly format?: string;
      readonly columns?: Readonly<Record<string, string>>;
    }
  /** A MISP feed: `url` is the folder that holds `manifest.json` and its events. */
  | { readonly kind: 'misp'; readonly url: string }
  /** A TAXII 2.1 server: `url` is a discovery document, an API root or a collection; `collection` an id or title. */
  | { readonly kind: 'taxii'; readonly url: string; readonly collection?: string }
  /** Reports announced by RSS, Atom or JSON Feed; IOCs are extracted from items and, where `pages`, the pages they link to. */
  | { readonly kind: 'reports'; readonly url: string; readonly pages: boolean };

export const CREDENTIAL_SCHEMES = ['header', 'basic', 'bearer', 'url'] as const;

/** How a feed is told who asks. The secret itself is a setting, never part of a feed. */
export interface FeedCredential {
  /** The setting that holds it: `SOC_ABUSECH_AUTH_KEY`. */
  readonly setting: string;
  /**
   * `header` sends it as the value of `name`; `basic` as `user:password`; `bearer` as a bearer token; with `url` it takes
   * the place of `{key}` in the feed's URL, where `{key}/` falls away without it.
   */
  readonly scheme: (typeof CREDENTIAL_SCHEMES)[number];
  readonly name?: string;
  /** Without it nothing is fetched; otherwise it is sent when it is there. */
  readonly required: boolean;
  /** The page where one gets it. */
  readonly page?: string;
}

/** A feed as the catalogue or the operator describes it: data, no code. */
export interface Feed {
  /** Kebab-case, unique: `urlhaus`. */
  readonly name: string;
  /** For people, and the name of its source: `URLhaus`. */
  readonly title: string;
  /** Whose word it is: several feeds of one publisher do not confirm one another. `abuse.ch`. */
  readonly publisher: string;
  /** A page about it. */
  readonly homepage: string;
  readonly licence: {
    readonly name: string;
    readonly url?: string;
    /** What the terms ask of whoever uses or passes on the data. */
    readonly terms: string;
  };
  readonly category: FeedCategory;
  readonly tlp: Tlp;
  /** Sectors that everything in it concerns; empty for any. */
  readonly sectors: readonly Sector[];
  readonly access: FeedAccess;
  readonly credential?: FeedCredential;
  /** Milliseconds between runs; the publisher's wish where it states one. */
  readonly interval: number;
  /** Of records that state none, 0 to 100. */
  readonly confidence: number;
  /** How far its word is believed, 0 to 100: see `docs/scoring.md`. */
  readonly reliability: number;
  /** Whether each download is the whole of what stands, so that what is missing in the next is taken back. */
  readonly absence: 'retracts' | 'means-nothing';
  /** Whether it runs unless the operator says otherwise. */
  readonly enabled: boolean;
  /** Words that hold for everything in it, where its format has none: `botnet_cc`. */
  readonly threatType?: string;
  readonly tags?: readonly string[];
}
