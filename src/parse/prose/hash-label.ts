/** Digests of something other than a file, and numbers that only look like digests. */
const NAMES = String.raw`imp-?hash|ja3s?n?|ja4\w{0,2}|jarm|hassh|tlsh|ssdeep|authenti-?hash|vhash|pe-?hash|rich(?: ?(?:pe)? ?header)?(?: ?hash)?|[dp]hash|telfhash|symhash|gimphash|(?:fav)?icon(?: ?(?:d?hash|mmh3|md5))?|serial(?: ?(?:number|no\.?))?|commit(?: ?(?:id|hash))?|revision|build-?id|(?:api|access|secret|private|public|encryption|decryption|session|aes|rc4|xor|license|shared)[ _-]?key|token|secret|password|passwd|pwd|mutex|guid|uuid|clsid|session[ _-]?id|client[ _-]?id|machine[ _-]?id|bot[ _-]?id|campaign[ _-]?id|botnet(?: id)?|nonce|iv|salt|cookie|etag|pehash|section hash`;
const BEFORE = new RegExp(String.raw`\b(?:${NAMES})[\w "')\]]{0,14}(?:\(\))?[\s:="'(\x60>|*_+,-]{0,8}$`, 'i');
const COLUMN = new RegExp(String.raw`^(?:${NAMES})(?: \(?\w{2,8}\)?)?$`, 'i');
const REGISTRY = /(?:\bHK(?:LM|CU|CR|U|EY_\w{4,20})|\\(?:Software|System|CurrentVersion)\b)[^\n]{0,80}\\$/i;

/** Whether the text before a number says that it is no digest of a file. */
export function isOtherDigest(before: string, column: string | undefined): boolean {
  return (column !== undefined && COLUMN.test(column)) || BEFORE.test(before) || REGISTRY.test(before);
}
