import type { StoreCheck } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqliteLedger } from './ledger.ts';
import { newestSchemaVersion, schemaVersion } from './migrate.ts';
import type { ThreadClient } from './thread-calls.ts';
import type { AsyncWriter } from './writer-calls.ts';

interface Probed {
  readonly connection: Connection;
  readonly thread: ThreadClient | undefined;
  readonly writer: AsyncWriter;
  readonly ledger: SqliteLedger;
}

/** Whether each part of a store answers: two small reads, and a look at its threads. Does not throw. */
export function probe({ connection, thread, writer, ledger }: Probed): StoreCheck[] {
  return [
    check('store', () => {
      const version = schemaVersion(connection);
      return version === newestSchemaVersion() ? undefined : `its schema is ${version}`;
    }),
    check('request counts', () => ledger.read()),
    check('writer', () => writer.problem()),
    ...(thread === undefined ? [] : [check('reader', () => thread.problem())]),
  ];
}

function check(name: string, find: () => string | undefined | void): StoreCheck {
  try {
    const problem = find();
    return problem === undefined ? { name } : { name, problem };
  } catch (error) {
    return { name, problem: (error as Error).message };
  }
}
