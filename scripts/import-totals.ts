/**
 * Imports every recorded file into a store of its own, exports it again, and writes what became of each to
 * docs/import-totals.md. Every exported object is checked against OASIS's JSON schemas, and every pattern is
 * read back. Run by `npm run import-totals`; the recorded data is not part of the project.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync, createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { takeIn, type TakeInReport } from '../src/feeds/take-in.ts';
import { SOC_DEFENDERS } from '../src/model/producer.ts';
import { InputError } from '../src/parse/format.ts';
import { openInput } from '../src/parse/formats.ts';
import { iocsOfPattern } from '../src/parse/stix-pattern.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import type { QuarantineRecord } from '../src/store/store.ts';
import { oasisSchemas } from '../test/render/oasis-schemas.ts';
import { ANY, readAll } from '../test/store/fixtures.ts';

const SHARED = process.env.SHARED_DATA ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const FOLDERS = [
  'abusech',
  'kev',
  'stix/mitre_samples',
  'stix/oasis_examples',
  'stix/patterns',
  'stix/schemas',
  'stix/schemas_interop',
  'stix/unit42',
  'stix/validator_examples',
  'misp/feed_infoblox',
  'misp/events_eset',
  'csv_infoblox',
  'lists_plain',
];

interface Outcome {
  readonly file: string;
  readonly format?: string;
  readonly report?: TakeInReport;
  readonly quarantine?: readonly QuarantineRecord[];
  readonly refused?: string;
  readonly faults: readonly string[];
}

if (!existsSync(SHARED)) {
  console.error(`The recorded data is not at ${SHARED}; SHARED_DATA may say where it is.`);
  process.exit(1);
}
const faultsOf = oasisSchemas(join(SHARED, 'stix/schemas'));
const outcomes: Outcome[] = [];
for (const folder of FOLDERS) {
  for (const file of filesOf(join(SHARED, folder))) outcomes.push(await importOne(`${folder}/${file}`));
}
writeFileSync(new URL('../docs/import-totals.md', import.meta.url), page(outcomes));
const faults = outcomes.flatMap((outcome) => outcome.faults);
for (const fault of faults.slice(0, 20)) console.error(fault);
console.error(
  `${outcomes.length} files, ${faults.length} faults in what was exported; see docs/import-totals.md`,
);
process.exitCode = faults.length > 0 ? 1 : 0;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !file.startsWith('_'))
    .sort();
}

async function importOne(file: string): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-totals-'));
  const now = Date.now();
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: () => now,
    writer: 'in-thread',
  });
  const source = { name: 'Recorded', tlp: 'clear', confidence: 50 } as const;
  const run = await store.beginRun(source, file, now);
  let format: string | undefined;
  try {
    const opened = await openInput(createReadStream(join(SHARED, file)), { now, fileName: file });
    format = opened.format.label;
    const report = await takeIn(store, run, opened.items, { clock: () => now });
    const exported = await readAll(store, { ...ANY, limit: 10_000_000 }, (await store.health()).lastStamp);
    const quarantine = await store.listQuarantine(run);
    return { file, format, report, quarantine, faults: check(file, exported, report) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const refused = `${error.place}: ${error.message}`;
    return { file, ...(format !== undefined && { format }), refused, faults: [] };
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

function check(file: string, exported: readonly object[], report: TakeInReport): string[] {
  const faults = exported.flatMap((indicator) =>
    [...faultsOf(indicator), ...patternFaults(indicator)].map((fault) => `${file}: ${fault}`),
  );
  return exported.length === report.added
    ? faults
    : [...faults, `${file}: ${report.added} new, ${exported.length} exported`];
}

function patternFaults(indicator: object): string[] {
  const { pattern, name } = indicator as { pattern: string; name: string };
  const { iocs, rest } = iocsOfPattern(pattern);
  const same = iocs.length === 1 && rest.length === 0 && iocs[0]!.value === name;
  return same ? [] : [`pattern ${pattern} is not read back as ${name}`];
}

function page(list: readonly Outcome[]): string {
  const taken = list.filter((outcome) => outcome.report !== undefined);
  const sum = (pick: (report: TakeInReport) => number) =>
    n(taken.reduce((total, { report }) => total + pick(report!), 0));
  return [
    '# What became of every recorded file',
    '',
    'Written by `npm run import-totals`, which imports each file of the recorded data into a store of its own and exports',
    `it again. Of ${list.length} files ${taken.length} were read and ${list.length - taken.length} refused:`,
    `${sum((report) => report.read)} records, ${sum((report) => report.added)} different IOCs, ` +
      `${sum((report) => report.quarantined)} records quarantined. ${list.flatMap(({ faults }) => faults).length} exported`,
    "objects were invalid by OASIS's JSON schemas or had a pattern that is not read back as their IOC.",
    '',
    'One IOC that a file names twice is read twice and new once. Reasons are those of `soc-defenders runs`.',
    '',
    '| file | format | read | new | updated | unchanged | quarantined, or why refused |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...list.map(row),
    '',
  ].join('\n');
}

function row({ file, format = '', report, quarantine = [], refused }: Outcome): string {
  if (report === undefined) return `| ${file} | ${format} | | | | | refused: ${cell(refused ?? '')} |`;
  const reasons = quarantine.map(({ code, count }) => `${n(count)} ${code}`).join(', ');
  return `| ${file} | ${format} | ${n(report.read)} | ${n(report.added)} | ${n(report.updated)} | ${n(report.unchanged)} | ${reasons} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

function n(count: number): string {
  return count.toLocaleString('en');
}
