import { isUtf8 } from 'node:buffer';
import { decodeText } from '../decode.ts';

/** Where a page may say its encoding (HTML §4.2.5.4). */
const META_REACH = 1_024;
const META = /<meta[^>]{1,200}charset\s{0,3}=\s{0,3}["']?\s{0,3}([\w:.-]{2,40})/i;
const PROLOG = /^\s{0,9}<\?xml[^>]{1,200}encoding\s{0,3}=\s{0,3}["']([\w:.-]{2,40})/i;

/**
 * Bytes without a byte-order mark as text: valid UTF-8 is UTF-8 whatever is claimed; else in the encoding that the
 * server says in `contentType`, or the document in its `meta` element or XML declaration; else windows-1252.
 */
export function decodeDocument(bytes: Buffer, contentType = ''): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const head = bytes.subarray(0, META_REACH).toString('latin1');
  const claims = [/charset\s*=\s*"?([\w:.-]{2,40})/i.exec(contentType), META.exec(head), PROLOG.exec(head)];
  for (const claim of claims) {
    const decoder = claim?.[1] === undefined ? undefined : decoderOf(claim[1]);
    if (decoder !== undefined && decoder.encoding !== 'utf-8') return decoder.decode(bytes);
  }
  return decodeText(bytes);
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
