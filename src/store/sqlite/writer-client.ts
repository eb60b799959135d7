import { Worker } from 'node:worker_threads';

import { StoreError } from '../store.ts';
import type {
  AsyncWriter,
  WriterMethod,
  WriterRequest,
  WriterResponse,
  WriterThreadData,
} from './writer-calls.ts';
import type { SqliteWriter } from './writer.ts';

const METHODS: readonly WriterMethod[] = [
  'markPolled',
  'beginRun',
  'endRun',
  'quarantine',
  'ingest',
  'retract',
  'sweep',
  'createKey',
  'revokeKey',
];

/** A writer in this thread, for commands and tests that have nothing else to do while it writes. */
export function inThreadWriter(writer: SqliteWriter): AsyncWriter {
  return asyncWriter(
    (method, args) => {
      const call = writer[method] as (...parameters: readonly unknown[]) => unknown;
      return Promise.try(() => call.apply(writer, [...args]));
    },
    () => Promise.try(() => writer.close()),
  );
}

/** A writer in a thread of its own. Calls are carried out in the order in which they are made. */
export function threadWriter(data: WriterThreadData): AsyncWriter {
  const worker = new Worker(new URL('writer-thread.ts', import.meta.url), { workerData: data });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let failure: StoreError | undefined;
  let lastId = 0;

  worker.unref();
  worker.on('message', ({ id, result, error }: WriterResponse) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (error === undefined) call?.resolve(result);
    else call?.reject(revive(error));
  });
  worker.on('error', (cause) => fail(new StoreError('unavailable', 'the writer has failed', { cause })));
  worker.on('exit', () => fail(new StoreError('unavailable', 'the writer has stopped')));

  function fail(error: StoreError): void {
    failure ??= error;
    for (const call of waiting.values()) call.reject(error);
    waiting.clear();
  }

  function send(method: WriterRequest['method'], args: readonly unknown[]): Promise<unknown> {
    if (failure !== undefined) return Promise.reject(failure);
    const call = Promise.withResolvers<unknown>();
    lastId += 1;
    waiting.set(lastId, call);
    worker.ref();
    worker.postMessage({ id: lastId, method, args } satisfies WriterRequest);
    return call.promise;
  }

  return asyncWriter(send, async () => {
    if (failure === undefined) await send('close', []).catch(() => undefined);
    await worker.terminate();
  });
}

function asyncWriter(
  call: (method: WriterMethod, args: readonly unknown[]) => Promise<unknown>,
  close: () => Promise<void>,
): AsyncWriter {
  const methods = METHODS.map(
    (method) => [method, (...args: readonly unknown[]) => call(method, args)] as const,
  );
  return { ...Object.fromEntries(methods), close } as AsyncWriter;
}

function revive({ name, message, code }: NonNullable<WriterResponse['error']>): Error {
  if (name === 'StoreError') return new StoreError(code as StoreError['code'], message);
  const error = new Error(message);
  error.name = name;
  return error;
}
