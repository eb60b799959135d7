import { hash } from 'node:crypto';

const VERSION = 1;
const PLACE = 13;
const LENGTH = 19;
const FORM = /^[A-Za-z0-9_-]{26}$/;

/** Where a page of a collection ended. */
export interface TaxiiPlace {
  /** The stamp of the page's last version. */
  readonly stamp: number;
  /**
   * Set in a first download: the newest stamp when it began. Up to it, what has been retracted is left out; past it, a
   * consumer must hear of retractions, of what earlier pages gave it too.
   */
  readonly begun?: number;
}

/**
 * Writes the value of `next` (TAXII 2.1 §3.5) as opaque text. It needs no memory of ours and never expires; a digest
 * binds it to its collection and filters, which `scope` names, so that it is not used with others. The rest of a
 * request may change: consumers leave out `added_after` when they page.
 */
export function writeNext({ stamp, begun }: TaxiiPlace, scope: string): string {
  const bytes = Buffer.alloc(LENGTH);
  bytes[0] = (VERSION << 1) | (begun === undefined ? 0 : 1);
  bytes.writeUIntBE(stamp, 1, 6);
  bytes.writeUIntBE(begun ?? 0, 7, 6);
  digest(bytes.subarray(0, PLACE), scope).copy(bytes, PLACE);
  return bytes.toString('base64url');
}

/** Reads a value of `next`. `foreign` means that it is damaged, or of another collection or filter. */
export function readNext(text: string, scope: string): TaxiiPlace | 'foreign' {
  const bytes = FORM.test(text) ? Buffer.from(text, 'base64url') : undefined;
  if (bytes === undefined || bytes.toString('base64url') !== text || bytes[0]! >> 1 !== VERSION)
    return 'foreign';
  if (!digest(bytes.subarray(0, PLACE), scope).equals(bytes.subarray(PLACE))) return 'foreign';
  const stamp = bytes.readUIntBE(1, 6);
  return (bytes[0]! & 1) === 0 ? { stamp } : { stamp, begun: bytes.readUIntBE(7, 6) };
}

function digest(place: Buffer, scope: string): Buffer {
  return hash('sha256', Buffer.concat([place, Buffer.from(scope)]), 'buffer').subarray(0, LENGTH - PLACE);
}
