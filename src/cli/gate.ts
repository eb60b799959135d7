import { loadConfig } from '../config.ts';
import { parseOperatorEntry } from '../gate/operator-entry.ts';
import { HOLD_RULES } from '../model/hold.ts';
import type { OperatorEntry } from '../model/operator-entry.ts';
import { formatTimestamp } from '../model/time.ts';
import { normaliseIoc } from '../normalise/normalise.ts';
import type { Store } from '../store/store.ts';
import { type Command, EXIT, type Terminal, textOption, UsageError, type Values } from './command.ts';
import { expiryOption } from './expiry.ts';
import { gateKeeper } from './gate-parts.ts';
import { openOrMakeStore, overridesOf, STORE_HELP, STORE_OPTIONS } from './store.ts';

type Action = (
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
) => Promise<number>;

/** What adds to the store, and so makes it where there is none. */
const MAKING: ReadonlySet<string> = new Set(['allow', 'deny']);

/** `gate`: what may not be published, and the operator's own lists. */
export const gateCommand: Command = {
  name: 'gate',
  summary: 'Keep your own lists of what is never or always published, and check values against all lists.',
  synopsis: 'allow|deny|remove|list|check|apply [options] [VALUE…]',
  options: {
    ...STORE_OPTIONS,
    comment: { type: 'string' },
    owner: { type: 'string' },
    expires: { type: 'string' },
    json: { type: 'boolean' },
  },
  help: {
    ...STORE_HELP,
    comment: 'allow, deny: why, for those who come later',
    owner: 'allow, deny: who stands for it',
    expires: 'allow, deny: when it ends: a date, a time, or days from now such as 90d',
    json: 'list, check: print JSON, one line each',
  },
  examples: [
    'soc-defenders gate allow example.com 192.0.2.0/24 --comment "our own" --owner netops',
    'soc-defenders gate deny evil.example.net --expires 30d',
    'soc-defenders gate check google.com 8.8.8.8',
    'soc-defenders gate list',
    'soc-defenders gate remove example.com',
  ],
  async run(values, [action = '', ...operands], terminal) {
    const actions: Readonly<Record<string, Action>> = {
      allow: (...args) => put('allow', ...args),
      deny: (...args) => put('deny', ...args),
      remove,
      list,
      check,
      apply,
    };
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (act === undefined)
      throw new UsageError(
        `gate: say one of ${Object.keys(actions).join(', ')}. See: soc-defenders gate --help`,
      );
    const store = await openOrMakeStore(values, terminal, MAKING.has(action));
    try {
      return await act(store, values, operands, terminal);
    } finally {
      await store.close();
    }
  },
};

async function put(
  listName: OperatorEntry['list'],
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (operands.length === 0) throw new UsageError(`gate ${listName}: name one or more values.`);
  const [comment, owner] = ['comment', 'owner'].map((name) => textOption(values, name));
  const expiresAt = expiryOption(values, terminal.clock(), 'gate');
  const readings = operands.map((value) =>
    parseOperatorEntry({
      list: listName,
      value,
      createdAt: terminal.clock(),
      ...(comment !== undefined && { comment }),
      ...(owner !== undefined && { owner }),
      ...(expiresAt !== undefined && { expiresAt }),
    }),
  );
  const wrong = readings.flatMap((reading) => (reading.ok ? [] : [reading.reason]));
  if (wrong.length > 0) throw new UsageError(`gate ${listName}: ${wrong.join('\n  ')}`);
  for (const reading of readings) if (reading.ok) await store.putEntry(reading.entry);
  return await apply(store, values, [], terminal);
}

async function remove(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (operands.length === 0)
    throw new UsageError('gate remove: name one or more entries. See: soc-defenders gate list');
  for (const operand of operands) {
    const reading = parseOperatorEntry({ list: 'allow', value: operand, createdAt: terminal.clock() });
    const value = reading.ok ? reading.entry.value : operand;
    const removed = [await store.removeEntry('allow', value), await store.removeEntry('deny', value)];
    if (!removed.includes(true)) throw new UsageError(`gate remove: ${value} is on neither list.`);
  }
  return await apply(store, values, [], terminal);
}

async function list(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (operands.length > 0) throw new UsageError(`gate list: ${operands[0]} is too much.`);
  const entries = await store.listEntries();
  for (const entry of entries)
    await terminal.write(
      values.json === true ? `${JSON.stringify(entry)}\n` : entryLine(entry, terminal.clock()),
    );
  if (entries.length === 0) terminal.say('Your lists are empty. See: soc-defenders gate --help');
  return EXIT.ok;
}

function entryLine(entry: OperatorEntry, now: number): string {
  const { list: listName, value, comment, owner, createdAt, expiresAt } = entry;
  const end =
    expiresAt === undefined
      ? ''
      : `  ${expiresAt <= now ? 'expired' : 'until'} ${formatTimestamp(expiresAt)}`;
  const who = owner === undefined ? '' : `  ${owner}`;
  const why = comment === undefined ? '' : `  ${comment}`;
  return `${listName.padEnd(5)}  ${value}  since ${formatTimestamp(createdAt).slice(0, 10)}${end}${who}${why}\n`;
}

/** Whether values would be published, and what holds them back. */
async function check(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (operands.length === 0) throw new UsageError('gate check: name one or more values.');
  const gate = await keeper(store, values, terminal).current();
  for (const operand of operands) {
    const normal = normaliseIoc(operand);
    if (!normal.ok) {
      terminal.say(`${operand}: ${normal.reason}`);
      continue;
    }
    const { type, value } = normal;
    const hold = gate.check({ type, value });
    const text =
      hold === undefined
        ? `${value}  passes\n`
        : `${value}  held back: ${HOLD_RULES[hold.rule]} (${hold.list}: ${hold.entry})\n`;
    await terminal.write(
      values.json === true ? `${JSON.stringify({ type, value, hold: hold ?? null })}\n` : text,
    );
  }
  return EXIT.ok;
}

/** Checks everything in the store by the gate as it is now. */
async function apply(
  store: Store,
  values: Values,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (operands.length > 0) throw new UsageError(`gate apply: ${operands[0]} is too much.`);
  const recheck = await keeper(store, values, terminal).recheck(terminal.signal);
  const { checked, held, released } = recheck ?? { checked: 0, held: 0, released: 0 };
  terminal.say(
    recheck === undefined
      ? 'Everything has been checked by these lists already.'
      : `${checked} IOCs checked: ${held} now held back, ${released} let go.`,
  );
  return EXIT.ok;
}

function keeper(store: Store, values: Values, terminal: Terminal) {
  const config = loadConfig(terminal.env, overridesOf(values));
  return gateKeeper(store, config, terminal.clock, (problem) => terminal.say(`The gate: ${problem}`));
}
