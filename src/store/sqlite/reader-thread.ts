/** The thread that reads long exports, while the thread that serves sends what was read before. */
import { workerData } from 'node:worker_threads';

import type { Slice } from '../store.ts';
import { Connection } from './connection.ts';
import { VersionReader } from './reads.ts';
import { answerCalls } from './thread-calls.ts';

const { path } = workerData as { path: string };

answerCalls(
  () => new VersionReader(new Connection(path, { readOnly: true })),
  (result) => {
    const bytes = (result as Slice | undefined)?.bytes;
    return bytes instanceof Uint8Array && bytes.byteLength > 0 ? [bytes.buffer as ArrayBuffer] : [];
  },
);
