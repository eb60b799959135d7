import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Producer } from '../../model/producer.ts';
import type { Clock } from '../../model/time.ts';
import { StixIds } from '../../render/stix/id.ts';
import { StoreError } from '../store.ts';
import { Connection } from './connection.ts';
import { SqliteLedger } from './ledger.ts';
import { fillerThread, inThreadFiller } from './lists/filler-calls.ts';
import { migrate } from './migrate.ts';
import { SqliteStore } from './store.ts';
import { siblingScript, ThreadClient } from './thread-calls.ts';
import { inThreadWriter, threadWriter } from './writer-calls.ts';
import { UsageFile } from './usage.ts';
import { SqliteWriter, usageBeside } from './writer.ts';

/** How far ahead of the present a version is stamped while consumers read: commits take a fraction of it. */
const LEAD = 500;

export interface SqliteOptions {
  /** Where the files are; made when it is not there. */
  readonly directory: string;
  readonly producer: Producer;
  readonly clock: Clock;
  /**
   * Where writing happens: in a thread of its own beside a server, which then goes by the system's clock,
   * or, with the given clock, in the caller's.
   */
  readonly writer: 'thread' | 'in-thread';
  /** Whether long exports are read, and lists filled, in threads of their own, as beside a server. */
  readonly readerThread?: boolean;
}

/** The database of indicators, which makes a directory a store. */
const INDICATORS = 'indicators.sqlite';

/** Whether there is a store in a directory already. */
export function hasSqliteStore(directory: string): boolean {
  return existsSync(join(directory, INDICATORS));
}

const READER_THREAD = siblingScript(import.meta.url, 'reader-thread');

/**
 * Opens the store in a directory, brings its schema up to date and claims it for the producer. Throws
 * `StoreError` when it cannot be opened, belongs to another producer, or was written by a newer program.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const { directory, producer, clock } = options;
  const path = join(directory, INDICATORS);
  const paths = { indicators: path, lists: join(directory, 'lists.sqlite') };
  makeDirectory(directory);
  const connection = new Connection(path);
  migrate(connection);
  const writer =
    options.writer === 'thread'
      ? threadWriter({ path, producer, lead: LEAD })
      : inThreadWriter(new SqliteWriter(new Connection(path), { producer, clock, lead: 0 }));
  try {
    // The first call opens the writer's connection: what keeps it from writing is known now.
    await writer.sweep(clock());
    const reading = new Connection(path, { readOnly: true });
    const ledger = new SqliteLedger(join(directory, 'requests.sqlite'));
    const thread = options.readerThread === true ? new ThreadClient(READER_THREAD, paths) : undefined;
    return new SqliteStore({
      directory,
      lists: paths.lists,
      filler: thread === undefined ? inThreadFiller(paths, clock) : fillerThread(paths),
      connection: reading,
      thread,
      writer,
      ledger,
      usage: new UsageFile(usageBeside(path), { readOnly: true }),
      ids: new StixIds(producer),
    });
  } catch (error) {
    await writer.close();
    throw error;
  } finally {
    connection.close();
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'EEXIST'
        ? `${directory} is a file: name a directory`
        : `the data directory ${directory} cannot be made: check its parent's permissions`;
    throw new StoreError('unavailable', reason, { cause });
  }
}
