import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import { FetchFailure } from '../../../src/feeds/fetch/failure.ts';
import { cleanSpool, removeSpooled, spool } from '../../../src/feeds/fetch/spool.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const HOUR = 3_600_000;

test('what a crash left behind is removed, and nothing else', async (t) => {
  const directory = temporary(t);
  const old = await spool(directory, chunks('old'));
  const young = await spool(directory, chunks('young'));
  writeFileSync(join(directory, 'notes.txt'), 'not ours');
  mkdirSync(join(directory, 'spool-of-somebody'));
  for (const name of readdirSync(directory)) touch(join(directory, name), NOW - 2 * HOUR);
  touch(young.path, NOW - HOUR / 2);
  assert.equal(await cleanSpool(directory, NOW), 1);
  assert.deepEqual(
    readdirSync(directory).sort(),
    ['notes.txt', name(young.path), 'spool-of-somebody'].sort(),
  );
  assert.equal(await cleanSpool(directory, NOW), 0);
  await removeSpooled(old.path);
});

test('a spool that is not there has nothing left behind', async (t) => {
  assert.equal(await cleanSpool(join(temporary(t), 'missing'), NOW), 0);
});

test('names of spooled files cannot be foreseen, and never meet', async (t) => {
  const directory = temporary(t);
  const files = await Promise.all(Array.from({ length: 20 }, () => spool(directory, chunks('x'))));
  assert.equal(new Set(files.map(({ path }) => path)).size, 20);
  assert.ok(files.every(({ path }) => /^spool-[0-9a-f]{32}$/.test(name(path))));
});

test('a body that fails leaves no file', async (t) => {
  const directory = temporary(t);
  await assert.rejects(
    spool(
      directory,
      (async function* () {
        yield Buffer.from('some');
        throw new Error('cut');
      })(),
    ),
    /cut/,
  );
  assert.deepEqual(readdirSync(directory), []);
});

test('a spool without a place is told as our own trouble', async (t) => {
  const file = join(temporary(t), 'file');
  writeFileSync(file, '');
  await assert.rejects(spool(join(file, 'below'), chunks('x')), (error: unknown) => {
    assert.ok(error instanceof FetchFailure);
    assert.equal(error.state, 'spool_failed');
    assert.doesNotMatch(error.message, /below/);
    return true;
  });
});

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function temporary(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-spool-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function touch(path: string, time: number): void {
  utimesSync(path, time / 1_000, time / 1_000);
}

function name(path: string): string {
  return path.split('/').at(-1)!;
}
