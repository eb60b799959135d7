import type { Hold, HoldRule } from '../model/hold.ts';

/** A list that entries stand on, with the rule by which it holds. */
export interface Listing {
  readonly rule: HoldRule;
  readonly list: string;
}

/** A listed network, with the entry as it was given. */
export interface ListedNetwork extends Listing {
  readonly entry: string;
  /** Each address has one tenant: only a network of them is held. */
  readonly isRented?: boolean;
}

/** The hold of an entry of a list. */
export function holdBy({ rule, list }: Listing, entry: string): Hold {
  return { rule, list, entry };
}
