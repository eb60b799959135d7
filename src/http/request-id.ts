import { randomUUID } from 'node:crypto';

/** A request's id, as log and answer carry it. */
export function newRequestId(): string {
  return `req_${randomUUID()}`;
}
