import { createHash, type Hash } from 'node:crypto';

import emailProviders from 'email-providers/all.json' with { type: 'json' };
import commonEmailProviders from 'email-providers/common.json' with { type: 'json' };

import type { OperatorEntry } from '../model/operator-entry.ts';
import { parseNetwork } from './address.ts';
import { Compilation } from './compile.ts';
import { Gate } from './gate.ts';
import { ownsWhatIsBelow } from './name-index.ts';
import { OperatorIndex } from './operator-index.ts';
import {
  KNOWN_HASHES,
  NAMED_IN_REPORTS,
  RENTED_NETWORKS,
  OWN_LISTING,
  PROVIDER_NETWORKS,
  RESOLVERS,
  WEBMAIL,
} from './own-lists.ts';
import { policyOf } from './policy.ts';
import { SHARED_HOSTS, SHARED_PARENTS } from './shared-hosts.ts';
import type { Warninglist } from './warninglist.ts';
import { wellKnownLists } from './well-known.ts';

/** Raised when the rules or the special-use tables change, so that everything is checked again. */
const RULES = 2;

const OWN_TABLES = [
  [...SHARED_PARENTS],
  SHARED_HOSTS,
  WEBMAIL,
  NAMED_IN_REPORTS,
  commonEmailProviders,
  emailProviders,
  RESOLVERS,
  PROVIDER_NETWORKS,
  RENTED_NETWORKS,
  [...KNOWN_HASHES],
];

/** What could not be used is told up to so many sentences. */
const MOST_PROBLEMS = 200;

export interface GateOptions {
  /** MISP's lists, and the operator's own; they take the place of built-in ones of the same name. */
  readonly warninglists?: readonly Warninglist[];
  readonly operator?: readonly OperatorEntry[];
  /** UTC milliseconds: entries that have expired by then do not count. */
  readonly now: number;
  /** `pass` lets documentation addresses and names through, for demonstrations; `hold` unless said otherwise. */
  readonly documentation?: 'hold' | 'pass';
  /** The program's: with another, which may bring other tables of others, everything is checked again. */
  readonly version?: string;
}

/** Makes a gate of the program's own tables, the built-in lists, and what is given; takes some tenths of a second, with MISP's lists two seconds. */
export function buildGate({
  warninglists = [],
  operator = [],
  now,
  documentation = 'hold',
  version = '',
}: GateOptions): Gate {
  const hash = createHash('sha256').update(JSON.stringify([RULES, version, documentation, OWN_TABLES]));
  const compilation = new Compilation();
  addOwnLists(compilation);
  const problems = addWarninglists(compilation, warninglists, hash);
  const inForce = operator.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  hash.update(JSON.stringify(inForce.map(({ list, value }) => `${list} ${value}`).sort(compare)));
  return new Gate({
    fingerprint: hash.digest('hex'),
    nextExpiry: nextExpiry(inForce),
    problems: problems.slice(0, MOST_PROBLEMS),
    documentation,
    operator: new OperatorIndex(inForce),
    domains: compilation.domains,
    generalUrls: compilation.generalUrls,
    everyUrl: compilation.everyUrl,
    emailDomains: compilation.emailDomains,
    mailProviders: new Set([...emailProviders, ...commonEmailProviders, ...WEBMAIL]),
    networks: compilation.networks.index(),
    everyUrlNetworks: compilation.everyUrlNetworks.index(),
    guarded: compilation.guarded.index(),
    clouds: compilation.clouds.index(),
    exact: compilation.exact,
    patterns: compilation.patterns.index(),
  });
}

function addOwnLists({
  domains,
  generalUrls,
  everyUrl,
  networks,
  everyUrlNetworks,
  guarded,
  exact,
}: Compilation): void {
  for (const [names, listing, mayCover] of [
    [SHARED_PARENTS, OWN_LISTING.sharedHost, false],
    [SHARED_HOSTS, OWN_LISTING.sharedHost, true],
    [[...WEBMAIL, ...commonEmailProviders], OWN_LISTING.mailProvider, true],
  ] as const) {
    for (const name of names) {
      const below = mayCover && ownsWhatIsBelow(name);
      domains.add(name, listing, below);
      domains.addParents(name, listing);
      generalUrls.add(name, listing, below);
    }
  }
  for (const name of NAMED_IN_REPORTS) {
    domains.add(name, OWN_LISTING.namedInReports, true);
    everyUrl.add(name, OWN_LISTING.namedInReports, true);
  }
  for (const [rule, table] of [
    ['public_resolver', RESOLVERS],
    ['cloud_range', PROVIDER_NETWORKS],
  ] as const) {
    for (const [list, entries] of Object.entries(table)) {
      for (const entry of entries) {
        const listed = { rule, list, entry };
        networks.add(parseNetwork(entry)!, listed);
        guarded.add(parseNetwork(entry)!, listed);
        if (table === RESOLVERS) everyUrlNetworks.add(parseNetwork(entry)!, listed);
      }
    }
  }
  for (const [list, entries] of Object.entries(RENTED_NETWORKS)) {
    for (const entry of entries)
      networks.add(parseNetwork(entry)!, { rule: 'cloud_range', list, entry, isRented: true });
  }
  for (const [value, list] of KNOWN_HASHES) exact.set(value, { rule: 'known_hash', list });
}

function addWarninglists(compilation: Compilation, given: readonly Warninglist[], hash: Hash): string[] {
  const lists = new Map([...wellKnownLists(), ...given].map((list) => [list.slug, list]));
  const problems: string[] = [];
  for (const list of [...lists.values()].sort((a, b) => compare(a.slug, b.slug))) {
    const policy = policyOf(list);
    hash.update(JSON.stringify([list.slug, list.name, list.kind, list.types, { ...policy, reason: '' }]));
    if (policy.use === 'describe') continue;
    for (const entry of list.entries) hash.update(`${entry}\n`);
    problems.push(...compilation.add(list, policy));
  }
  return problems;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function nextExpiry(entries: readonly OperatorEntry[]): number | undefined {
  const times = entries.flatMap(({ expiresAt }) => expiresAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}
