import type { InputError } from '../parse/format.ts';

/** What an input that cannot be read says of its feed. */
export function inputTrouble({ place, message }: InputError): {
  readonly state: 'html' | 'empty' | 'drifted';
  readonly reason: string;
} {
  const reason = `${place}: ${message}`;
  if (/HTML page|in place of data/.test(message)) return { state: 'html', reason };
  if (/\bempty\b/.test(message)) return { state: 'empty', reason };
  return { state: 'drifted', reason };
}
