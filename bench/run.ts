/**
 * Measures the server against baselines in the same run, and writes docs/benchmarks.md. Figures are ratios:
 * these hold on any machine. `npm run bench -- --quick` takes a minute and a smaller store;
 * `--only cold,not-modified` measures some of the parts and leaves the page as it is.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { feedFigures } from './figures-feeds.ts';
import { gateFigures } from './figures-gate.ts';
import { importFigures } from './figures-import.ts';
import { listFigures } from './figures-lists.ts';
import { taxiiFigures } from './figures-taxii.ts';
import { SERVE_PARTS, serveFigures } from './figures-serve.ts';
import { type Figure, figureTable, writeReport } from './report.ts';

const PARTS: readonly string[] = ['import', 'feeds', 'gate', ...SERVE_PARTS, 'lists', 'taxii'];

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
const quick = values.quick === true;
const wanted = new Set(values.only?.split(',') ?? PARTS);
for (const part of wanted) {
  if (!PARTS.includes(part)) throw new Error(`--only ${part}: there is ${PARTS.join(', ')}`);
}
const work = join(tmpdir(), 'soc-defenders-bench');
mkdirSync(work, { recursive: true });
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const figures: Figure[] = [];
if (wanted.has('import')) figures.push(...(await importFigures(work, quick, tell)));
if (wanted.has('feeds')) figures.push(...(await feedFigures(work, quick, tell)));
if (wanted.has('gate')) figures.push(...gateFigures(quick, tell));
if (SERVE_PARTS.some((part) => wanted.has(part))) {
  figures.push(...(await serveFigures(work, quick, wanted, tell)));
}
if (wanted.has('lists')) figures.push(...(await listFigures(work, quick, tell)));
if (wanted.has('taxii')) figures.push(...(await taxiiFigures(work, quick, tell)));
process.stdout.write(`${figureTable(figures)}\n${JSON.stringify(figures)}\n`);
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
writeFileSync(new URL('results/latest.json', import.meta.url), JSON.stringify(figures, undefined, 2));
if (!quick && values.only === undefined)
  writeReport(new URL('../docs/benchmarks.md', import.meta.url), figures);
