import type { Readable } from 'node:stream';

import { type Terminal, UsageError } from './command.ts';

/** No secret that is asked for is longer, in bytes. */
const LONGEST = 4_096;

/** What a person's terminal can do beyond a stream. */
interface RawInput extends Readable {
  setRawMode?(raw: boolean): unknown;
}

/**
 * One line of standard input: with `prompt`, as a person types it, without showing it. Throws `UsageError` where there is none, and
 * where the person gives up.
 */
export async function readSecret(terminal: Terminal, prompt?: string): Promise<string> {
  const stdin: RawInput = terminal.stdin;
  if (prompt === undefined) return firstLine(await piped(stdin));
  terminal.progress(prompt);
  stdin.setRawMode?.(true);
  try {
    return await typed(stdin, terminal.signal);
  } finally {
    stdin.setRawMode?.(false);
    terminal.say('');
  }
}

async function piped(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    length += bytes.byteLength;
    if (length > LONGEST) throw new UsageError('The password on standard input is too long.');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function firstLine(text: string): string {
  const [line = '', ...rest] = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (line === '') throw new UsageError('The password is read from standard input, and there was none.');
  if (rest.length > 0) throw new UsageError('The password is one line, and standard input had several.');
  return line;
}

const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\u007f', '\b']);

/** In raw mode each key comes as it is pressed, Ctrl+C too. */
function typed(stdin: Readable, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let letters: string[] = [];
    const done = (settle: () => void): void => {
      stdin.off('data', take);
      stdin.pause();
      signal.removeEventListener('abort', giveUp);
      settle();
    };
    const giveUp = (): void => done(() => reject(new UsageError('Stopped. Nothing was changed.')));
    const take = (chunk: Buffer): void => {
      const pressed = Array.from(chunk.toString('utf8'));
      for (const [index, letter] of pressed.entries()) {
        if (letter === '\u0003') return giveUp();
        if (ENTER.has(letter)) {
          done(() => resolve(letters.join('')));
          const rest = pressed.slice(index + 1).join('');
          if (rest !== '') stdin.unshift(Buffer.from(rest));
          return;
        }
        if (ERASE.has(letter)) letters = letters.slice(0, -1);
        else if (letter >= ' ' && letters.length < LONGEST) letters.push(letter);
      }
    };
    signal.addEventListener('abort', giveUp, { once: true });
    stdin.on('data', take);
    stdin.resume();
  });
}
