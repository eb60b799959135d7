import { ApiError } from '../errors.ts';
import { makeApiKey } from '../model/api-key.ts';
import { isNetwork } from '../model/network.ts';
import { ParameterError } from '../model/parameters.ts';
import { TIERS } from '../model/tier.ts';
import { formatTimestamp, parseTimestamp, type Clock } from '../model/time.ts';
import type { KeyChange, KeyRecord, Store } from '../store/store.ts';
import { type Field, readFields } from './fields.ts';
import type { SignedIn } from './sessions.ts';

const DAY = 86_400_000;

/** How long a rotated key goes on beside its successor, unless it is said otherwise, and at most, in milliseconds. */
export const OVERLAP = { usual: 30 * DAY, most: 90 * DAY } as const;

const MOST_NETWORKS = 100;

const name: Field<string> = {
  parse: (value) => {
    const text = typeof value === 'string' ? value.trim() : '';
    return text !== '' && text.length <= 100 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? text : undefined;
  },
  allowed: 'a text of 1 to 100 characters',
};

/** A time; `null` for never. */
const time: Field<number | null> = {
  parse: (value) =>
    value === null ? null : typeof value === 'string' ? parseTimestamp(value.trim()) : undefined,
  allowed: 'a date or an RFC 3339 time with its offset, or null for never',
};

const networks: Field<readonly string[]> = {
  parse: (value) => {
    const list = Array.isArray(value) && value.length <= MOST_NETWORKS ? (value as unknown[]) : [undefined];
    const texts = list.map((each) => (typeof each === 'string' && isNetwork(each) ? each : undefined));
    return texts.includes(undefined) ? undefined : (texts as string[]);
  },
  allowed: `at most ${MOST_NETWORKS} addresses or networks such as 192.0.2.0/24`,
};

/** The fields of requests about keys. */
export const KEY_FIELDS = {
  create: { name: { ...name, required: true }, expires_at: time, allowed_networks: networks },
  change: { name, expires_at: time, allowed_networks: networks },
  rotate: { ends_at: time },
} as const;

/** A key as it is told to its account. */
export interface KeyView {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly tier: string;
  readonly state: 'active' | 'rotated' | 'revoked' | 'expired';
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
  readonly allowed_networks: readonly string[];
  /** The id of the key that takes its place. */
  readonly successor: string | null;
}

/** A key with its secret, which is shown this once. */
export interface NewKeyView extends KeyView {
  readonly key: string;
}

/** What an account does with its keys: never with those of another, which are as if they were not there. */
export class KeyDesk {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The account's keys, the newest first. */
  async list({ account }: SignedIn): Promise<KeyView[]> {
    const keys = await this.#store.keysOf(account);
    return await Promise.all(keys.toReversed().map((key) => this.#view(key)));
  }

  async find(who: SignedIn, id: string): Promise<KeyView> {
    const key = (await this.#store.keysOf(who.account)).find((each) => each.id === id);
    if (key === undefined) throw noSuchKey();
    return await this.#view(key);
  }

  /** Makes a key of the account's tier. Throws `ParameterError`, or `StoreError` where it has as many as it may. */
  async create({ account, tier }: SignedIn, body: unknown): Promise<NewKeyView> {
    const now = this.#clock();
    const fields = readFields(KEY_FIELDS.create, body);
    requireFuture('expires_at', fields.expires_at, now);
    const { text, prefix, hash } = makeApiKey();
    const made = await this.#store.createKey(
      {
        hash,
        prefix,
        account,
        tier,
        name: fields.name,
        allowedNetworks: fields.allowed_networks ?? [],
        ...(typeof fields.expires_at === 'number' && { expiresAt: fields.expires_at }),
      },
      now,
    );
    return { ...(await this.#view(made)), key: text };
  }

  /** Changes what the body names. Throws `ParameterError`, and `ApiError` for a key that is not the account's. */
  async change(who: SignedIn, id: string, body: unknown): Promise<KeyView> {
    const now = this.#clock();
    const fields = readFields(KEY_FIELDS.change, body);
    requireFuture('expires_at', fields.expires_at, now);
    const { successor } = await this.find(who, id);
    if (successor !== null) requireOverlap('expires_at', fields.expires_at, now);
    return await this.#change(who, id, {
      ...(fields.name !== undefined && { name: fields.name }),
      ...(fields.expires_at !== undefined && { expiresAt: fields.expires_at }),
      ...(fields.allowed_networks !== undefined && { allowedNetworks: fields.allowed_networks }),
    });
  }

  async revoke(who: SignedIn, id: string): Promise<KeyView> {
    return await this.#change(who, id, { revoked: true });
  }

  /** Makes a successor; the old key goes on for a while. */
  async rotate(who: SignedIn, id: string, body: unknown): Promise<{ key: NewKeyView; replaces: KeyView }> {
    const now = this.#clock();
    const { ends_at: endsAt } = readFields(KEY_FIELDS.rotate, body);
    requireFuture('ends_at', endsAt, now);
    requireOverlap('ends_at', endsAt, now);
    const { text, prefix, hash } = makeApiKey();
    const owned = { account: who.account, id };
    const deadline = endsAt ?? now + OVERLAP.usual;
    const rotation = await this.#store.rotateKey(owned, { prefix, hash }, deadline, now);
    if (rotation === undefined) throw noSuchKey();
    const key = { ...(await this.#view(rotation.successor)), key: text };
    return { key, replaces: await this.#view(rotation.old) };
  }

  async #change({ account }: SignedIn, id: string, change: KeyChange): Promise<KeyView> {
    const changed = await this.#store.changeKey({ account, id }, change, this.#clock());
    if (changed === undefined) throw noSuchKey();
    return await this.#view(changed);
  }

  async #view(key: KeyRecord): Promise<KeyView> {
    const [lastUse] = await this.#store.addressesOf(key.id, 1);
    return {
      id: key.id,
      prefix: key.prefix,
      name: key.name,
      tier: key.tier,
      state: stateOf(key, this.#clock()),
      created_at: formatTimestamp(key.createdAt),
      expires_at: timeOrNull(key.expiresAt),
      revoked_at: timeOrNull(key.revokedAt),
      last_used_at: timeOrNull(lastUse?.lastAt),
      allowed_networks: key.allowedNetworks,
      successor: key.successor ?? null,
    };
  }
}

/** How many keys an account of a tier may have, and how many of these count against that. */
export function keyPlaces(who: SignedIn, keys: readonly KeyView[]): { most: number; taken: number } {
  const counted = keys.filter(({ tier, revoked_at: revoked, successor }) => {
    return tier === who.tier && revoked === null && successor === null;
  });
  return { most: TIERS[who.tier].keysPerAccount, taken: counted.length };
}

/** 404: another account's key is as if it were not there. */
export function noSuchKey(): ApiError {
  return new ApiError('not_found', { message: 'There is no key of this id in your account.' });
}

function stateOf(key: KeyRecord, now: number): KeyView['state'] {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired';
  return key.successor === undefined ? 'active' : 'rotated';
}

function requireFuture(parameter: string, at: number | null | undefined, now: number): void {
  if (typeof at === 'number' && at <= now)
    throw new ParameterError([{ parameter, reason: 'must be a time to come' }]);
}

function requireOverlap(parameter: string, at: number | null | undefined, now: number): void {
  if (at === null || (at ?? 0) > now + OVERLAP.most) {
    const reason = `must be within ${OVERLAP.most / DAY} days: the key was replaced`;
    throw new ParameterError([{ parameter, reason }]);
  }
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : formatTimestamp(at);
}
