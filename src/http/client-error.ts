import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import { ApiError, type ApiErrorCode, errorBody } from '../errors.ts';

const CODES: Readonly<Record<string, ApiErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
};

/** The size from which on a request line and headers are refused, in bytes. */
export const MOST_HEAD = 16_384;

/** Answers what is not HTTP, or comes too slowly or too large, in the shape of all errors, and hangs up. */
export function answerClientError(
  error: Error & { code?: string; rawPacket?: unknown },
  socket: Socket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  // An answer that has begun cannot be followed by another.
  if (answerHasBegun(socket)) {
    socket.destroy();
    return;
  }
  const answer = new ApiError(clientErrorCode(error));
  const id = `req_${randomUUID()}`;
  const body = errorBody(answer, id);
  socket.end(
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ${id}\r\n\r\n${body}`,
  );
}

/** The code that such a client is told. What is too long counts as a URL where what came last begins with a request line without an end. */
export function clientErrorCode({
  code = '',
  rawPacket,
}: {
  readonly code?: string | undefined;
  readonly rawPacket?: unknown;
}): ApiErrorCode {
  const head = Buffer.from(rawPacket instanceof Uint8Array ? rawPacket.subarray(0, MOST_HEAD) : []);
  const isLine = /^[A-Z]{3,10} \//.test(head.toString('latin1', 0, 20)) && !head.includes(NEWLINE);
  if (code === 'HPE_HEADER_OVERFLOW' && isLine) return 'uri_too_long';
  return CODES[code] ?? 'bad_request';
}

const NEWLINE = 10;

function answerHasBegun(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: { headersSent?: boolean } | null };
  return answer?.headersSent === true;
}
