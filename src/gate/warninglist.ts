import { IOC_TYPES, type IocType } from '../model/ioc.ts';

/** How the entries of a list are compared with values, as MISP defines it. */
export const WARNINGLIST_KINDS = ['string', 'substring', 'hostname', 'cidr', 'regex'] as const;
export type WarninglistKind = (typeof WARNINGLIST_KINDS)[number];

/** A list of MISP's repository of warninglists, or one in its format. */
export interface Warninglist {
  /** Its folder or file: `tranco10k`. */
  readonly slug: string;
  /** For people: `Top 10K most-used sites from Tranco`. */
  readonly name: string;
  readonly version: number;
  readonly kind: WarninglistKind;
  /** `known` where the list only describes: its entries are no false positives. */
  readonly category?: string;
  /** The IOC types that its `matching_attributes` stand for; all where it names none. */
  readonly types: readonly IocType[];
  readonly entries: readonly string[];
}

/** What came of reading a list: it, or nothing, and what could not be read. */
export interface WarninglistReading {
  readonly list?: Warninglist;
  readonly problems: readonly string[];
}

/** No list of names or networks is longer; the longest of MISP's has a million entries. */
const MOST_ENTRIES = 2_000_000;
const LONGEST_ENTRY = 2_048;
const LONGEST_NAME = 200;

/** What MISP's attribute types are here. Those that are left out have no IOC type. */
const ATTRIBUTE_TYPES: Readonly<Record<string, readonly IocType[]>> = {
  'ip-src': ['ipv4', 'ipv6'],
  'ip-dst': ['ipv4', 'ipv6'],
  'ip-src|port': ['ipv4', 'ipv6'],
  'ip-dst|port': ['ipv4', 'ipv6'],
  domain: ['domain'],
  hostname: ['domain'],
  'hostname|port': ['domain'],
  'domain|ip': ['domain', 'ipv4', 'ipv6'],
  url: ['url'],
  uri: ['url'],
  link: ['url'],
  md5: ['md5'],
  'filename|md5': ['md5'],
  sha1: ['sha1'],
  'filename|sha1': ['sha1'],
  sha256: ['sha256'],
  'filename|sha256': ['sha256'],
  email: ['email'],
  'email-src': ['email'],
  'email-dst': ['email'],
  'email-reply-to': ['email'],
  'target-email': ['email'],
  'whois-registrant-email': ['email'],
  'dns-soa-email': ['email'],
  vulnerability: ['cve'],
};

/**
 * Reads one parsed list. What is no list gives a problem and no list; an entry that is no text, or too long,
 * gives a problem and is left out. Never throws.
 */
export function parseWarninglist(slug: string, json: unknown): WarninglistReading {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return unreadable(slug, 'not a JSON object');
  const given = json as Readonly<Record<string, unknown>>;
  const kind = given.type ?? 'string';
  if (!isKind(kind)) return unreadable(slug, `its type is none of ${WARNINGLIST_KINDS.join(', ')}`);
  if (!Array.isArray(given.list)) return unreadable(slug, 'it has no array "list"');
  if (given.list.length > MOST_ENTRIES) return unreadable(slug, `it has more than ${MOST_ENTRIES} entries`);
  const attributes = given.matching_attributes ?? [];
  if (!Array.isArray(attributes)) return unreadable(slug, 'its matching_attributes are no array');
  const entries = (given.list as readonly unknown[]).filter(
    (entry): entry is string => typeof entry === 'string' && entry !== '' && entry.length <= LONGEST_ENTRY,
  );
  const left = given.list.length - entries.length;
  return {
    list: {
      slug,
      name: typeof given.name === 'string' ? given.name.slice(0, LONGEST_NAME) : slug,
      version: typeof given.version === 'number' ? given.version : 0,
      kind,
      ...(typeof given.category === 'string' && { category: given.category }),
      types: typesOf(attributes),
      entries,
    },
    problems:
      left === 0
        ? []
        : [`${slug}: ${left} entries are no text, empty, or longer than ${LONGEST_ENTRY} characters`],
  };
}

function isKind(kind: unknown): kind is WarninglistKind {
  return (WARNINGLIST_KINDS as readonly unknown[]).includes(kind);
}

function unreadable(slug: string, reason: string): WarninglistReading {
  return { problems: [`${slug}: not a warninglist: ${reason}`] };
}

function typesOf(attributes: readonly unknown[]): readonly IocType[] {
  if (attributes.length === 0) return IOC_TYPES;
  const types = new Set(
    attributes.flatMap((attribute) =>
      typeof attribute === 'string' && Object.hasOwn(ATTRIBUTE_TYPES, attribute)
        ? (ATTRIBUTE_TYPES[attribute] ?? [])
        : [],
    ),
  );
  return IOC_TYPES.filter((type) => types.has(type));
}
