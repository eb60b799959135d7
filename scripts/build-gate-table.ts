/**
 * Builds `src/gate/well-known.json`, what the gate knows of popular sites and providers' networks before it has any list.
 * Usage: `node scripts/build-gate-table.ts [FOLDER]`, where FOLDER (default `../shared/data/misp/warninglists`) is a
 * checkout of https://github.com/MISP/misp-warninglists or a folder of its lists.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { bitsOf, covers, IPV4_WORDS, type Network, parseNetwork } from '../src/gate/address.ts';
import { isSuffix, registrableOf, suffixOf } from '../src/gate/public-suffix.ts';
import { readWarninglistFolder } from '../src/gate/read-folder.ts';
import { SHARED_PARENTS } from '../src/gate/shared-hosts.ts';
import { specialNameOf } from '../src/gate/special-names.ts';
import type { NamesBySuffix, WellKnown } from '../src/gate/well-known.ts';
import { normaliseDomain } from '../src/normalise/domain.ts';
import { compressGroups } from '../src/normalise/ipv6.ts';

/** Lists of popular sites, and of hosts that devices and offices ask all day. MISP sorts each by name: no ranks are left. */
const SITES = [
  'tranco10k',
  'cisco_top1000',
  'cloudflare-top1k',
  'moz-top500',
  'google',
  'microsoft',
  'microsoft-office365',
  'microsoft-win10-connection-endpoints',
  'captive-portals',
  'crl-hostname',
];

/** Lists of networks, with the widest prefixes (IPv4, IPv6) that are left out: of rented clouds the large blocks suffice. */
const ALL = [32, 128] as const;
const LARGE = [15, 32] as const;
const NETWORKS = {
  akamai: ALL,
  apple: ALL,
  cloudflare: ALL,
  fastly: ALL,
  'google-gmail-sending-ips': ALL,
  'microsoft-office365-ip': ALL,
  'telegram-ips': ALL,
  wikimedia: ALL,
  'amazon-aws': LARGE,
  'google-gcp': LARGE,
  'microsoft-azure': LARGE,
} as const;

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../../shared/data/misp/warninglists'));
const target = join(import.meta.dirname, '../src/gate/well-known.json');
const { lists } = readWarninglistFolder(folder);

const names = [...new Set(SITES.flatMap(entriesOf).flatMap(nameOf))].sort();
const table: WellKnown = { sites: bySuffix(names), networks: networks() };
const text = `${JSON.stringify(table, undefined, 1)
  .replaceAll(/\n */g, '\n')
  .replaceAll(/\[\n(.*)\n\]/g, '[$1]')}\n`;
writeFileSync(target, text);
console.error(`${target}: ${names.length} names, ${Math.round(text.length / 1000)} kB`);

function entriesOf(slug: string): readonly string[] {
  const list = lists.find((each) => each.slug === slug);
  if (list === undefined) throw new Error(`${folder} has no list ${slug}`);
  return list.entries;
}

/** The name that somebody registered; the host itself where others have names beside it. None of what is held anyway. */
function nameOf(entry: string): string[] {
  const host = normaliseDomain(entry.replace(/^\*?\./, ''));
  if (!host.ok || specialNameOf(host.value) !== undefined) return [];
  const name = registrableOf(host.value);
  if (name === undefined || isSuffix(host.value)) return [];
  const isShared = [...SHARED_PARENTS].some(
    (parent) => isBelow(host.value, parent) && isWithin(parent, name),
  );
  return SHARED_PARENTS.has(host.value) ? [] : [isShared ? host.value : name];
}

function isBelow(host: string, parent: string): boolean {
  return host.endsWith(`.${parent}`);
}

function isWithin(host: string, parent: string): boolean {
  return host === parent || isBelow(host, parent);
}

/** Those of a suffix on one line, of a common one a line for each first character, so that a change shows. */
function bySuffix(sorted: readonly string[]): NamesBySuffix {
  const groups = Map.groupBy(sorted, (name) => suffixOf(name).suffix);
  return Object.fromEntries(
    [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([suffix, group]) => {
        const heads = group.map((name) => name.slice(0, -suffix.length - 1));
        const lines = heads.length < 20 ? [heads] : [...Map.groupBy(heads, (head) => head[0]!).values()];
        return [suffix, lines.map((line) => line.join(' '))];
      }),
  );
}

function networks(): WellKnown['networks'] {
  return Object.fromEntries(
    Object.entries(NETWORKS).map(([slug, [ipv4, ipv6]]) => {
      const all = entriesOf(slug).flatMap((entry) => parseNetwork(entry) ?? []);
      const kept = aggregated(all).filter(
        ({ words, prefix }) => prefix <= (words.length === IPV4_WORDS ? ipv4 : ipv6),
      );
      return [slug, kept.map((network) => `${formatAddress(network)}/${network.prefix}`).join(' ')];
    }),
  );
}

/** The same addresses in as few networks as can be: none within another, and no two that are the halves of one. */
function aggregated(given: readonly Network[]): Network[] {
  const kept: Network[] = [];
  for (const network of given.toSorted(byPlace)) {
    if (kept.some((wider) => isSameFamily(wider, network) && covers(wider, network))) continue;
    kept.push(network);
    for (let pair = halves(kept); pair !== undefined; pair = halves(kept)) kept.splice(-2, 2, pair);
  }
  return kept;
}

/** The network that the last two are the halves of. */
function halves(sorted: readonly Network[]): Network | undefined {
  const [low, high] = sorted.slice(-2);
  if (low === undefined || high === undefined || low.prefix !== high.prefix || !isSameFamily(low, high))
    return undefined;
  const whole = parseNetwork(`${formatAddress(low)}/${low.prefix - 1}`)!;
  return covers(whole, low) && covers(whole, high) ? whole : undefined;
}

function formatAddress({ words }: Network): string {
  const parts = (size: number, most: number) =>
    words.flatMap((word) =>
      Array.from({ length: 32 / size }, (_, at) => (word >>> (32 - size * (at + 1))) & most),
    );
  return words.length === IPV4_WORDS ? parts(8, 0xff).join('.') : compressGroups(parts(16, 0xffff));
}

function isSameFamily(a: Network, b: Network): boolean {
  return bitsOf(a.words) === bitsOf(b.words);
}

function byPlace(a: Network, b: Network): number {
  if (!isSameFamily(a, b)) return a.words.length - b.words.length;
  const at = a.words.findIndex((word, index) => word !== b.words[index]);
  return at < 0 ? a.prefix - b.prefix : a.words[at]! - b.words[at]!;
}
