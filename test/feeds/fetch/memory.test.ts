import assert from 'node:assert/strict';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import test from 'node:test';

import { fetched, type Fetching, fetching, troubleOf } from '../fetching.ts';
import { gzipBomb, startWorld } from '../world.ts';
import { zipOf } from './zip-archive.ts';

const MIB = 1_048_576;

test('bombs end at the cap, in little memory', async (t) => {
  const world = await startWorld(t);
  const one = fetching(t, { limits: { totalTimeout: 30_000 } });
  const zeros = await gzipBomb(100 * MIB);
  const wide = zstdCompressSync(Buffer.alloc(64 * MIB), { params: { [constants.ZSTD_c_windowLog]: 27 } });
  const urls = {
    gzip: world.serve('/gzip', { body: zeros, headers: { 'content-encoding': 'gzip' } }),
    file: world.serve('/file.gz', { body: zeros }),
    twice: world.serve('/twice', { body: gzipSync(zeros), headers: { 'content-encoding': 'gzip' } }),
    endless: world.serve('/endless', { body: 'a.example\n'.repeat(6_000), behaviour: 'endless' }),
    zip: world.serve('/zip', { body: zipOf([{ name: 'zeros', body: Buffer.alloc(90 * MIB) }]) }),
    wide: world.serve('/wide', { body: wide, headers: { 'content-encoding': 'zstd' } }),
  };
  await one.get(world.serve('/warm', { body: gzipSync('warm'), headers: { 'content-encoding': 'gzip' } }));
  for (const [name, url] of Object.entries(urls)) {
    const grown = await growthDuring(() =>
      expectRefusal(one, url, name === 'wide' ? 'bad_answer' : 'too_large'),
    );
    t.diagnostic(`${name}: ${(grown / MIB).toFixed(1)} MB`);
    assert.ok(grown < 50 * MIB, `${name}: ${(grown / MIB).toFixed(0)} MB`);
  }
  assert.equal(one.spooled().length, 1, 'only what was fetched first');
});

test('members of gzip that hold nothing, without end, do not hold us', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const body = Buffer.concat(Array<Buffer>(500).fill(gzipSync('')));
  const url = world.serve('/', { body, behaviour: 'endless', headers: { 'content-encoding': 'gzip' } });
  troubleOf(await get(url, { maxBytes: 5 * MIB }), 'too_large');
  // The same within a coding: little is sent and nothing comes out, but much in between.
  const many = Buffer.concat(Array<Buffer>(400_000).fill(gzipSync('')));
  const within = world.serve('/within', { body: many, coding: 'gzip' });
  troubleOf(await get(within, { maxBytes: 5 * MIB }), 'too_large');
});

test('a large document passes through in little memory', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/', { body: await gzipBomb(80 * MIB), headers: { 'content-encoding': 'gzip' } });
  await get(world.serve('/warm', { body: 'warm' }));
  const grown = await growthDuring(async () => {
    assert.equal(fetched(await get(url, { maxBytes: 80 * MIB })).bytes, 80 * MIB);
  });
  assert.ok(grown < 50 * MIB, `${(grown / MIB).toFixed(0)} MB`);
});

async function expectRefusal(
  { get }: Fetching,
  url: string,
  state: 'too_large' | 'bad_answer',
): Promise<void> {
  troubleOf(await get(url, { maxBytes: 80 * MIB }), state);
}

/** By how much the process's memory grew at most while `work` was under way. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, process.memoryUsage.rss()) - before;
}
