import { hash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether `text` is a UUID of RFC 9562 in lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The 16 bytes of a UUID in text form. */
export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** The text form of a UUID's 16 bytes. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Where a namespace and a name are put together, so that no buffer is made for each. */
const room = Buffer.allocUnsafe(16 + 3 * 1_024);

/** The name-based UUID (version 5, RFC 9562 §5.5) of `name` in `namespace`, the 16 bytes of a UUID. */
export function uuidV5(namespace: Uint8Array, name: string): string {
  const hex = hash('sha1', named(namespace, name), 'hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A character takes at most three bytes of UTF-8. */
function named(namespace: Uint8Array, name: string): Buffer {
  if (name.length > 1_024) return Buffer.concat([namespace, Buffer.from(name)]);
  room.set(namespace);
  return room.subarray(0, 16 + room.write(name, 16));
}
