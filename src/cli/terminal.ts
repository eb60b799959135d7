import type { Terminal } from './command.ts';

/** The terminal of this process. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const { stdout, stderr, stdin } = process;
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      abort.abort(signal);
    });
  }
  // Whoever read our output has gone: `soc-defenders export | head`.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
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
        clear();
        if (stdout.write(data)) resolve();
        else stdout.once('drain', resolve);
      }),
    say: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      stderr.write(`\r${line.padEnd(shown)}`);
      shown = line.length;
    },
    env: process.env,
    clock: Date.now,
    signal: abort.signal,
  };
}
