import type { Readable } from 'node:stream';

import { nameProblem } from '../model/account.ts';
import { hashPassword, passwordProblem } from '../model/password.ts';
import { TIER_NAMES, TIERS, type TierName } from '../model/tier.ts';
import { formatTimestamp } from '../model/time.ts';
import { type Store, StoreError } from '../store/store.ts';
import { type Command, EXIT, type Terminal, textOption, UsageError, type Values } from './command.ts';
import { readSecret } from './secret.ts';
import { openOrMakeStore, STORE_HELP, STORE_OPTIONS } from './store.ts';

/** `account`: who may sign in to the console. */
export const accountCommand: Command = {
  name: 'account',
  summary: 'Make, list and remove accounts for the console, and set their passwords.',
  synopsis: 'create|list|password|remove [options] [NAME]',
  options: { ...STORE_OPTIONS, tier: { type: 'string' }, json: { type: 'boolean' } },
  help: {
    ...STORE_HELP,
    tier: `create: the tier of the keys that the account makes: ${TIER_NAMES.join(' or ')}; else pro`,
    json: 'list: one line of JSON each',
  },
  examples: [
    'soc-defenders account create default',
    'soc-defenders account create --tier free "Example GmbH" < password.txt',
    'soc-defenders account password default',
    'soc-defenders account list',
  ],
  async run(values, [action, name, ...rest], terminal) {
    const run = { create, list, password, remove }[action ?? ''];
    if (run === undefined || rest.length > 0 || (run === list) !== (name === undefined))
      throw new UsageError('account: say list, or create, password or remove and a name.');
    const store = await openOrMakeStore(values, terminal, run === create);
    try {
      return await run(store, values, name ?? '', terminal);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'conflict')
        throw new UsageError(`account: ${error.message}.`);
      throw error;
    } finally {
      await store.close();
    }
  },
};

async function create(store: Store, values: Values, name: string, terminal: Terminal): Promise<number> {
  const tier = (textOption(values, 'tier') ?? 'pro').toLowerCase();
  if (!Object.hasOwn(TIERS, tier))
    throw new UsageError(`account: --tier is one of ${TIER_NAMES.join(', ')}.`);
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(`account create: the name ${problem}.`);
  if ((await store.findAccount(name)) !== undefined)
    throw new UsageError(`account create: there is an account ${name} already.`);
  const hashed = await newPassword(name, terminal);
  await store.createAccount({ name, tier: tier as TierName, password: hashed }, terminal.clock());
  const { length } = await store.keysOf(name);
  terminal.say(
    `Made the account ${name}, of the ${TIERS[tier as TierName].label} tier, with ${length} keys. Sign in at /console/.`,
  );
  return EXIT.ok;
}

async function list(store: Store, values: Values, _name: string, terminal: Terminal): Promise<number> {
  const accounts = await store.listAccounts();
  for (const { name, tier, createdAt, passwordAt } of accounts) {
    const keys = (await store.keysOf(name)).filter(({ revokedAt }) => revokedAt === undefined).length;
    const made = formatTimestamp(createdAt).slice(0, 10);
    await terminal.write(
      values.json === true
        ? `${JSON.stringify({ name, tier, keys, createdAt, passwordAt })}\n`
        : `${made}  ${tier.padEnd(4)}  ${String(keys).padStart(3)} keys  ${name}\n`,
    );
  }
  if (accounts.length === 0) terminal.say('No accounts yet. Make one: soc-defenders account create NAME');
  return EXIT.ok;
}

async function password(store: Store, _values: Values, name: string, terminal: Terminal): Promise<number> {
  if ((await store.findAccount(name)) === undefined) throw noSuchAccount(name);
  if (!(await store.setPassword(name, await newPassword(name, terminal), terminal.clock())))
    throw noSuchAccount(name);
  terminal.say(`Set the password of ${name}. Whoever was signed in is not any more.`);
  return EXIT.ok;
}

async function remove(store: Store, _values: Values, name: string, terminal: Terminal): Promise<number> {
  if (!(await store.removeAccount(name))) throw noSuchAccount(name);
  const left = (await store.keysOf(name)).filter(({ revokedAt }) => revokedAt === undefined).length;
  const keys = left > 0 ? ` Its ${left} keys go on working: see soc-defenders key list.` : '';
  terminal.say(`Removed the account ${name}.${keys}`);
  return EXIT.ok;
}

function noSuchAccount(name: string): UsageError {
  return new UsageError(`account: there is no account ${name}. See: soc-defenders account list`);
}

/** A new password, typed twice by a person, or one line of standard input; hashed. */
async function newPassword(account: string, terminal: Terminal): Promise<string> {
  const person = isTerminal(terminal.stdin);
  const given = await readSecret(terminal, person ? `Password for ${account}: ` : undefined);
  const problem = passwordProblem(given, account);
  if (problem !== undefined) throw new UsageError(`account: the password ${problem}.`);
  if (person && (await readSecret(terminal, 'The same again: ')) !== given)
    throw new UsageError('account: the two passwords differ. Nothing was changed.');
  return await hashPassword(given);
}

function isTerminal(stdin: Readable): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true;
}
