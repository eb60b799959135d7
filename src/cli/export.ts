import {
  INDICATOR_PARAMETERS,
  type ParameterContext,
  parseIndicatorRequest,
} from '../model/query-parameters.ts';
import { type Parameter, ParameterError } from '../model/parameters.ts';
import { TIERS } from '../model/tier.ts';
import type { Tier } from '../model/tier.ts';
import { bundleChunks } from '../render/stix/bundle-chunks.ts';
import { loadConfig } from '../config.ts';
import {
  type Command,
  EXIT,
  type Options,
  READER_GONE,
  textOption,
  UsageError,
  type Values,
} from './command.ts';
import { openExistingStore, STORE_HELP, STORE_OPTIONS } from './store.ts';

/** The operator of a store may have all of it. */
const OPERATOR: Tier = { ...TIERS.pro, resultsPerRequest: 100_000_000, lookBack: Number.MAX_SAFE_INTEGER };

const SLICE = 500;

const FILTERS = Object.keys(INDICATOR_PARAMETERS).filter((name) => name !== 'cursor' && name !== 'strict');

const FILTER_OPTIONS: Options = Object.fromEntries(
  FILTERS.map((name) => [optionOf(name), { type: 'string' }]),
);

const FILTER_HELP = Object.fromEntries(
  Object.entries(INDICATOR_PARAMETERS).map(([name, parameter]) => [
    optionOf(name),
    `${parameter.doc} ${valuesOf(parameter)}`,
  ]),
);

/** `export`: what the endpoint gives, from the store to standard output. */
export const exportCommand: Command = {
  name: 'export',
  summary:
    "Write the store's indicators as a STIX 2.1 bundle to standard output, filtered as by the endpoint.",
  synopsis: '[options]',
  options: { ...STORE_OPTIONS, ...FILTER_OPTIONS },
  help: { ...STORE_HELP, ...FILTER_HELP, limit: 'At most so many indicators; all unless said otherwise.' },
  examples: [
    'soc-defenders export > bundle.json',
    'soc-defenders export --type ipv4,domain --confidence high --limit 1000',
    'soc-defenders export --since 2026-01-01 --format objects | jq -r ".[].name"',
  ],
  async run(values, operands, terminal) {
    if (operands.length > 0)
      throw new UsageError(`export: ${operands[0]} is not an option; filters are written --type ipv4.`);
    const now = terminal.clock();
    const request = requestOf(values, now);
    const store = await openExistingStore(values, terminal);
    try {
      await store.markPolled(now);
      const extent = await store.extent(request.query, now);
      const { producer } = loadConfig(terminal.env);
      const plan = { producer, request, asOf: now, extent };
      for await (const piece of bundleChunks(store, plan, SLICE)) {
        if (terminal.signal.aborted) return terminal.signal.reason === READER_GONE ? EXIT.ok : EXIT.failed;
        await terminal.write(piece);
      }
      await terminal.write('\n');
      terminal.say(`${extent.count.toLocaleString('en')} indicators`);
      return EXIT.ok;
    } finally {
      await store.close();
    }
  },
};

function requestOf(values: Values, now: number) {
  const pairs = FILTERS.flatMap((name) => {
    const value = textOption(values, optionOf(name));
    return value === undefined ? [] : [[name, value] as const];
  });
  const limit = pairs.some(([name]) => name === 'limit')
    ? []
    : [['limit', String(OPERATOR.resultsPerRequest)] as const];
  try {
    return parseIndicatorRequest([...pairs, ...limit, ['strict', 'true']], { tier: OPERATOR, now });
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    const reasons = error.problems.map(({ parameter, reason }) => `--${optionOf(parameter)} ${reason}`);
    throw new UsageError(`export: ${reasons.join('; ')}.`);
  }
}

/** What an option may be, as a sentence. */
function valuesOf({ allowed }: Parameter<unknown, ParameterContext>): string {
  const values = allowed({ tier: OPERATOR, now: 0 });
  return typeof values === 'string' ? `Give ${values}.` : `Values: ${values.join(', ')}.`;
}

function optionOf(parameter: string): string {
  return parameter.replaceAll('_', '-');
}
