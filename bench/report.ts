import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** One figure with the bar that it has to reach. */
export interface Figure {
  readonly name: string;
  /** What was measured, with its unit: `142 requests/s against 610`. */
  readonly measured: string;
  /** NaN where it could not be measured: `measured` says why. */
  readonly value: number;
  readonly bar: { readonly atLeast: number } | { readonly atMost: number };
}

/** Whether a figure reaches its bar, if it could be measured. */
export function reaches({ value, bar }: Figure): boolean {
  if (Number.isNaN(value)) return true;
  return 'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;
}

/** The figures as a table in Markdown. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const bar = 'atLeast' in figure.bar ? `≥ ${figure.bar.atLeast}` : `≤ ${figure.bar.atMost}`;
    const [value, reached] = Number.isNaN(figure.value)
      ? ['–', '–']
      : [round(figure.value), reaches(figure) ? 'yes' : '**no**'];
    return `| ${figure.name} | ${figure.measured} | ${value} | ${bar} | ${reached} |`;
  });
  return ['| figure | measured | value | bar | reached |', '| --- | --- | ---: | ---: | --- |', ...rows].join(
    '\n',
  );
}

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';

/** Puts the figures into the page, between its marks; what people wrote around them stays. */
export function writeReport(page: URL, figures: readonly Figure[]): void {
  const missed = figures.filter((figure) => !reaches(figure));
  const verdict =
    missed.length === 0
      ? 'Every bar is reached.'
      : `Missed: ${missed.map((figure) => `${figure.name} (${round(figure.value)})`).join('; ')}. See below for why.`;
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.version}, SQLite ${process.versions.sqlite}`;
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${page.pathname} has no marks for the figures`);
  const block = [
    BEGIN,
    '',
    `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}.`,
    verdict,
    '',
    figureTable(figures),
    '',
    END,
  ];
  writeFileSync(page, `${before}${block.join('\n')}${after}`);
}

/** The middle of several measures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export function round(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
