import type { IocType } from '../model/ioc.ts';
import { hashTypeOf } from './hash.ts';

const ADDRESS_V4 = /^\d[\d.]*\.[\d.]*(?::\d+|\/\d+)?$/;
const ADDRESS_V6 = /^\[?[0-9a-f:.]+(?:%[\w.-]+)?\]?(?::\d+)?(?:\/\d+)?$/i;
const LONGEST_ADDRESS = 80;

/**
 * The type that a trimmed and refanged value looks like, whether or not it is a valid one of it; undefined
 * when it looks like none.
 */
export function shapeOf(text: string): IocType | undefined {
  if (/^[a-z][a-z0-9+.-]{0,31}:[/\\]{2}/i.test(text)) return 'url';
  const hash = hashTypeOf(text);
  if (hash !== undefined) return hash;
  if (/^cve[-\u2010-\u2013\u2212]/i.test(text)) return 'cve';
  if (/^(?:t\d{4}(?:\.\d{3})?|ta\d{4})$/i.test(text)) return 'mitre-attack';
  return addressShape(text) ?? nameShape(text);
}

function addressShape(text: string): IocType | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  if (ADDRESS_V4.test(text)) return 'ipv4';
  return text.indexOf(':') !== text.lastIndexOf(':') && ADDRESS_V6.test(text) ? 'ipv6' : undefined;
}

function nameShape(text: string): IocType | undefined {
  const slash = text.search(/[/\\?#]/);
  const host = slash < 0 ? text : text.slice(0, slash);
  if (host.includes('@')) return 'email';
  if (!/[.\u3002\uff0e\uff61]/.test(host)) return undefined;
  if (slash > 0) return 'url';
  return /\s/.test(host) ? undefined : 'domain';
}
