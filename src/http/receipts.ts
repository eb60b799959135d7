import type { Ioc } from '../model/ioc.ts';
import { formatTimestamp } from '../model/time.ts';
import { carries } from '../render/carries.ts';
import type { Delivery, Store, VersionFacts } from '../store/store.ts';
import { held } from './delivery.ts';

/** What was sent of one version of an IOC. Times are when an answer was asked for. */
export interface VersionReceipt {
  /** Its `modified`. */
  readonly version: string;
  readonly revoked: boolean;
  /** `possibly` where it is not known whether an answer had it: see `held` for when. */
  readonly sent: 'yes' | 'possibly' | 'no';
  readonly first_sent_at: string | null;
  readonly last_sent_at: string | null;
  /** The paths that it was sent by. */
  readonly endpoints: readonly string[];
}

export interface Receipts {
  readonly type: string;
  readonly value: string;
  /** Whether any version was sent. */
  readonly sent: VersionReceipt['sent'];
  /** Every version, the oldest first; empty for an IOC that was never published here. */
  readonly versions: readonly VersionReceipt[];
}

/** Whether an IOC, in normal form, was sent to a key, in which versions and when. Rejects with `StoreError`. */
export async function receiptsOf(
  store: Pick<Store, 'versionFacts' | 'deliveriesOf'>,
  key: string,
  ioc: Ioc,
): Promise<Receipts> {
  const versions = await store.versionFacts(ioc);
  const deliveries = await store.deliveriesOf(
    key,
    versions.map(({ stamp }) => stamp),
  );
  const sentOf = sentBy(ioc);
  const receipts = versions.map((version) => receiptOf(version, deliveries, sentOf));
  return {
    type: ioc.type,
    value: ioc.value,
    sent: best(receipts.map(({ sent }) => sent)),
    versions: receipts,
  };
}

type SentOf = (version: VersionFacts, delivery: Omit<Delivery, 'key'>) => VersionReceipt['sent'];

/** What deliveries held of an IOC, asking each format once whether it carries it. */
function sentBy(ioc: Ioc): SentOf {
  const asked = new Map<string, boolean | undefined>();
  return (version, delivery) => {
    const sent = held(version, delivery);
    const { format } = delivery.filter;
    if (sent === 'no' || format === undefined) return sent;
    const { revoked } = version;
    const question = `${format} ${revoked}`;
    if (!asked.has(question)) asked.set(question, carries(format, { ...ioc, revoked }));
    const carried = asked.get(question);
    // A format that there is no more.
    if (carried === undefined) return 'possibly';
    return carried ? sent : 'no';
  };
}

function receiptOf(
  version: VersionFacts,
  deliveries: readonly Omit<Delivery, 'key'>[],
  sentOf: SentOf,
): VersionReceipt {
  const found = deliveries
    .map((delivery) => ({ delivery, sent: sentOf(version, delivery) }))
    .filter(({ sent }) => sent !== 'no');
  const sent = best(found.map((each) => each.sent));
  const sure = found.filter((each) => each.sent === sent).map(({ delivery }) => delivery);
  const [first] = sure;
  return {
    version: formatTimestamp(version.stamp),
    revoked: version.revoked,
    sent,
    first_sent_at: first === undefined ? null : formatTimestamp(Math.max(first.firstAt, version.stamp)),
    last_sent_at: first === undefined ? null : formatTimestamp(lastOf(version, sure)),
    endpoints: [...new Set(sure.map(({ filter }) => filter.endpoint))].sort(),
  };
}

/** A version is not sent once it is replaced. */
function lastOf({ until }: VersionFacts, deliveries: readonly Omit<Delivery, 'key'>[]): number {
  return Math.min(
    until,
    deliveries.reduce((last, { lastAt }) => Math.max(last, lastAt), 0),
  );
}

function best(all: readonly VersionReceipt['sent'][]): VersionReceipt['sent'] {
  return all.includes('yes') ? 'yes' : all.includes('possibly') ? 'possibly' : 'no';
}
