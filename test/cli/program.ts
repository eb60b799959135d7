import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { COMPILE_CACHE } from '../compile-cache.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The program as a process of its own. */
export interface Program {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** All that it has written so far. */
  readonly out: () => string;
  readonly talk: () => string;
  /** Waits until its output or talk matches, and returns the first group. */
  readonly says: (pattern: RegExp) => Promise<string>;
  /** Waits for its end. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/**
 * Starts the program; it is killed with the test. Of the test's own environment only places are handed on.
 * `preload` is JavaScript that runs before it, in each of its threads: it makes a world in which something is amiss.
 */
export function start(
  context: TestContext,
  args: readonly string[],
  env: Record<string, string> = {},
  preload?: string,
): Program {
  const before =
    preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, [...before, MAIN, ...args], {
    // No test asks the world for feeds.
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, SOC_FEEDS: 'off', ...COMPILE_CACHE, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  const text = { out: '', talk: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.talk += chunk));
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return {
    process: child,
    out: () => text.out,
    talk: () => text.talk,
    ended,
    says: async (pattern) => {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const match = pattern.exec(text.out) ?? pattern.exec(text.talk);
        if (match !== null) return match[1] ?? match[0];
        if (Date.now() > deadline || child.exitCode !== null) {
          throw new Error(`the program never said ${pattern}: ${text.out}${text.talk}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
