import { basename } from 'node:path';

import { loadConfig } from '../config.ts';
import { enrich } from '../enrich/enrich.ts';
import { ArticleReading } from '../feeds/article.ts';
import type { Screening } from '../feeds/screen.ts';
import { takeIn, type TakeInReport } from '../feeds/take-in.ts';
import { REJECTION_CODES } from '../model/sighting.ts';
import { InputError } from '../parse/format.ts';
import type { Store } from '../store/store.ts';
import { type Command, EXIT, type Terminal, UsageError, type Values } from './command.ts';
import { gateKeeper } from './gate-parts.ts';
import { INPUT_HELP, INPUT_OPTIONS, openFile } from './input.ts';
import { openStore, overridesOf, STORE_HELP, STORE_OPTIONS } from './store.ts';

/** `import`: IOCs from files into the store. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Take IOCs from files into the store, and publish what changed.',
  synopsis: '[options] FILE…|-',
  options: {
    ...STORE_OPTIONS,
    ...INPUT_OPTIONS,
    atomic: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  help: {
    ...STORE_HELP,
    ...INPUT_HELP,
    atomic: 'take each file as a whole or not at all; else what comes before a fault is kept',
    json: 'print each report as a line of JSON on standard output',
  },
  examples: [
    'soc-defenders import urlhaus.csv threatfox.json',
    'curl -s https://feed.example/list.txt | soc-defenders import --source "Example list" -',
    'soc-defenders import --column value=ioc --column tags=3 --tlp green own.csv',
  ],
  async run(values, operands, terminal) {
    if (operands.length === 0)
      throw new UsageError('import: name the files to import, or - for standard input.');
    const store = await openStore(values, terminal, 'thread');
    try {
      const screening = await screeningOf(store, values, terminal);
      let code: number = EXIT.ok;
      for (const path of operands) {
        if (terminal.signal.aborted) {
          terminal.say(`${path}: not begun, as the import was stopped.`);
          code = EXIT.input;
        } else code = Math.max(code, await importOne(store, path, screening, values, terminal));
      }
      return code;
    } finally {
      await store.close();
    }
  },
};

async function screeningOf(store: Store, values: Values, terminal: Terminal): Promise<Screening> {
  const config = loadConfig(terminal.env, overridesOf(values));
  const keeper = gateKeeper(store, config, terminal.clock, (problem) => terminal.say(`The gate: ${problem}`));
  return { enrich, gate: await keeper.current() };
}

async function importOne(
  store: Store,
  path: string,
  screening: Screening,
  values: Values,
  terminal: Terminal,
): Promise<number> {
  const name = path === '-' ? 'stdin' : path;
  let run: number | undefined;
  let latest: TakeInReport | undefined;
  try {
    const reading = new ArticleReading({ name: path === '-' ? 'stdin' : basename(path), isTrusted: true });
    const { items, source, format } = await openFile(path, values, terminal, reading.onReport);
    run = await store.beginRun(source, name, terminal.clock());
    latest = await takeIn(store, run, items, {
      clock: terminal.clock,
      atomic: values.atomic === true,
      screening: { ...screening, reading, unmarked: source.tlp },
      onProgress: (report) => {
        latest = report;
        terminal.progress(`${name}: ${report.read.toLocaleString('en')} records read`);
      },
    });
    await store.endRun(run, terminal.clock());
    await tell(store, run, name, format.label, latest, values, terminal);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const reason = `${error.place}: ${error.message}`;
    if (run !== undefined) await store.endRun(run, terminal.clock(), reason);
    const left = run === undefined ? '' : whatIsLeft(latest, values.atomic === true);
    terminal.say(`${name}: ${reason}${left}`);
    if (run !== undefined && latest !== undefined)
      await tell(store, run, name, undefined, latest, values, terminal, reason);
    return EXIT.input;
  }
}

/** What there is of a file that could not be read to its end. */
function whatIsLeft(report: TakeInReport | undefined, atomic: boolean): string {
  if (atomic) return '. Nothing of it was taken.';
  return report === undefined || report.read === 0 ? '' : '. What came before was kept.';
}

async function tell(
  store: Store,
  run: number,
  name: string,
  format: string | undefined,
  report: TakeInReport,
  values: Values,
  terminal: Terminal,
  failure?: string,
): Promise<void> {
  const quarantine = await store.listQuarantine(run);
  if (values.json === true) {
    const { lastStamp: _stamp, ...counts } = report;
    await terminal.write(`${JSON.stringify({ run, input: name, format, ...counts, quarantine, failure })}\n`);
    return;
  }
  const n = (count: number) => count.toLocaleString('en');
  terminal.say(
    `${name}${format === undefined ? '' : ` (${format})`}: ${n(report.read)} read, ${n(report.added)} new, ` +
      `${n(report.updated)} updated, ${n(report.unchanged)} unchanged, ${n(report.quarantined)} quarantined` +
      (report.held > 0 ? `, ${n(report.held)} held back` : ''),
  );
  if (report.read === 0 && failure === undefined)
    terminal.say('  Nothing in it looks like an indicator. Is it the right file?');
  if (report.held > 0) {
    terminal.say(
      `  ${n(report.held)} may not be published, as blocking would hit bystanders: kept, and held back. ` +
        'Why: soc-defenders why VALUE',
    );
  }
  if (report.expired > 0) {
    const [were, they] = report.expired === 1 ? ['was', 'it has'] : ['were', 'they have'];
    terminal.say(
      `  ${n(report.expired)} ${were} last seen so long ago that ${they} expired: kept, and given to polls with ` +
        'since, but not part of a first download.',
    );
  }
  for (const { code, count, samples } of quarantine) {
    const [sample] = samples;
    const example = sample === undefined ? '' : ` (${sample.place}: ${sample.sample})`;
    terminal.say(`  ${n(count)} × ${REJECTION_CODES[code]}${example}`);
  }
  if (quarantine.length > 0) terminal.say(`  All reasons with samples: soc-defenders runs ${run}`);
  const wait = report.lastStamp - terminal.clock();
  if (wait > 2_000) terminal.say(`  The last of these becomes visible in ${Math.ceil(wait / 1000)} s.`);
}
