import type { Warninglist } from './warninglist.ts';
import table from './well-known.json' with { type: 'json' };

/** Names without their suffix, which is the key, with blanks between. */
export type NamesBySuffix = Readonly<Record<string, readonly string[]>>;

/** What `scripts/build-gate-table.ts` writes. */
export interface WellKnown {
  readonly sites: NamesBySuffix;
  /** By the name of MISP's list, with blanks between. */
  readonly networks: Readonly<Record<string, string>>;
}

const { sites, networks }: WellKnown = table;

/** The name of the table among lists. */
const SITES = 'well-known-sites';

/** Where one reports abuse (RFC 2142, and `soc` beside it), at whatever domain: by the name that MISP's list has. */
const CONTACTS: Warninglist = {
  slug: 'common-contact-emails',
  name: 'where one reports abuse',
  version: 1,
  kind: 'regex',
  types: ['email'],
  entries: ['^(?:abuse|noc|security|soc)@'],
};

/**
 * What the gate knows before it has any list, as lists: the names of popular sites, networks of providers, and where one
 * reports abuse. A list of the same name takes the place of one of these.
 */
export function wellKnownLists(): readonly Warninglist[] {
  return [
    CONTACTS,
    {
      slug: SITES,
      name: 'well-known sites',
      version: 1,
      kind: 'hostname',
      types: ['domain', 'url'],
      entries: Object.entries(sites).flatMap(([suffix, lines]) =>
        lines.flatMap((line) => line.split(' ').map((head) => `${head}.${suffix}`)),
      ),
    },
    ...Object.entries(networks).map(([slug, entries]): Warninglist => ({
      slug,
      name: `networks of ${slug}`,
      version: 1,
      kind: 'cidr',
      types: ['ipv4', 'ipv6', 'url'],
      entries: entries.split(' '),
    })),
  ];
}
