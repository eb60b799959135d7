import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { COMPILE_CACHE, warmCompileCache } from '../compile-cache.ts';
import { assertWholeBatches } from './whole-batches.ts';

const KILLS = Number(process.env.CRASH_TEST_KILLS ?? 100);
const BATCH = 25;

/** Stores that are written and killed at once, one after the other each: all that is in one is read after each kill. */
const STORES = 4;

test(`${KILLS} kills at any moment lose no acknowledged batch and leave none half published`, async (context) => {
  warmCompileCache(new URL('../../src/store/sqlite/open.ts', import.meta.url));
  let [kills, batches, killedWhileWriting] = [0, 0, 0];
  const killAgainAndAgain = async (): Promise<void> => {
    const directory = mkdtempSync(join(tmpdir(), 'soc-crash-'));
    context.after(() => rmSync(directory, { recursive: true }));
    let acknowledged = -1;
    while (kills < KILLS) {
      kills += 1;
      const before = acknowledged;
      acknowledged = await ingestUntilKilled(directory, acknowledged + 1);
      if (acknowledged > before) killedWhileWriting += 1;
      assertWholeBatches(join(directory, 'indicators.sqlite'), acknowledged, BATCH);
    }
    batches += acknowledged + 1;
  };
  await Promise.all(Array.from({ length: STORES }, killAgainAndAgain));
  context.diagnostic(`${batches} batches acknowledged over ${killedWhileWriting} productive starts`);
  assert.ok(killedWhileWriting > KILLS / 2, 'too few processes lived long enough to write');
});

/** Starts a process that ingests from batch `first` on, kills it soon after it began; returns the last acknowledged batch. */
async function ingestUntilKilled(directory: string, first: number): Promise<number> {
  const script = fileURLToPath(new URL('crash-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, directory, String(first), String(BATCH)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...COMPILE_CACHE },
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    output += text;
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  return output.split('\n').filter(Boolean).map(Number).at(-1) ?? first - 1;
}
