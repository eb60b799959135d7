import { nameProblem } from '../model/account.ts';
import { checkApiKey, hashApiKey, KEY_PREFIX_LENGTH, makeApiKey } from '../model/api-key.ts';
import { isNetwork } from '../model/network.ts';
import { TIER_NAMES, TIERS, type TierName } from '../model/tier.ts';
import { formatTimestamp } from '../model/time.ts';
import { type KeyRecord, type Store, StoreError } from '../store/store.ts';
import {
  type Command,
  EXIT,
  type Terminal,
  textOption,
  textOptions,
  UsageError,
  type Values,
} from './command.ts';
import { expiryOption } from './expiry.ts';
import { openOrMakeStore, STORE_HELP, STORE_OPTIONS } from './store.ts';

/** How long a rotated key goes on unless it is said otherwise, in milliseconds. */
const OVERLAP = 30 * 86_400_000;

/** `key`: API keys, made, listed, rotated and revoked. */
export const keyCommand: Command = {
  name: 'key',
  summary: 'Make, list, rotate and revoke API keys. A key is shown once, when it is made.',
  synopsis: 'create|list|rotate|revoke [options] [KEY]',
  options: {
    ...STORE_OPTIONS,
    tier: { type: 'string' },
    name: { type: 'string' },
    account: { type: 'string' },
    expires: { type: 'string' },
    allow: { type: 'string', multiple: true },
    write: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  help: {
    ...STORE_HELP,
    tier: `create: ${TIER_NAMES.join(' or ')}; else pro`,
    name: 'create: what the key is for, so that you know it again',
    account: 'create: whose key it is; else default',
    expires:
      'create: when it stops working; rotate: when the old key does, else 30d: a date, a time, or days from now such as 90d',
    allow: 'create: an address or network that may use the key; may be repeated',
    write: 'create: the key may contribute IOCs, over TAXII',
    json: 'print JSON',
  },
  examples: [
    'soc-defenders key create --name sentinel --expires 365d',
    'soc-defenders key create --tier free --allow 192.0.2.0/24',
    'soc-defenders key list',
    'soc-defenders key rotate sk_live_Ab12 --expires 60d',
    'soc-defenders key revoke sk_live_Ab12',
  ],
  async run(values, [action, operand, ...rest], terminal) {
    const run = { create, list, rotate, revoke }[action ?? ''];
    const takesKey = run === revoke || run === rotate;
    if (run === undefined || rest.length > 0 || (!takesKey && operand !== undefined))
      throw new UsageError('key: say create, list, or rotate or revoke and a key.');
    if (takesKey && operand === undefined)
      throw new UsageError(`key ${action}: give the id of the key, its first 12 characters, or all of it.`);
    const store = await openOrMakeStore(values, terminal, run === create);
    try {
      return await run(store, values, operand ?? '', terminal);
    } catch (error) {
      if (error instanceof StoreError && REFUSALS.has(error.code)) {
        throw new UsageError(`key: ${error.message}.`);
      }
      throw error;
    } finally {
      await store.close();
    }
  },
};

/** What the store refuses because of what was asked for. */
const REFUSALS: ReadonlySet<string> = new Set(['limit_reached', 'ambiguous', 'conflict']);

async function create(store: Store, values: Values, _operand: unknown, terminal: Terminal): Promise<number> {
  const tier = (textOption(values, 'tier') ?? 'pro').toLowerCase();
  if (!Object.hasOwn(TIERS, tier)) throw new UsageError(`key: --tier is one of ${TIER_NAMES.join(', ')}.`);
  const key = makeApiKey();
  const expiresAt = expiryOption(values, terminal.clock(), 'key');
  const record = await store.createKey(
    {
      hash: key.hash,
      prefix: key.prefix,
      account: nameOption(values, 'account') ?? 'default',
      name: nameOption(values, 'name') ?? 'unnamed',
      tier: tier as TierName,
      allowedNetworks: textOptions(values, 'allow').map(networkOf),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(values.write === true && { canWrite: true }),
    },
    terminal.clock(),
  );
  await terminal.write(
    values.json === true ? `${JSON.stringify({ ...record, key: key.text })}\n` : `${key.text}\n`,
  );
  terminal.say(`A ${TIERS[record.tier].label} key, id ${record.id}. Keep it now: it is not shown again.`);
  return EXIT.ok;
}

function nameOption(values: Values, option: 'account' | 'name'): string | undefined {
  const text = textOption(values, option);
  const problem = text === undefined ? undefined : nameProblem(text);
  if (problem !== undefined) throw new UsageError(`key create: --${option} ${problem}.`);
  return text;
}

async function list(store: Store, values: Values, _operand: unknown, terminal: Terminal): Promise<number> {
  const keys = await store.listKeys();
  const now = terminal.clock();
  for (const key of keys) {
    await terminal.write(
      values.json === true ? `${JSON.stringify({ ...key, state: stateOf(key, now) })}\n` : keyLine(key, now),
    );
  }
  if (keys.length === 0) terminal.say('No keys yet. Make one: soc-defenders key create');
  return EXIT.ok;
}

async function rotate(store: Store, values: Values, operand: string, terminal: Terminal): Promise<number> {
  const now = terminal.clock();
  const named = await idOf(store, operand.replace(/…$/, ''), 'rotate');
  const keys = (await store.listKeys()).filter(({ id, prefix }) => id === named || prefix === named);
  const [key, other] = keys;
  if (key === undefined) throw noSuchKey(operand, 'rotate');
  if (other !== undefined) throw new UsageError(`key: several keys begin with ${named}: give the id of one.`);
  const { text, prefix, hash } = makeApiKey();
  const deadline = expiryOption(values, now, 'key') ?? now + OVERLAP;
  const rotation = await store.rotateKey(key, { prefix, hash }, deadline, now);
  if (rotation === undefined) throw noSuchKey(operand, 'rotate');
  const { old, successor } = rotation;
  await terminal.write(
    values.json === true ? `${JSON.stringify({ ...successor, key: text, replaces: old.id })}\n` : `${text}\n`,
  );
  terminal.say(
    `Takes the place of ${old.prefix}… (${old.name}), id ${successor.id}. Keep it now: it is not shown again.\n` +
      `The old key ends a day after all its clients have come with this one, or at ${formatTimestamp(old.expiresAt!)}.`,
  );
  return EXIT.ok;
}

async function revoke(store: Store, values: Values, operand: string, terminal: Terminal): Promise<number> {
  const key = await store.revokeKey(await idOf(store, operand.replace(/…$/, ''), 'revoke'), terminal.clock());
  if (key === undefined) throw noSuchKey(operand, 'revoke');
  if (values.json === true) await terminal.write(`${JSON.stringify(key)}\n`);
  terminal.say(
    `Revoked ${key.prefix}… (${key.name}), id ${key.id}. Every server refuses it within a second.`,
  );
  return EXIT.ok;
}

/** What names the key in the store: a whole key is looked up, so that none other of its prefix is meant. */
async function idOf(store: Store, operand: string, action: string): Promise<string> {
  if (!operand.startsWith('sk_live_') || operand.length <= KEY_PREFIX_LENGTH) return operand;
  const key = checkApiKey(operand) === 'ok' ? await store.findKey(hashApiKey(operand)) : undefined;
  if (key === undefined) throw noSuchKey(operand, action);
  return key.id;
}

/** Shows no more of a key than may be shown. */
function noSuchKey(operand: string, action: string): UsageError {
  const shown =
    operand.startsWith('sk_live_') && operand.length > KEY_PREFIX_LENGTH
      ? `${operand.slice(0, KEY_PREFIX_LENGTH)}… as it is written here`
      : operand;
  return new UsageError(`key ${action}: there is no key ${shown}. See: soc-defenders key list`);
}

function keyLine(key: KeyRecord, now: number): string {
  const networks = key.allowedNetworks.length > 0 ? `  from ${key.allowedNetworks.join(', ')}` : '';
  const expiry = key.expiresAt === undefined ? '' : `  until ${formatTimestamp(key.expiresAt)}`;
  const state = stateOf(key, now).padEnd(7);
  const made = formatTimestamp(key.createdAt).slice(0, 10);
  return `${key.id}  ${key.prefix}…  ${key.tier.padEnd(4)}  ${state}  ${made}  ${key.account}  ${key.name}${expiry}${networks}${key.canWrite === true ? '  may contribute' : ''}\n`;
}

function stateOf(key: KeyRecord, now: number): 'active' | 'rotated' | 'revoked' | 'expired' {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired';
  return key.successor === undefined ? 'active' : 'rotated';
}

function networkOf(text: string): string {
  if (isNetwork(text)) return text;
  throw new UsageError(`key: --allow ${text} is neither an address nor a network such as 192.0.2.0/24.`);
}
