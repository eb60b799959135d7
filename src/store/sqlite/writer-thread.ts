/** The thread that writes. */
import { workerData } from 'node:worker_threads';

import { Connection } from './connection.ts';
import { answerCalls } from './thread-calls.ts';
import type { WriterThreadData } from './writer-calls.ts';
import { SqliteWriter } from './writer.ts';

const { path, producer, lead } = workerData as WriterThreadData;

answerCalls(() => new SqliteWriter(new Connection(path), { producer, lead, clock: Date.now }));
