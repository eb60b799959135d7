import { type AddressUse, ROTATION_QUIET } from '../store.ts';

/** An address that has not used a key for so long is not waited for, in milliseconds. */
const FORGOTTEN = 30 * 86_400_000;

type Use = Omit<AddressUse, 'key'>;

/**
 * Whether a rotated key is needed no more: each address that used it lately has come with its successor since, and nobody used it for
 * `ROTATION_QUIET`. A key of which no use is known is left to its deadline.
 */
export function isRetired(old: readonly Use[], successor: readonly Use[], now: number): boolean {
  const users = old.filter(({ lastAt }) => lastAt > now - FORGOTTEN);
  const since = new Map(successor.map(({ address, lastAt }) => [address, lastAt]));
  return (
    users.length > 0 &&
    users.every(({ address, lastAt }) => {
      return lastAt <= now - ROTATION_QUIET && (since.get(address) ?? -Infinity) > lastAt;
    })
  );
}
