/**
 * Measures what the reader of prose finds in the recorded reports, prints each miss and each false find, and writes
 * the figures to docs/extraction-report.md. Run by `npm run extraction-report`; the recorded data is not part of the
 * project, and nothing of it but counts goes into the page.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { extractIOC } from 'ioc-extractor';

import { normaliseIoc } from '../src/normalise/normalise.ts';
import { annotatedReports, caseless, foundIn, Score } from '../test/parse/prose/ground-truth.ts';

const SHARED = process.env.SHARED_DATA ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const REPORTS = `${SHARED}/reports`;
const VENDORS = ['amnesty', 'eset', 'jeff0', 'sophos', 'unit42'];

if (!existsSync(REPORTS)) {
  console.error(`The recorded reports are not at ${REPORTS}; SHARED_DATA may say where the data is.`);
  process.exit(1);
}
const annotated = await annotatedRows();
const others = await Promise.all(VENDORS.map(vendorRow));
writeFileSync(new URL('../docs/extraction-report.md', import.meta.url), page(annotated, others));

async function annotatedRows(): Promise<string[]> {
  const strict = new Score();
  const ours = new Score();
  const baseline = new Score();
  for (const { name, content, expected } of annotatedReports(REPORTS)) {
    const found = await foundIn(content);
    const theirs = baselineIn(content);
    strict.add(found.keys(), expected);
    ours.add(caseless(found.keys()), caseless(expected));
    baseline.add(caseless(theirs), caseless(expected));
    for (const ioc of expected) if (!found.has(ioc)) console.log(`missed  ${name}: ${ioc}`);
    for (const [ioc, sentence] of found)
      if (!expected.has(ioc)) console.log(`false   ${name}: ${ioc} | ${sentence}`);
  }
  return [
    row('prose, letter case told apart', strict),
    row('prose', ours),
    row('ioc-extractor 8.2.0', baseline),
  ];
}

function row(name: string, { recall, precision, hits, expected, found }: Score): string {
  console.log(`${name}: recall ${recall.toFixed(4)}, precision ${precision.toFixed(4)}`);
  return `| ${name} | ${expected} | ${found} | ${hits} | ${recall.toFixed(4)} | ${precision.toFixed(4)} |`;
}

/** What another extractor finds, as `type value` in the same normal form. */
function baselineIn(content: Buffer): Set<string> {
  const { urls, domains, ipv4s, ipv6s, emails, md5s, sha1s, sha256s, cves } = extractIOC(content.toString());
  const found = [urls, domains, ipv4s, ipv6s, emails, md5s, sha1s, sha256s, cves].flatMap(
    (values) => values ?? [],
  );
  return new Set(
    found.flatMap((value) => {
      const normal = normaliseIoc(value);
      return normal.ok ? [`${normal.type} ${normal.value}`] : [];
    }),
  );
}

/** Counts for reports that nobody annotated; what only the other finds is printed, to be read by hand. */
async function vendorRow(vendor: string): Promise<string> {
  let files = 0;
  let count = 0;
  let common = 0;
  let hosts = 0;
  let longer = 0;
  let rest = 0;
  for (const path of globSync(`${REPORTS}/${vendor}/*`).sort()) {
    if (path.endsWith('.json') || path.endsWith('_LICENSE')) continue;
    const content = readFileSync(path);
    const found = new Set(caseless((await foundIn(content)).keys()));
    const values = [...found].map((ioc) => ioc.slice(ioc.indexOf(' ') + 1));
    const inner = new Set(values.flatMap((value) => /(?:\/\/|@)([^/:]+)/.exec(value)?.[1] ?? []));
    const urls = values.filter((value) => value.includes('://'));
    files += 1;
    count += found.size;
    for (const ioc of caseless(baselineIn(content))) {
      const value = ioc.slice(ioc.indexOf(' ') + 1);
      if (found.has(ioc)) common += 1;
      else if (inner.has(value)) hosts += 1;
      else if (value.includes('://') && urls.some((url) => value.startsWith(url))) longer += 1;
      else {
        rest += 1;
        console.log(`only the other  ${path.slice(REPORTS.length + 1)}: ${ioc}`);
      }
    }
  }
  return `| ${vendor} | ${files} | ${count} | ${common} | ${hosts} | ${longer} | ${rest} |`;
}

function page(scores: readonly string[], vendors: readonly string[]): string {
  return `# What is found in recorded reports

Written by \`npm run extraction-report\`, which also prints each miss and each false find. How values are found:
[extraction.md](extraction.md).

## Twenty annotated reports

Reports of Cisco Talos, with the indicators of the bundle that the publisher gives beside each. The bundles name each URL
once whatever its letter case, so case counts in the first line only.

| extractor | annotated | found | right | recall | precision |
| --- | --- | --- | --- | --- | --- |
${scores.join('\n')}

What is missed: four addresses that the bundle lists and the text has only as hosts of URLs, and a URL whose backslashes
the bundle lost. What is found and not annotated: four URLs that the report defangs and its bundle leaves out, that URL
with its backslashes, and, where case counts, URLs that the report lists in two spellings.

## Reports of others

Nobody annotated these. The columns compare with \`ioc-extractor\`: what both find; what only it finds, as it also takes the
host of each URL and address; URLs that it reads too far, into the next field or the bracket of a link; and the rest.

| folder | files | found | by both | hosts | read too far | only by it |
| --- | --- | --- | --- | --- | --- | --- |
${vendors.join('\n')}

The last column was read by hand: publishers' links and references, names of files, detections and code, parts of names,
versions, serial numbers, and digests of imports. IOCs among them: a URL on a government's host in a line that is no
regular row, one whose scheme lacks a slash, and patterns that stand for thirty hosts each.
`;
}
