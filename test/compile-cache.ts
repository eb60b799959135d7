import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What processes that tests start have in their environment: they keep what they have compiled, where Node itself keeps
 * it by default, and the next ones start in a third of the time.
 */
export const COMPILE_CACHE: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
};

/** Runs a script to its end, to fill the cache with all that it loads: processes that are killed leave nothing in it. */
export function warmCompileCache(script: string, ...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...COMPILE_CACHE },
  });
  assert.equal(status, 0, script);
}
