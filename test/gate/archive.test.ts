import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

import { packTar, type TarHeader } from 'modern-tar';

import {
  type ArchiveLimits,
  readWarninglistArchive,
  WarninglistArchiveError,
} from '../../src/gate/read-archive.ts';

const LIST = JSON.stringify({ name: 'Ours', type: 'string', version: 1, list: ['ours-7.com'] });
const SMALL: ArchiveLimits = { packed: 100_000, unpacked: 1_000_000, list: 10_000, entries: 50 };

type Entry = Partial<TarHeader> & { readonly name: string; readonly body?: string };

async function archive(...entries: readonly Entry[]): Promise<Buffer> {
  return gzipSync(
    await packTar(
      entries.map(({ body = '', ...header }) => ({
        header: { size: Buffer.byteLength(body), ...header },
        body,
      })),
    ),
  );
}

async function* pieces(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('lists are read from the archive as it arrives, and nothing else', async () => {
  const bytes = await archive(
    { name: 'misp-warninglists-main/', type: 'directory' },
    { name: 'misp-warninglists-main/README.md', body: 'x'.repeat(3000) },
    { name: 'misp-warninglists-main/lists/a/list.json', body: LIST },
    { name: 'misp-warninglists-main/lists/b/list.json', body: LIST },
    { name: 'misp-warninglists-main/lists/torn/list.json', body: LIST.slice(9) },
    { name: 'misp-warninglists-main/lists/a/deeper/list.json', body: LIST },
    { name: 'misp-warninglists-main/lists/a/other.json', body: LIST },
  );
  const { lists, problems } = await readWarninglistArchive(pieces(bytes));
  assert.deepEqual(
    lists.map(({ slug, entries }) => [slug, entries]),
    [
      ['a', ['ours-7.com']],
      ['b', ['ours-7.com']],
    ],
  );
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^torn: /);
  const wanted = await readWarninglistArchive(pieces(bytes), (slug) => slug === 'b');
  assert.deepEqual(
    wanted.lists.map(({ slug }) => slug),
    ['b'],
  );
});

test('names that lead elsewhere, links and devices are not taken', async () => {
  const bytes = await archive(
    { name: 'x/lists/a/list.json', body: LIST },
    { name: '../x/lists/b/list.json', body: LIST },
    { name: 'x/lists/../list.json', body: LIST },
    { name: '/x/lists/c/list.json', body: LIST },
    { name: 'x/lists/d/list.json', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'x/lists/e/list.json', type: 'link', linkname: 'x/lists/a/list.json' },
    { name: 'x/lists/f/list.json', type: 'fifo' },
  );
  const { lists, problems } = await readWarninglistArchive(pieces(bytes));
  assert.deepEqual(
    lists.map(({ slug }) => slug).filter((slug) => slug !== '..'),
    ['a'],
  );
  assert.deepEqual(problems, []);
});

async function assertRefused(bytes: Uint8Array, reason: RegExp): Promise<void> {
  await assert.rejects(readWarninglistArchive(pieces(bytes, 50_000), undefined, SMALL), (error) => {
    assert.ok(error instanceof WarninglistArchiveError, String(error));
    assert.match(error.message, reason);
    return true;
  });
}

test('what is no archive, is cut off, or has been changed is refused', async () => {
  const bytes = await archive({ name: 'x/lists/a/list.json', body: LIST });
  await assertRefused(Buffer.from('<html>not found</html>'), /refused/);
  await assertRefused(gzipSync('<html>not found</html>'.repeat(100)), /refused/);
  await assertRefused(Buffer.alloc(0), /refused/);
  await assertRefused(gzipSync(''), /refused/);
  await assertRefused(bytes.subarray(0, bytes.length - 20), /refused/);
});

test('an archive beyond the limits is refused at the limit', async () => {
  const before = process.memoryUsage().rss;
  await assertRefused(gzipSync(Buffer.alloc(300_000_000)), /more than/);
  await assertRefused(
    await archive(
      ...Array.from({ length: 60 }, (_, at) => ({ name: `x/lists/l${at}/list.json`, body: LIST })),
    ),
    /more than 50 entries/,
  );
  await assertRefused(await archive({ name: 'x/a', body: 'y'.repeat(2_000_000) }), /1000000 bytes unpacked/);
  assert.ok(process.memoryUsage().rss - before < 600_000_000);
  const big = await archive(
    { name: 'x/lists/big/list.json', body: ' '.repeat(20_000) + LIST },
    { name: 'x/lists/a/list.json', body: LIST },
  );
  const { lists, problems } = await readWarninglistArchive(pieces(big), undefined, SMALL);
  assert.deepEqual(
    lists.map(({ slug }) => slug),
    ['a'],
  );
  assert.deepEqual(problems, ['big: larger than 10000 bytes']);
});

test('a stream that fails fails the reading with what it says', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield (await archive({ name: 'x/lists/a/list.json', body: LIST })).subarray(0, 30);
    throw new Error('the connection was lost');
  }
  await assert.rejects(readWarninglistArchive(failing()), /the connection was lost/);
});
