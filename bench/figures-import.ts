import { createReadStream, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { takeIn } from '../src/feeds/take-in.ts';
import { SOC_DEFENDERS } from '../src/model/producer.ts';
import { openInput } from '../src/parse/formats.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { writeUrlhausCsv } from './data.ts';
import { anonymousMemory } from './processes.ts';
import { type Figure, median, round } from './report.ts';

const BATCH = 2_000;
const ROUNDS = 3;

/** How fast a URLhaus CSV goes from the file to published, against a bare loop that inserts as many rows. */
export async function importFigures(
  work: string,
  quick: boolean,
  tell: (text: string) => void,
): Promise<Figure[]> {
  const count = quick ? 30_000 : 100_000;
  const csv = join(work, `urlhaus-${count}.csv`);
  tell(`importing ${count.toLocaleString('en')} URLs, against a bare insert loop`);
  await writeUrlhausCsv(csv, count);
  const ratios: number[] = [];
  const ours: number[] = [];
  const bare: number[] = [];
  let sample = '';
  let growth = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const imported = await importOnce(work, csv, count);
    sample = imported.sample;
    growth = imported.growth;
    const loop = bareLoop(work, count, sample);
    ours.push(imported.perSecond);
    bare.push(loop);
    ratios.push(imported.perSecond / loop);
  }
  return [
    {
      name: 'import of URLhaus CSV, file to published, against a bare insert loop',
      measured: `${round(median(ours))} IOCs/s against ${round(median(bare))} rows/s`,
      value: median(ratios),
      bar: { atLeast: 0.35 },
    },
    {
      name: 'memory held at the end of the import against its first quarter, MB more',
      measured: `${count.toLocaleString('en')} IOCs streamed`,
      value: growth,
      bar: { atMost: 30 },
    },
  ];
}

export async function importOnce(
  work: string,
  csv: string,
  count: number,
): Promise<{ perSecond: number; sample: string; growth: number }> {
  const directory = join(work, 'import');
  rmSync(directory, { recursive: true, force: true });
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: Date.now,
    writer: 'thread',
  });
  const began = performance.now();
  const { items, format } = await openInput(createReadStream(csv, { highWaterMark: 256 * 1024 }), {
    now: Date.now(),
  });
  const run = await store.beginRun({ ...format.source!, tlp: 'clear' }, csv, Date.now());
  let early = 0;
  const report = await takeIn(store, run, items, {
    clock: Date.now,
    onProgress: ({ read }) => {
      if (read >= count / 4 && early === 0) early = anonymousMemory(process.pid) ?? 0;
    },
  });
  await store.endRun(run, Date.now());
  const perSecond = (count / (performance.now() - began)) * 1000;
  if (report.added !== count) throw new Error(`${report.added} of ${count} were imported`);
  const growth = (anonymousMemory(process.pid) ?? 0) - early;
  const record = await store.findIoc({ type: 'url', value: 'http://192.0.2.7:1031/files/7/bin.sh' });
  await store.close();
  return { perSecond, sample: record!.stix, growth };
}

/** One row for each IOC with its id, its value and its text, in transactions of the same size. */
function bareLoop(work: string, count: number, stix: string): number {
  const path = join(work, 'bare.sqlite');
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE indicator (id TEXT PRIMARY KEY, value TEXT, modified INTEGER, stix TEXT) STRICT');
  const insert = db.prepare('INSERT INTO indicator VALUES (?, ?, ?, ?)');
  const began = performance.now();
  for (let index = 0; index < count;) {
    db.exec('BEGIN IMMEDIATE');
    for (const end = index + BATCH; index < end && index < count; index += 1) {
      insert.run(`indicator--${randomUUID()}`, `http://192.0.2.7/files/${index}/bin.sh`, index, stix);
    }
    db.exec('COMMIT');
  }
  const perSecond = (count / (performance.now() - began)) * 1000;
  db.close();
  return perSecond;
}
