import type { Producer } from '../../model/producer.ts';
import { siblingScript, ThreadClient } from './thread-calls.ts';
import type { SqliteWriter } from './writer.ts';

type WriterMethod = Exclude<keyof SqliteWriter, 'close'>;

/** A writer wherever it runs: every method of `SqliteWriter`, answered in time. */
export type AsyncWriter = {
  readonly [M in WriterMethod]: (
    ...args: Parameters<SqliteWriter[M]>
  ) => Promise<ReturnType<SqliteWriter[M]>>;
} & {
  /** Why nothing can be written, where the writer is a thread that has ended or is stuck. */
  problem(): string | undefined;
  close(): Promise<void>;
};

/** What a writer's thread is started with. */
export interface WriterThreadData {
  readonly path: string;
  readonly producer: Producer;
  readonly lead: number;
}

const METHODS: readonly WriterMethod[] = [
  'markPolled',
  'beginRun',
  'endRun',
  'quarantine',
  'ingest',
  'retract',
  'withdraw',
  'undo',
  'review',
  'setRunState',
  'adoptRun',
  'closeRun',
  'setHolds',
  'beginGateCheck',
  'endGateCheck',
  'syncFeeds',
  'putFeed',
  'removeFeed',
  'enableFeed',
  'claimFeed',
  'renewFeed',
  'settleFeed',
  'putEntry',
  'removeEntry',
  'sweep',
  'forgetVersions',
  'keepContribution',
  'createKey',
  'revokeKey',
  'changeKey',
  'rotateKey',
  'retireKeys',
  'createAccount',
  'setPassword',
  'removeAccount',
  'beginSession',
  'touchSession',
  'endSession',
  'forgetSessions',
  'recordUsage',
];

/** A writer in this thread, for commands and tests that have nothing else to do while it writes. */
export function inThreadWriter(writer: SqliteWriter): AsyncWriter {
  return asyncWriter(
    async (method, args) => {
      const call = writer[method] as (...parameters: readonly unknown[]) => unknown;
      return call.apply(writer, [...args]);
    },
    { problem: () => undefined, close: async () => writer.close() },
  );
}

/** A writer in a thread of its own, so that the thread that serves never waits for the disk. */
export function threadWriter(data: WriterThreadData): AsyncWriter {
  const thread = new ThreadClient(siblingScript(import.meta.url, 'writer-thread'), data);
  return asyncWriter((method, args) => thread.call(method, args), {
    problem: () => thread.problem(),
    close: () => thread.close(),
  });
}

function asyncWriter(
  call: (method: WriterMethod, args: readonly unknown[]) => Promise<unknown>,
  more: Pick<AsyncWriter, 'problem' | 'close'>,
): AsyncWriter {
  const methods = METHODS.map(
    (method) => [method, (...args: readonly unknown[]) => call(method, args)] as const,
  );
  return { ...Object.fromEntries(methods), ...more } as AsyncWriter;
}
