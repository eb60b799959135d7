import { parseIndicatorRequest } from '../model/query-parameters.ts';
import { TIERS } from '../model/tier.ts';
import type { Context, Rejection, Source } from '../model/sighting.ts';
import { REJECTION_CODES } from '../model/sighting.ts';
import type { Ioc } from '../model/ioc.ts';
import { presentable, toSighting } from '../normalise/sighting.ts';
import { InputError } from '../parse/format.ts';
import { frame } from '../render/stix/bundle.ts';
import { StixIds } from '../render/stix/id.ts';
import { renderIndicator } from '../render/stix/indicator.ts';
import { assess, type Report } from '../score/assess.ts';
import { withContext } from '../score/contexts.ts';
import { expiryOf, publishedEnd } from '../score/life.ts';
import { loadConfig } from '../config.ts';
import { type Command, EXIT, READER_GONE, type Terminal, UsageError } from './command.ts';
import { gateWithoutLists } from './gate-parts.ts';
import { INPUT_HELP, INPUT_OPTIONS, openFile } from './input.ts';

/** So many values that should not be blocked are named, and so much of each. */
const MOST_NAMED = 10;
const LONGEST_NAMED = 100;

/** `convert`: files of any readable format to one STIX 2.1 bundle, without a store. */
export const convertCommand: Command = {
  name: 'convert',
  summary: 'Turn files of any readable format, prose included, into one STIX 2.1 bundle on standard output.',
  synopsis: '[options] FILE…|-',
  options: { ...INPUT_OPTIONS },
  help: { ...INPUT_HELP },
  examples: [
    'soc-defenders convert urlhaus.csv > bundle.json',
    'soc-defenders convert report.html | jq -r ".objects[] | select(.type == \\"indicator\\").name"',
    'pbpaste | soc-defenders convert --tlp amber -',
  ],
  async run(values, operands, terminal) {
    if (operands.length === 0)
      throw new UsageError('convert: name the files to convert, or - for standard input.');
    const collection = new Collection(terminal.clock());
    let code: number = EXIT.ok;
    for (const path of operands) {
      const name = path === '-' ? 'stdin' : path;
      try {
        const { items, source } = await openFile(path, values, terminal);
        for await (const batch of items) {
          for (const item of batch) {
            if (item.kind === 'rejection') collection.reject(item.rejection);
            else collection.add(source, item.ioc);
          }
          terminal.progress(`${name}: ${collection.size.toLocaleString('en')} IOCs`);
        }
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        terminal.say(`${name}: ${error.place}: ${error.message}`);
        code = EXIT.input;
      }
    }
    await collection.write(terminal);
    return code;
  },
};

/** IOCs gathered from inputs, each once, with what every source says of it. */
class Collection {
  readonly #now: number;
  readonly #iocs = new Map<string, { ioc: Ioc; reports: Map<string, Report> }>();
  readonly #rejections = new Map<string, { count: number; sample: Rejection }>();

  constructor(now: number) {
    this.#now = now;
  }

  get size(): number {
    return this.#iocs.size;
  }

  add(source: Source, raw: Parameters<typeof toSighting>[0]): void {
    const outcome = toSighting(raw, source.tlp);
    if (!outcome.ok) {
      this.reject(outcome.rejection);
      return;
    }
    if (outcome.note !== undefined) this.reject(outcome.note);
    const { type, value, ...context } = outcome.sighting;
    const key = `${type}:${value}`;
    const known = this.#iocs.get(key) ?? { ioc: { type, value }, reports: new Map<string, Report>() };
    known.reports.set(source.name, this.#report(source, context, known.reports.get(source.name)));
    this.#iocs.set(key, known);
  }

  reject(rejection: Rejection): void {
    const known = this.#rejections.get(rejection.code);
    if (known === undefined)
      this.#rejections.set(rejection.code, { count: 1, sample: presentable(rejection) });
    else known.count += 1;
  }

  async write(terminal: Terminal): Promise<void> {
    const { producer } = loadConfig(terminal.env);
    const ids = new StixIds(producer);
    const texts = this.#iocs
      .values()
      .map(({ ioc, reports }) => this.#render(ids, ioc, [...reports.values()]));
    const request = parseIndicatorRequest([['strict', 'true']], { tier: TIERS.pro, now: this.#now });
    const extent = { count: this.size, first: this.#now, last: this.#now, more: false };
    const { head, tail } = frame({ producer, request, asOf: this.#now, extent });
    await terminal.write(head);
    for (const text of texts) {
      if (terminal.signal.reason === READER_GONE) return;
      await terminal.write(`,${text}`);
    }
    await terminal.write(`${tail}\n`);
    this.#tell(terminal);
    if (this.size > 0) this.#warn(terminal);
  }

  #report(source: Source, context: Context, before: Report | undefined): Report {
    return {
      source,
      contexts: withContext(before?.contexts ?? [], context),
      firstReported: this.#now,
      lastReported: this.#now,
      reports: (before?.reports ?? 0) + 1,
    };
  }

  #render(ids: StixIds, ioc: Ioc, reports: readonly Report[]): string {
    const assessment = assess(ioc, reports, this.#now);
    return renderIndicator(assessment, {
      uuid: ids.indicatorUuid(ioc.type, ioc.value),
      identity: ids.identity,
      created: this.#now,
      modified: this.#now,
      validUntil: publishedEnd(expiryOf(ioc.type, assessment.lastSeen), assessment.firstSeen),
    });
  }

  #tell(terminal: Terminal): void {
    terminal.say(`${this.size.toLocaleString('en')} indicators`);
    for (const [code, { count, sample }] of this.#rejections) {
      const reason = REJECTION_CODES[code as Rejection['code']];
      terminal.say(`  ${count.toLocaleString('en')} × ${reason} (${sample.place}: ${sample.sample})`);
    }
  }

  /** Nothing is left out of a conversion; but nobody should block a resolver because a report names it. */
  #warn(terminal: Terminal): void {
    const gate = gateWithoutLists(loadConfig(terminal.env), this.#now);
    const held = [...this.#iocs.values()].filter(({ ioc }) => gate.check(ioc) !== undefined);
    if (held.length === 0) return;
    const some = held.slice(0, MOST_NAMED).map(({ ioc }) => ioc.value.slice(0, LONGEST_NAMED));
    terminal.say(
      `  ${held.length.toLocaleString('en')} of them a server would not publish, as blocking would hit bystanders: ` +
        `${some.join(', ')}${held.length > some.length ? ', …' : ''}`,
    );
  }
}
