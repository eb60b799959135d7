/**
 * Tries the gate on everything recorded, and writes docs/gate-report.md: whether each warninglist loads, whether
 * anything passes that must not, and what is held of real feeds, by rule and list. `--samples` also prints the values
 * that are held, to the terminal only, as attackers' hosts may be among them. Run by `npm run gate-report`;
 * the recorded data is not part of the project.
 */
import { createReadStream, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildGate } from '../src/gate/build.ts';
import type { Gate } from '../src/gate/gate.ts';
import { policyOf } from '../src/gate/policy.ts';
import { readWarninglistFolder } from '../src/gate/read-folder.ts';
import type { Warninglist } from '../src/gate/warninglist.ts';
import { HOLD_RULES, type Hold, type HoldRule } from '../src/model/hold.ts';
import type { Ioc } from '../src/model/ioc.ts';
import { normaliseIoc } from '../src/normalise/normalise.ts';
import { toSighting } from '../src/normalise/sighting.ts';
import { InputError } from '../src/parse/format.ts';
import { openInput } from '../src/parse/formats.ts';

const SHARED = process.env.SHARED_DATA ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const FEEDS: Readonly<Record<string, readonly string[]>> = {
  'abuse.ch': ['abusech'],
  'CISA KEV': ['kev'],
  Infoblox: ['misp/feed_infoblox', 'csv_infoblox'],
  ESET: ['misp/events_eset'],
  'Unit 42': ['stix/unit42'],
  'lists of unknown care': ['lists_plain'],
};
const PLANTED = [
  'tranco10k',
  'cisco_top1000',
  'public-dns-v4',
  'public-dns-v6',
  'rfc1918',
  'rfc5735',
  'rfc6598',
  'rfc3849',
  'ipv6-linklocal',
  'multicast',
  'empty-hashes',
  'eicar.com',
];

/** More open resolvers than the program carries: without the lists only those pass that no company uses. */
const NEEDS_LISTS = new Set(['public-dns-v4', 'public-dns-v6']);

/** Why real values are held, and what is lost by it. */
const EXPLANATIONS: Readonly<Record<HoldRule, string>> = {
  operator_allow: 'None here: the operator has said nothing.',
  special_use:
    'Private, carrier-shared and loopback addresses that sandboxes saw. Nobody can block them, so nothing is lost.',
  too_broad: 'None here.',
  public_resolver:
    'Malware asks resolvers, and sandboxes report them. Some are routers that happened to answer in 2024: an address among them may be a real source of attacks, and URLs on it pass all the same.',
  known_hash: 'Empty and test files.',
  popular_site:
    'Sites that malware calls to see whether it is online, or that a report names. A subdomain of a popular site that was really broken into is lost as a domain; its URLs pass.',
  mail_provider: 'A host of a provider of mailboxes, which is a popular site too.',
  shared_host:
    'Shorteners, gateways and zones that anybody gets a name in: to block one blocks all its users. Their URLs, and names below them, pass.',
  cloud_range:
    'Edges of content networks, mail and office services, and parking: the attacker’s host was behind it, and so are thousands of others. These are the real losses. Domain, URL and hash of the same attack pass; whoever wants an address denies it to the list.',
  warninglist: 'Sites that tell a machine its own address, and institutions.',
  own_domain: 'None here: files have no origin.',
};

if (!existsSync(SHARED)) {
  console.error(`The recorded data is not at ${SHARED}; SHARED_DATA may say where it is.`);
  process.exit(1);
}
const now = Date.now();
const recorded = readWarninglistFolder(join(SHARED, 'misp/warninglists'));
const builtIn = buildGate({ now });
const refreshed = buildGate({ warninglists: recorded.lists, now });
const planted = PLANTED.map(plant);
const feeds = await Promise.all(Object.entries(FEEDS).map(([name, folders]) => readFeed(name, folders)));
writeFileSync(new URL('../docs/gate-report.md', import.meta.url), page());
if (process.argv.includes('--samples')) printSamples();
const passing = planted.reduce(
  (sum, { slug, passes: [builtInOnly, all] }) => sum + (NEEDS_LISTS.has(slug) ? 0 : builtInOnly) + all,
  0,
);
const faults = [...recorded.problems, ...builtIn.problems, ...refreshed.problems];
for (const fault of faults) console.error(fault);
console.error(`${passing} planted values pass, ${faults.length} problems; see docs/gate-report.md`);
process.exitCode = passing + faults.length > 0 ? 1 : 0;

interface Planted {
  readonly slug: string;
  readonly values: number;
  /** With the built-in lists, and with the recorded ones. */
  readonly passes: readonly [number, number];
}

/** Puts each entry of a list, for names also the URL of the site, through both gates. */
function plant(slug: string): Planted {
  const list = recorded.lists.find((each) => each.slug === slug)!;
  const values = list.entries.flatMap(iocsOf);
  const passes = (gate: Gate) => values.filter((ioc) => gate.check(ioc) === undefined).length;
  return { slug, values: values.length, passes: [passes(builtIn), passes(refreshed)] };
}

function iocsOf(entry: string): Ioc[] {
  const ioc = normaliseIoc(entry);
  if (!ioc.ok) return [];
  return ioc.type === 'domain' ? [ioc, { type: 'url', value: `https://${ioc.value}/` }] : [ioc];
}

interface HeldValue {
  readonly ioc: Ioc;
  readonly hold: Hold;
}

interface Feed {
  readonly name: string;
  readonly values: number;
  readonly held: readonly HeldValue[];
  readonly heldByBuiltIn: number;
}

async function readFeed(name: string, folders: readonly string[]): Promise<Feed> {
  const values = new Map<string, Ioc>();
  for (const file of folders.flatMap((folder) => filesOf(join(SHARED, folder)))) {
    try {
      const { items } = await openInput(createReadStream(file), { now, fileName: file });
      for await (const batch of items) {
        for (const item of batch) {
          const outcome = item.kind === 'ioc' ? toSighting(item.ioc) : undefined;
          if (outcome?.ok !== true) continue;
          const { type, value } = outcome.sighting;
          values.set(`${type} ${value}`, { type, value });
        }
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  const held = [...values.values()].flatMap((ioc) => {
    const hold = refreshed.check(ioc);
    return hold === undefined ? [] : [{ ioc, hold }];
  });
  const heldByBuiltIn = [...values.values()].filter((ioc) => builtIn.check(ioc) !== undefined).length;
  return { name, values: values.size, held, heldByBuiltIn };
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('_'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function page(): string {
  const held = feeds.flatMap((feed) => feed.held);
  const values = feeds.reduce((sum, feed) => sum + feed.values, 0);
  return [
    '# What the gate makes of everything recorded',
    '',
    'Written by `npm run gate-report`. [gate.md](gate.md) says what is held and why.',
    '',
    '## Planted: nothing may pass',
    '',
    'Each entry of a list is put through the gate as an IOC, for names with the URL of the site too: once with what comes',
    'with the program, once with all recorded lists. Every site of the first two is planted, not a thousand: MISP sorts its',
    'lists by name, so that nobody can tell the most visited. What comes with the program has the resolvers that companies',
    'offer and use; the open ones of public-dns are held as soon as the lists are there.',
    '',
    '| list | values | pass, built in | pass, all lists |',
    '| --- | ---: | ---: | ---: |',
    ...planted.map(
      ({ slug, values: count, passes }) => `| ${slug} | ${n(count)} | ${n(passes[0])} | ${n(passes[1])} |`,
    ),
    '',
    '## Real feeds: what is held',
    '',
    `Of ${n(values)} values of recorded feeds ${n(held.length)} are held, ${percent(held.length, values)}.`,
    '',
    '| source | values | held, built in | held, all lists | of all |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...feeds.map(
      (feed) =>
        `| ${feed.name} | ${n(feed.values)} | ${n(feed.heldByBuiltIn)} | ${n(feed.held.length)} | ${percent(feed.held.length, feed.values)} |`,
    ),
    '',
    ...Object.keys(HOLD_RULES).flatMap((rule) => ruleSection(rule as HoldRule, held)),
    '## Every recorded list loads',
    '',
    `${recorded.lists.length} lists, ${recorded.problems.length + refreshed.problems.length} problems.`,
    '',
    '| list | kind | entries | taken as | why |',
    '| --- | --- | ---: | --- | --- |',
    ...recorded.lists.map(listRow),
    '',
  ].join('\n');
}

function ruleSection(rule: HoldRule, held: readonly HeldValue[]): string[] {
  const ours = held.filter(({ hold }) => hold.rule === rule);
  if (ours.length === 0) return [];
  const groups = Map.groupBy(ours, ({ ioc, hold }) => `${ioc.type} | ${hold.list}`);
  return [
    `### \`${rule}\`: ${n(ours.length)}`,
    '',
    EXPLANATIONS[rule],
    '',
    '| type | list | held | by its entries |',
    '| --- | --- | ---: | --- |',
    ...[...groups]
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([group, list]) => `| ${group} | ${n(list.length)} | ${entries(list)} |`),
    '',
  ];
}

/** The wider entries that hold most, which are public; an entry that is the value itself is only counted. */
function entries(list: readonly HeldValue[]): string {
  const wider = list.filter(({ ioc, hold }) => hold.entry.replace(/\/(?:32|128)$/, '') !== ioc.value);
  const counts = [...Map.groupBy(wider, ({ hold }) => hold.entry)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const shown = counts.slice(0, 5).map(([entry, { length }]) => `${entry}${length > 1 ? ` ×${length}` : ''}`);
  const single = list.length - wider.length;
  return [
    ...shown,
    ...(counts.length > 5 ? [`${counts.length - 5} more`] : []),
    ...(single > 0 ? [`${n(single)} by an entry of their own`] : []),
  ].join(', ');
}

function listRow(list: Warninglist): string {
  const { use, rule, reason } = policyOf(list);
  return `| ${list.slug} | ${list.kind} | ${n(list.entries.length)} | ${use === 'describe' ? 'not held' : `\`${rule}\`${use === 'networks' ? ', networks only' : ''}`} | ${reason} |`;
}

function printSamples(): void {
  for (const { name, held } of feeds) {
    for (const { ioc, hold } of held)
      console.log([name, hold.rule, hold.list, hold.entry, ioc.type, ioc.value].join('\t'));
  }
}

function n(value: number): string {
  return value.toLocaleString('en');
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1)).toFixed(2)} %`;
}
