import type { ArticleRef } from './article.ts';
import type { Hold } from './hold.ts';
import type { Ioc, IocType } from './ioc.ts';
import type { Sector } from './sector.ts';
import type { Tlp } from './marking.ts';

/** What a source says of an IOC besides its value. Times are UTC milliseconds since 1970. */
export interface Context {
  /**
   * The source's own id of this record, where it has one. A later report under the same id replaces the
   * earlier; reports without an id add up.
   */
  readonly entry?: string;
  readonly firstSeen?: number;
  readonly lastSeen?: number;
  /** 0 to 100 on STIX's scale. */
  readonly confidence?: number;
  /** The source's own word, e.g. `malware_download`, `botnet_cc`. */
  readonly threatType?: string;
  /** The malware family by its printable name. */
  readonly family?: string;
  readonly tags?: readonly string[];
  /** ATT&CK ids that the source names beside the value. */
  readonly techniques?: readonly string[];
  /** CVE ids that the source names beside the value. */
  readonly cves?: readonly string[];
  readonly sectors?: readonly Sector[];
  /** A page about this very IOC. */
  readonly reference?: string;
  /** Free text in the source's words. */
  readonly comment?: string;
  readonly tlp?: Tlp;
  /** Groups that the source names behind it. */
  readonly actors?: readonly string[];
  /** Where in a text it was found. */
  readonly evidence?: Evidence;
  /** The article that it was found in. */
  readonly article?: ArticleRef;
  /** What was concluded and not stated: families, techniques and sectors, each with the words that it follows from. */
  readonly derived?: readonly Derived[];
  /** The source takes the IOC back. */
  readonly revoked?: boolean;
}

/** The place of a value in a text. */
export interface Evidence {
  /** The sentence, table row or list item that holds it, as it stands there, at most 500 characters. */
  readonly sentence: string;
  /** Characters (UTF-16) before it in the document. */
  readonly offset: number;
  readonly defanged: boolean;
}

/** A conclusion: `sector` `energy` from `tag "scada"`. */
export interface Derived {
  readonly kind: 'family' | 'technique' | 'sector' | 'actor';
  readonly value: string;
  readonly from: string;
}

/** A value as a file gives it, possibly defanged, before it is normalised. */
export interface RawIoc extends Context {
  readonly value: string;
  /** What the file says it is: a hint to be checked. `ip`, `hash` and `host` leave the exact type open. */
  readonly typeHint?: IocType | 'ip' | 'hash' | 'host';
  /** Where in the input it stands, for people: `line 12`, `objects[3]`. */
  readonly place: string;
  /** A time that it states and that cannot be read, or cannot be: the IOC is taken without it. */
  readonly unreadTime?: string;
}

/** One source's report of one IOC, in normal form. */
export interface Sighting extends Context, Ioc {
  /** Why the IOC may not be published; absent when it may. It is a property of the IOC, not part of what the source says. */
  readonly hold?: Hold;
}

/** Why a record or value was not taken. `sample` is what it looked like, 200 characters at most. */
export interface Rejection {
  readonly place: string;
  readonly code: RejectionCode;
  readonly reason: string;
  readonly sample: string;
}

/** Every reason why something is quarantined, with a sentence for people. */
export const REJECTION_CODES = {
  malformed_record: 'the record does not have the form of its format',
  oversized_record: 'the record is larger than a record may be',
  nested_too_deep: 'the record is nested deeper than a record may be',
  truncated_input: 'the input ends in the middle of a record',
  unsupported_type: 'the kind of observable is not one of the ten IOC types',
  unsupported_pattern: 'the STIX pattern has a part that does not stand by itself as one IOC',
  type_unknown: 'the value is of none of the ten IOC types',
  type_mismatch: 'the value is not of the type that the record claims',
  bad_address: 'not an IP address or network',
  bad_domain: 'not a domain name under a known public suffix',
  bad_url: 'not an absolute URL with a host',
  bad_hash: 'not a hash of the right length',
  bad_email: 'not an e-mail address',
  bad_cve: 'not a CVE id',
  unknown_technique: 'not a technique or tactic of ATT&CK',
  too_long: 'longer than a value of its type may be',
  control_character: 'holds a control or invisible character',
  bad_time: 'a time that cannot be read, or cannot be: the record was taken without it',
  not_an_ioc: 'the source itself says that this is no threat',
  own_host: 'the host of the feed, or of the report, that names it',
} as const;

export type RejectionCode = keyof typeof REJECTION_CODES;

/** Whether a reason only says what was left out of a record that was taken, and so counts no record as quarantined. */
export function isNote(code: RejectionCode): boolean {
  return code === 'bad_time';
}

/** Where sightings come from. `name` identifies it. */
export interface Source {
  readonly name: string;
  readonly url?: string;
  /** government, commercial, community, … */
  readonly category?: string;
  /** For sightings that state no TLP of their own. */
  readonly tlp: Tlp;
  /** For sightings that state no confidence of their own, 0 to 100. */
  readonly confidence: number;
  /** How far its word is believed, 0 to 100; 100 unless said otherwise. */
  readonly reliability?: number;
  /** Whose word it is: sources of one publisher do not confirm one another. The name unless said otherwise. */
  readonly publisher?: string;
}
