import type { IocType } from '../model/ioc.ts';

/** How exports name a type of IOC in sentences. */
export const TYPE_NOUNS: Readonly<Record<IocType, string>> = {
  ipv4: 'IPv4 address',
  ipv6: 'IPv6 address',
  domain: 'domain',
  url: 'URL',
  md5: 'file (MD5)',
  sha1: 'file (SHA-1)',
  sha256: 'file (SHA-256)',
  cve: 'vulnerability',
  'mitre-attack': 'ATT&CK technique',
  email: 'e-mail address',
};

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/;

/** Whether a text holds a control character (C0, DEL, C1) or a line or paragraph separator. */
export function hasControls(text: string): boolean {
  return CONTROLS.test(text);
}

/** A text as one line: each run of control characters and separators becomes a space. */
export function asOneLine(text: string): string {
  return (hasControls(text) ? text.replaceAll(new RegExp(CONTROLS, 'g'), ' ') : text).trim();
}

/** At most `length` UTF-16 units of a text, never half of a character. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = text.slice(0, length);
  return end.isWellFormed() ? end : end.slice(0, -1);
}
