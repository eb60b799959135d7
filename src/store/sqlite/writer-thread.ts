/** The thread that writes: it takes one call after the other, so that the thread that serves never waits for the disk. */
import { parentPort, workerData } from 'node:worker_threads';

import { Connection } from './connection.ts';
import type { WriterRequest, WriterResponse, WriterThreadData } from './writer-calls.ts';
import { SqliteWriter } from './writer.ts';

const { path, producer, lead } = workerData as WriterThreadData;
const port = parentPort!;
let writer: SqliteWriter | undefined;

port.on('message', (request: WriterRequest) => {
  port.postMessage(answer(request));
  if (request.method === 'close') port.close();
});

function answer({ id, method, args }: WriterRequest): WriterResponse {
  try {
    // Opened on the first call, so that whoever made it is told when the store cannot be.
    writer ??= new SqliteWriter(new Connection(path), { producer, lead, clock: Date.now });
    const call = writer[method] as (...parameters: readonly unknown[]) => unknown;
    return { id, result: call.apply(writer, [...args]) };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    return { id, error: { name, message, ...(code !== undefined && { code }) } };
  }
}
