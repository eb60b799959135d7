import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { SqliteWriter } from '../../src/store/sqlite/writer.ts';
import { SOURCE, START } from './fixtures.ts';
import { packed } from './packed.ts';
import { assertWholeBatches, numberedBatch } from './whole-batches.ts';

/**
 * What these tests simulate. A disk keeps what was written before the last sync that has returned. Of what was
 * written after it, each sector of 512 bytes may be there, be missing, or hold anything: in any combination, as
 * caches write back in any order. Bytes that a write does not cover keep what they had (SQLite's own assumption,
 * "powersafe overwrite"). The last test looks at the system calls for what the others take for granted: when a
 * batch is acknowledged, all that was written of its log has been synced.
 */
const SECTOR = 512;

const SIZE = 20;
const BATCHES = 40;
const CUTS = 3;

/** Both files of a store at one moment. */
interface Files {
  readonly main: Buffer;
  readonly log: Buffer;
}

function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-power-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function filesOf(path: string): Files {
  return {
    main: readFileSync(path),
    log: existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0),
  };
}

/** What a disk may hold that was to become `after`, when it safely held `before` and the power went in between. */
function torn(before: Buffer, after: Buffer): Buffer {
  const length = pick([before.length, after.length, Math.max(before.length, after.length)]);
  const result = Buffer.alloc(length);
  before.copy(result);
  for (let from = 0; from < length; from += SECTOR) {
    const to = Math.min(from + SECTOR, length);
    const outcome = pick(['old', 'new', 'noise'] as const);
    if (outcome === 'new') after.copy(result, from, from, to);
    if (outcome === 'noise') {
      for (let at = from; at < to; at += 1) {
        if (before[at] !== after[at]) result[at] = Math.floor(Math.random() * 256);
      }
    }
  }
  return result;
}

/** The beginning of `after` as far as some sector, then what was there before: an append that was not finished. */
function cutOff(before: Buffer, after: Buffer): Buffer {
  if (after.length <= before.length) return torn(before, after);
  const end = before.length + Math.floor(Math.random() * (after.length - before.length));
  return Buffer.concat([before, after.subarray(before.length, end)]);
}

function pick<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)]!;
}

/** Whether the log was begun anew: its header has other salts. */
function begunAnew({ log: before }: Files, { log: after }: Files): boolean {
  return before.length >= 32 && !before.subarray(16, 24).equals(after.subarray(16, 24));
}

/** Every order in which a commit writes, cut at some point: see SQLite's "Atomic Commit" and WAL format. */
function cutsBetween(before: Files, after: Files): Readonly<Record<string, Files>> {
  if (begunAnew(before, after)) {
    return {
      'in the checkpoint before the log begins anew': {
        main: torn(before.main, after.main),
        log: before.log,
      },
      'when the log has begun anew': { main: after.main, log: torn(before.log, after.log) },
    };
  }
  return {
    'in the log': { main: before.main, log: torn(before.log, after.log) },
    'at the end of the log': { main: before.main, log: cutOff(before.log, after.log) },
    'in the checkpoint after the commit': { main: torn(before.main, after.main), log: after.log },
  };
}

/** A writer whose log is checkpointed often, so that a few batches meet every case. */
function openWriter(context: TestContext, path: string, checkpointPages: number) {
  const connection = new Connection(path);
  migrate(connection);
  connection.db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  const writer = new SqliteWriter(connection, { producer: SOC_DEFENDERS, clock: () => START, lead: 0 });
  context.after(() => writer.close());
  return { writer, run: writer.beginRun(SOURCE, 'power cut', START) };
}

function placeIn(directory: string, name: string, { main, log }: Files): string {
  const path = join(directory, `${name}.sqlite`);
  writeFileSync(path, main);
  writeFileSync(`${path}-wal`, log);
  return path;
}

test('a power cut between two acknowledgements loses no acknowledged batch and leaves none half there', (context) => {
  const directory = temporaryDirectory(context);
  const path = join(directory, 'live.sqlite');
  const { writer, run } = openWriter(context, path, 60);
  const met = new Map<string, number>();
  let before = filesOf(path);
  for (let batch = 0; batch < BATCHES; batch += 1) {
    writer.ingest(run, packed(numberedBatch(batch, SIZE)), START);
    const after = filesOf(path);
    for (let cut = 0; cut < CUTS; cut += 1) {
      for (const [where, files] of Object.entries(cutsBetween(before, after))) {
        const copy = placeIn(directory, 'cut', files);
        const last = assertWholeBatches(copy, batch - 1, SIZE);
        assert.ok(last === batch - 1 || last === batch, `${where}: ends with batch ${last} of ${batch}`);
        met.set(where, (met.get(where) ?? 0) + 1);
        rmSync(`${copy}-shm`, { force: true });
      }
    }
    before = after;
  }
  context.diagnostic([...met].map(([where, count]) => `${count} ${where}`).join(', '));
  assert.equal(met.size, 5, 'every kind of cut is met');
});

test('a store that lost power serves and takes batches again', (context) => {
  const directory = temporaryDirectory(context);
  const path = join(directory, 'live.sqlite');
  const { writer, run } = openWriter(context, path, 1_000);
  writer.ingest(run, packed(numberedBatch(0, SIZE)), START);
  const before = filesOf(path);
  writer.ingest(run, packed(numberedBatch(1, SIZE)), START);
  const after = filesOf(path);
  const copy = placeIn(directory, 'again', { main: before.main, log: cutOff(before.log, after.log) });
  const again = openWriter(context, copy, 1_000);
  for (let batch = 1; batch < 4; batch += 1) {
    assert.equal(again.writer.ingest(again.run, packed(numberedBatch(batch, SIZE)), START).added, SIZE);
  }
  assert.equal(assertWholeBatches(copy, 3, SIZE), 3);
});

test('the simulation tells a store that does not wait for the disk from one that does', (context) => {
  const directory = temporaryDirectory(context);
  const path = join(directory, 'live.sqlite');
  const { writer, run } = openWriter(context, path, 1_000);
  const before = filesOf(path);
  writer.ingest(run, packed(numberedBatch(0, SIZE)), START);
  // Had the batch been acknowledged before its log was synced, this would be a legal state of the disk.
  const copy = placeIn(directory, 'lost', before);
  assert.throws(() => assertWholeBatches(copy, 0, SIZE), /batch 0 was acknowledged/);
});

test('what is acknowledged has been synced: no write to the log is left over, by the system calls themselves', async (context) => {
  if (spawnSync('strace', ['-V']).error !== undefined) return context.skip('strace is not installed');
  const directory = temporaryDirectory(context);
  const record = join(directory, 'calls.txt');
  const child = fileURLToPath(new URL('crash-child.ts', import.meta.url));
  const calls = 'trace=pwrite64,pwritev,write,fsync,fdatasync';
  const traced = spawn(
    'strace',
    [
      '-f',
      '-y',
      '-s',
      '64',
      '-e',
      calls,
      '-o',
      record,
      process.execPath,
      child,
      directory,
      '0',
      String(SIZE),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let refused = '';
  traced.stderr.setEncoding('utf8').on('data', (text: string) => (refused += text));
  let output = '';
  traced.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > 12) process.kill(-traced.pid!, 'SIGKILL');
  });
  await once(traced, 'close');
  if (output === '') return context.skip(`strace may not trace here: ${refused.split('\n')[0]}`);
  const acknowledged = acknowledgements(readFileSync(record, 'utf8'));
  context.diagnostic(`${acknowledged.length} acknowledgements`);
  assert.ok(acknowledged.length >= 10);
  for (const { batch, writes, unsynced } of acknowledged) {
    assert.ok(writes > 0, `batch ${batch} was written before it was acknowledged`);
    assert.equal(unsynced, 0, `batch ${batch} was acknowledged with ${unsynced} writes not yet synced`);
  }
});

interface Acknowledgement {
  readonly batch: number;
  /** Writes to the log since the acknowledgement before, and those of them that no sync has covered. */
  readonly writes: number;
  readonly unsynced: number;
}

/** Reads what strace has recorded; a sync counts from its return, a write from its beginning. */
function acknowledgements(record: string): Acknowledgement[] {
  const found: Acknowledgement[] = [];
  const syncing = new Set<string>();
  let writes = 0;
  let unsynced = 0;
  for (const line of record.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const ofLog = rest.includes('indicators.sqlite-wal>');
    if (/^pwritev?(?:64)?\(/.test(rest) && ofLog) {
      writes += 1;
      unsynced += 1;
    } else if (/^f(?:data)?sync\(/.test(rest) && ofLog) {
      if (rest.includes('<unfinished')) syncing.add(thread);
      else unsynced = 0;
    } else if (/^<\.\.\. f(?:data)?sync resumed/.test(rest) && syncing.delete(thread)) unsynced = 0;
    const batch = /^write\(1<[^>]*>, "(\d+)\\n"/.exec(rest)?.[1];
    if (batch !== undefined) {
      found.push({ batch: Number(batch), writes, unsynced });
      writes = 0;
    }
  }
  return found;
}
