import type { TierName } from '../model/tier.ts';
import type { KeyRecord } from './store.ts';

/** Accounts, which people sign in with, and their sessions. Times are UTC milliseconds. */
export interface AccountStore {
  /** Adds an account. Rejects with `StoreError` `conflict` where there is one of this name. */
  createAccount(account: NewAccount, now: number): Promise<AccountRecord>;
  findAccount(name: string): Promise<(AccountRecord & { readonly password: string }) | undefined>;
  listAccounts(): Promise<readonly AccountRecord[]>;
  /** Sets another password, ends all sessions and forgets all browsers of the account. Whether there is one. */
  setPassword(name: string, password: string, now: number): Promise<boolean>;
  /** Removes an account with its sessions; its keys stay. Whether there was one. */
  removeAccount(name: string): Promise<boolean>;
  /**
   * Begins a session, and remembers its browser. False when the account's password is another by now than at `passwordAt`, or when
   * it is gone.
   */
  beginSession(session: NewSession, now: number): Promise<boolean>;
  /** The session of this hash, with its account. Asked on every request of the console. */
  findSession(hash: Uint8Array): Promise<SessionRecord | undefined>;
  /** Whether the browser of this hash has signed in to the account since `since`. */
  knowsDevice(hash: Uint8Array, account: string, since: number): Promise<boolean>;
  /** Notes that a session was used. */
  touchSession(hash: Uint8Array, now: number): Promise<void>;
  endSession(hash: Uint8Array): Promise<boolean>;
  /** Forgets what has ended: sessions not used since `idle` or begun before `begun`, browsers not seen since `seen`. */
  forgetSessions(ended: { idle: number; begun: number; seen: number }): Promise<number>;
}

export interface NewAccount {
  readonly name: string;
  readonly tier: TierName;
  /** Hashed, as `hashPassword` gives it. */
  readonly password: string;
}

export interface AccountRecord extends Omit<NewAccount, 'password'> {
  readonly createdAt: number;
  /** When the password was set. */
  readonly passwordAt: number;
}

export interface NewSession {
  /** SHA-256 of the cookie. */
  readonly hash: Uint8Array;
  readonly account: string;
  /** `passwordAt` of the account whose password was checked. */
  readonly passwordAt: number;
  /** SHA-256 of the cookie that names the browser. */
  readonly device: Uint8Array;
}

export interface SessionRecord {
  readonly account: string;
  readonly tier: TierName;
  readonly createdAt: number;
  readonly usedAt: number;
}

/** A key named together with whose it is: another account's is never touched. */
export interface OwnedKey {
  readonly account: string;
  readonly id: string;
}

/** What may be changed of a key; what is left out stays. */
export interface KeyChange {
  readonly name?: string;
  /** `null` for never. */
  readonly expiresAt?: number | null;
  readonly allowedNetworks?: readonly string[];
  readonly revoked?: true;
}

export interface KeyRotation {
  /** The old key, which now ends at the deadline. */
  readonly old: KeyRecord;
  readonly successor: KeyRecord;
}

/** What the console does with keys beside making them. */
export interface KeyManagement {
  /** The keys of an account, oldest first, revoked ones too. */
  keysOf(account: string): Promise<readonly KeyRecord[]>;
  /** Undefined where the account has no such key. Rejects with `conflict` for a revoked key. */
  changeKey(key: OwnedKey, change: KeyChange, now: number): Promise<KeyRecord | undefined>;
  /**
   * Makes a successor with the key's name, tier and networks, and as long a life; the old key goes on until `deadline`, or until `retireKeys`
   * ends it. Undefined where the account has no such key. Rejects with `conflict` for one that is revoked, expired or
   * itself part of a rotation under way.
   */
  rotateKey(
    key: OwnedKey,
    successor: { readonly hash: Uint8Array; readonly prefix: string },
    deadline: number,
    now: number,
  ): Promise<KeyRotation | undefined>;
  /**
   * Revokes rotated keys that nobody needs any more: each address that used one has come with its successor since, and the old key
   * was not used for `ROTATION_QUIET`.
   */
  retireKeys(now: number): Promise<readonly KeyRecord[]>;
}

/** A rotated key is not ended before it was not used for so long, in milliseconds: several clients may share an address. */
export const ROTATION_QUIET = 86_400_000;
