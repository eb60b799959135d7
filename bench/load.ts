/**
 * A client that asks as fast as it is answered, in a process of its own. Reads its task as JSON from
 * standard input, writes what it measured as JSON. It looks at no more of an answer than it must, so that the
 * measure is the server's.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

export interface LoadTask {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests as they go over the wire; each connection begins elsewhere and goes round. */
  readonly requests: readonly string[];
  /** Waits so long after each answer, in milliseconds. */
  readonly pause?: number;
  readonly expect: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly failures: number;
  readonly firstFailure?: string;
}

const HEADER_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

class Connection {
  readonly latencies: number[] = [];
  bytes = 0;
  failures = 0;
  firstFailure: string | undefined;
  readonly #task: LoadTask;
  readonly #socket: Socket;
  #next: number;
  #sentAt = 0;
  /** Bytes still to come; -1 while the head is awaited, -2 for a chunked body. */
  #left = -1;
  #tail = Buffer.alloc(0);

  constructor(task: LoadTask, index: number) {
    this.#task = task;
    this.#next = Math.floor((index * task.requests.length) / task.connections);
    const buffer = Buffer.allocUnsafeSlow(512 * 1024);
    this.#socket = connect({
      port: task.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (size) => {
          this.#take(buffer.subarray(0, size));
          return true;
        },
      },
    });
    this.#socket.on('error', () => undefined);
    this.#socket.once('connect', () => this.#send());
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(): void {
    const { requests } = this.#task;
    this.#sentAt = performance.now();
    this.#socket.write(requests[this.#next]!);
    this.#next = (this.#next + 1) % requests.length;
  }

  #take(data: Buffer): void {
    this.bytes += data.length;
    if (this.#left === -1) this.#head(this.#tail.length > 0 ? Buffer.concat([this.#tail, data]) : data);
    else this.#body(data);
  }

  #head(data: Buffer): void {
    const end = data.indexOf(HEADER_END);
    if (end < 0) {
      this.#tail = Buffer.from(data);
      return;
    }
    this.#tail = Buffer.alloc(0);
    const head = data.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    if (status !== this.#task.expect) {
      this.failures += 1;
      this.firstFailure ??= data.toString('latin1', 0, 600);
    }
    const length = /content-length: (\d+)/i.exec(head);
    if (length !== null) this.#left = Number(length[1]);
    else this.#left = status === 304 ? 0 : -2;
    this.#body(data.subarray(end + 4));
  }

  #body(data: Buffer): void {
    if (this.#left === -2) {
      const seen = Buffer.concat([this.#tail, data.subarray(-5)]).subarray(-5);
      this.#tail = Buffer.from(seen);
      if (seen.equals(LAST_CHUNK)) this.#done();
      return;
    }
    this.#left -= data.length;
    if (this.#left <= 0) this.#done();
  }

  #done(): void {
    this.latencies.push(performance.now() - this.#sentAt);
    this.#left = -1;
    this.#tail = Buffer.alloc(0);
    if (this.#task.pause === undefined) this.#send();
    else setTimeout(() => this.#send(), this.#task.pause);
  }
}

const task = JSON.parse(readFileSync(0, 'utf8')) as LoadTask;
const began = performance.now();
const connections = Array.from({ length: task.connections }, (_, index) => new Connection(task, index));
setTimeout(() => {
  const seconds = (performance.now() - began) / 1000;
  const latencies = connections.flatMap((connection) => connection.latencies).sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
  const failed = connections.find((connection) => connection.firstFailure !== undefined);
  const result: LoadResult = {
    perSecond: latencies.length / seconds,
    bytes: connections.reduce((sum, connection) => sum + connection.bytes, 0),
    p50: at(0.5),
    p99: at(0.99),
    max: latencies.at(-1) ?? NaN,
    failures: connections.reduce((sum, connection) => sum + connection.failures, 0),
    ...(failed !== undefined && { firstFailure: failed.firstFailure! }),
  };
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}, task.seconds * 1000);
