import type { Producer } from '../../model/producer.ts';
import type { SqliteWriter } from './writer.ts';

/** The writer's methods, as they cross to its thread and back. */
export type WriterMethod = Exclude<keyof SqliteWriter, 'close'>;

/** A writer wherever it runs: every method of `SqliteWriter`, answered in time. */
export type AsyncWriter = {
  readonly [M in WriterMethod]: (
    ...args: Parameters<SqliteWriter[M]>
  ) => Promise<ReturnType<SqliteWriter[M]>>;
} & { close(): Promise<void> };

/** What a writer's thread is started with. */
export interface WriterThreadData {
  readonly path: string;
  readonly producer: Producer;
  readonly lead: number;
}

export interface WriterRequest {
  readonly id: number;
  readonly method: WriterMethod | 'close';
  readonly args: readonly unknown[];
}

export interface WriterResponse {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string };
}
