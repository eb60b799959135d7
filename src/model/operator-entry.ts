/** One entry of the operator's lists. Times are UTC milliseconds. */
export interface OperatorEntry {
  /** `allow`: known good, never published. `deny`: known bad, published though a list would hold it back. */
  readonly list: 'allow' | 'deny';
  /** A domain, URL, address, network, hash, e-mail address or id in normal form. */
  readonly value: string;
  readonly comment?: string;
  readonly owner?: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
}
