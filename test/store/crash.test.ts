import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { COMPILE_CACHE, warmCompileCache } from '../compile-cache.ts';
import { assertWholeBatches } from './whole-batches.ts';

const KILLS = Number(process.env.CRASH_TEST_KILLS ?? 100);
const BATCH = 25;
const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url));

/** So many stores at once, each killed again and again: while one starts, the other is killed. */
const STORES = 2;

test(`${KILLS} kills at any moment lose no acknowledged batch and leave none half published`, async (context) => {
  warmCompileCache(CHILD, temporaryDirectory(context), '0', String(BATCH), '0');
  const left = { kills: KILLS };
  const ends = await Promise.all(Array.from({ length: STORES }, () => killAgainAndAgain(context, left)));
  const acknowledged = ends.reduce((sum, end) => sum + end.acknowledged, 0);
  const productive = ends.reduce((sum, end) => sum + end.productive, 0);
  context.diagnostic(`${acknowledged} batches acknowledged over ${productive} productive starts`);
  assert.equal(
    ends.reduce((sum, end) => sum + end.kills, 0),
    KILLS,
  );
  assert.ok(productive > KILLS / 2, 'too few processes lived long enough to write');
});

function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-crash-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Kills processes that write one store until no kills are left, and checks it after each. */
async function killAgainAndAgain(context: TestContext, left: { kills: number }) {
  const directory = temporaryDirectory(context);
  let [last, productive, kills] = [-1, 0, 0];
  while (left.kills > 0) {
    left.kills -= 1;
    const before = last;
    last = await ingestUntilKilled(directory, last + 1);
    kills += 1;
    if (last > before) productive += 1;
    assertWholeBatches(join(directory, 'indicators.sqlite'), last, BATCH);
  }
  return { acknowledged: last + 1, productive, kills };
}

/** Starts a process that ingests from batch `first` on, kills it soon after it began; returns the last acknowledged batch. */
async function ingestUntilKilled(directory: string, first: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, directory, String(first), String(BATCH)], {
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
