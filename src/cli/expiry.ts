import { parseTimestamp } from '../model/time.ts';
import { textOption, UsageError, type Values } from './command.ts';

/**
 * The time that `--expires` names, UTC milliseconds: a date, a time, or days from now such as `90d`. Throws `UsageError`, in the
 * name of `command`, for what is no time to come.
 */
export function expiryOption(values: Values, now: number, command: string): number | undefined {
  const text = textOption(values, 'expires');
  if (text === undefined) return undefined;
  const days = /^(\d{1,5})d$/.exec(text);
  const time = days === null ? parseTimestamp(text) : now + Number(days[1]) * 86_400_000;
  if (time === undefined || time <= now) {
    throw new UsageError(
      `${command}: --expires ${text} is not a time to come: give 90d, 2030-01-01 or 2030-01-01T00:00:00Z.`,
    );
  }
  return time;
}
