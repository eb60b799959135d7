import { loadConfig } from '../config.ts';
import { refang, normaliseIoc } from '../normalise/normalise.ts';
import { explainIoc, type Why } from '../render/why.ts';
import { StixIds } from '../render/stix/id.ts';
import { type Command, EXIT, UsageError } from './command.ts';
import { openExistingStore, STORE_HELP, STORE_OPTIONS } from './store.ts';

/** `why`: what is known of a value, and why it is in or out. */
export const whyCommand: Command = {
  name: 'why',
  summary: 'Tell who reported a value, when, why it is in or out, and how its confidence came about.',
  synopsis: '[options] VALUE',
  options: { ...STORE_OPTIONS, json: { type: 'boolean' } },
  help: { ...STORE_HELP, json: 'print one object of JSON, as GET /api/v1/iocs/{id}/why does' },
  examples: [
    'soc-defenders why 192.0.2.1',
    'soc-defenders why hxxp://evil[.]example[.]com/x',
    'soc-defenders why --json CVE-2024-3400 | jq .sources',
  ],
  async run(values, operands, terminal) {
    const [operand, extra] = operands;
    if (operand === undefined || extra !== undefined)
      throw new UsageError('why: name one value. See: soc-defenders why --help');
    const normal = normaliseIoc(operand);
    if (!normal.ok) throw new UsageError(`why: ${refang(operand)} is no IOC: ${normal.reason}.`);
    const store = await openExistingStore(values, terminal);
    try {
      const record = await store.findIoc(normal);
      if (record === undefined) {
        terminal.say(
          `${normal.value} (${normal.type}) has not been reported here. That does not make it harmless.`,
        );
        return EXIT.input;
      }
      const { producer } = loadConfig(terminal.env);
      const id = `indicator--${new StixIds(producer).indicatorUuid(normal.type, normal.value)}`;
      const why = explainIoc(id, record, terminal.clock());
      await terminal.write(values.json === true ? `${JSON.stringify(why)}\n` : inWords(why));
      return EXIT.ok;
    } finally {
      await store.close();
    }
  },
};

function inWords(why: Why): string {
  const { confidence } = why;
  const faded = confidence.faded_from === undefined ? '' : `, faded from ${confidence.faded_from}`;
  const lines = [
    `${why.value}  (${why.type})`,
    `  ${why.status}: ${why.because}`,
    ...(why.first_published === undefined
      ? []
      : [`  first published ${why.first_published}, last ${why.last_published}`]),
    ...(why.valid_until === undefined ? [] : [`  valid until ${why.valid_until}`]),
    `  id ${why.id}`,
    '',
    `Confidence ${confidence.value} (${confidence.level}${faded})`,
    ...confidence.claims.map(
      ({ source, claimed, reliability, weight, counts }) =>
        `  ${source}: claims ${claimed}, believed ${reliability} % = ${weight}${counts ? '' : ' (its publisher has a weightier word)'}`,
    ),
    '',
    'Sources',
    ...why.sources.flatMap((source) => [
      `  ${source.name}${source.stands ? '' : ' (has taken it back)'}: reported ${howOften(source)}`,
      ...source.records.map(inOneLine).flatMap((line) => (line === '' ? [] : [`    ${line}`])),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function howOften({ reports, first_reported, last_reported }: Why['sources'][number]): string {
  return reports === 1
    ? `once, ${first_reported}`
    : `${reports} times, ${first_reported} to ${last_reported}`;
}

function inOneLine(record: object): string {
  return Object.entries(record)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${inText(value)}`)
    .join(' · ');
}

function inText(value: unknown): string {
  if (Array.isArray(value)) return value.map(inText).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('sentence' in value) return `“${String(value.sentence)}”`;
  if ('kind' in value && 'value' in value && 'from' in value)
    return `${String(value.kind)} ${String(value.value)} from ${String(value.from)}`;
  if ('title' in value) return `“${String(value.title)}”${'url' in value ? ` ${String(value.url)}` : ''}`;
  return JSON.stringify(value);
}
