/** Whether an If-None-Match header names `etag`, or anything (RFC 9110 §13.1.2, weak comparison). */
export function noneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag) return true;
  if (header.trim() === '*') return true;
  return header.split(',').some((member) => member.trim().replace(/^W\//, '') === etag);
}
