import { READER_GONE, type Terminal } from './command.ts';

/** The terminal of this process. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const { stdout, stderr, stdin } = process;
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      abort.abort(signal);
    });
  }
  // Whoever listened has gone, or the disk of the log is full: no work ends because nobody hears of it.
  stderr.on('error', () => undefined);
  let waiting = (): void => undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      abort.abort(READER_GONE);
      waiting();
      return;
    }
    stderr.write(
      `Standard output cannot be written (${error.code ?? error.message}): what was written is not all.\n`,
    );
    process.exit(1);
  });
  let shown = 0;
  const clear = (): void => {
    if (shown > 0) stderr.write(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  return {
    stdin,
    write: (data) =>
      new Promise((resolve) => {
        if (abort.signal.reason === READER_GONE) {
          resolve();
          return;
        }
        clear();
        waiting = resolve;
        if (stdout.write(stdout.isTTY && typeof data === 'string' ? harmless(data) : data)) resolve();
        else stdout.once('drain', resolve);
      }),
    say: (line) => {
      clear();
      stderr.write(`${harmless(line)}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      const text = harmless(line);
      stderr.write(`\r${text.padEnd(shown)}`);
      shown = text.length;
    },
    env: process.env,
    clock: Date.now,
    signal: abort.signal,
  };
}

/** What a terminal may take for a command, or reorders text by: control characters but the line's end, and those of direction. */
const COMMANDS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text in which nothing that others named, such as a file, steers the terminal that shows it. */
function harmless(text: string): string {
  return text.replaceAll(COMMANDS, '\ufffd');
}
