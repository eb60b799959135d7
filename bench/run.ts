/**
 * Measures the server against baselines in the same run, and writes docs/benchmarks.md. Figures are ratios:
 * these hold on any machine. `npm run bench -- --quick` takes a minute and a smaller store.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { gateFigures } from './figures-gate.ts';
import { importFigures } from './figures-import.ts';
import { listFigures } from './figures-lists.ts';
import { serveFigures } from './figures-serve.ts';
import { type Figure, figureTable, writeReport } from './report.ts';

const quick = process.argv.includes('--quick');
const work = join(tmpdir(), 'soc-defenders-bench');
mkdirSync(work, { recursive: true });
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const figures: Figure[] = [];
figures.push(...(await importFigures(work, quick, tell)));
figures.push(...gateFigures(quick, tell));
figures.push(...(await serveFigures(work, quick, tell)));
figures.push(...(await listFigures(work, quick, tell)));
process.stdout.write(`${figureTable(figures)}\n${JSON.stringify(figures)}\n`);
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
writeFileSync(new URL('results/latest.json', import.meta.url), JSON.stringify(figures, undefined, 2));
if (!quick) writeReport(new URL('../docs/benchmarks.md', import.meta.url), figures);
