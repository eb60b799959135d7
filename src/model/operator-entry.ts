/**
 * What the operator says of a value whatever the lists say: `allow` is known good and never published, `deny` is
 * known bad and published although a list would hold it. Times are UTC milliseconds since 1970.
 */
export interface OperatorEntry {
  readonly list: OperatorList;
  /** An IOC, or the network, domain or host that it covers, in normal form: see `parseOperatorEntry`. */
  readonly value: string;
  /** Why, for those who come later. */
  readonly comment?: string;
  /** Who stands for it. */
  readonly owner?: string;
  readonly createdAt: number;
  /** From then on it counts no more. */
  readonly expiresAt?: number;
}

export const OPERATOR_LISTS = ['allow', 'deny'] as const;
export type OperatorList = (typeof OPERATOR_LISTS)[number];
