import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';

/** Sends bytes to a local port and returns all that comes back until the server hangs up or `until` matches. */
export function exchange(port: number, bytes: string, until?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const finish = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (until?.test(text)) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
  });
}

/** Opens a connection, sends bytes and reads nothing. */
export function paused(port: number, bytes: string): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  socket.on('error', () => undefined);
  socket.pause();
  return socket;
}

/** The status line's code and the error's code of a raw answer, after checking its shape. */
export function rawError(text: string): [number, string] {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const { error } = JSON.parse(body) as { error: { code: string; message: string; request_id: string } };
  assert.match(head, /content-type: application\/json/i);
  assert.match(head, new RegExp(`x-request-id: ${error.request_id}`, 'i'));
  return [Number(head.slice(9, 12)), error.code];
}
