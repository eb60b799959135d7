/** What a partner sends in: an envelope of STIX objects, as it came. */
export interface Contribution {
  readonly bytes: Uint8Array;
  /** The account of the key that it came with: its objects are this account's word. */
  readonly account: string;
}

/** What became of one object of a contribution. */
export interface ObjectOutcome {
  /** The object's own id, or its place where it has none. */
  readonly id: string;
  /** Its `modified`, or its `created`; empty where it has neither. */
  readonly version: string;
  readonly taken: boolean;
  /** One sentence for people: what it was taken as, or why it was not. */
  readonly message: string;
}

/** What became of a contribution: of each of its objects, or why it cannot be read at all. */
export type ContributionOutcome =
  | { readonly readable: true; readonly objects: readonly ObjectOutcome[] }
  | { readonly readable: false; readonly reason: string };

/** Takes contributions in. Rejects when the store cannot answer. */
export type Contribute = (contribution: Contribution) => Promise<ContributionOutcome>;

/** A contribution as it is remembered: its status resource as JSON, and whose it is. */
export interface ContributionRecord {
  readonly id: string;
  readonly account: string;
  readonly status: string;
}

/** A contribution's status can be asked for for so long, in milliseconds: 30 days. */
export const STATUS_KEPT = 30 * 86_400_000;
