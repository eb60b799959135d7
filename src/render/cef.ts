import { isIP } from 'node:net';
import type { IocItem } from '../model/ioc-item.ts';
import type { IocType } from '../model/ioc.ts';
import type { ExportFormat, ItemWriter } from './format.ts';
import { asOneLine, hasControls, shortened, TYPE_NOUNS } from './words.ts';

const TYPES: readonly IocType[] = [
  'ipv4',
  'ipv6',
  'domain',
  'url',
  'md5',
  'sha1',
  'sha256',
  'email',
  'cve',
  'mitre-attack',
];

/** The longest custom string of the CEF dictionary; what is longer is cut by receivers. */
const LONGEST_VALUE = 4_000;
/** The longest `request`, `msg` and `dhost` of the CEF dictionary. */
const LONGEST_TEXT = 1_023;

/**
 * ArcSight Common Event Format, version 0: one line an IOC
 * (https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/cef-implementation-standard/).
 * The value is always `cs1`, and in the field of its type as well where it fits. A value longer than a custom string is
 * left out: a URL that a receiver cut short would name another page.
 */
export const cef: ExportFormat = {
  name: 'cef',
  label: 'ArcSight Common Event Format',
  mediaType: 'text/plain; charset=utf-8',
  fileExtension: 'cef',
  tier: 'pro',
  types: TYPES,
  tellsRevoked: false,
  open: (): ItemWriter => ({ begin: () => '', item: cefLine, end: () => '' }),
};

function cefLine(item: IocItem): string | undefined {
  const { type, value } = item;
  if (value.length > LONGEST_VALUE || !canEscape(value)) return undefined;
  const header = [
    'CEF:0',
    'SOC Defenders',
    'SOC Defenders',
    '1',
    `ioc-${type}`,
    `Malicious ${TYPE_NOUNS[type]}`,
    String(Math.round(item.confidence / 10)),
  ];
  const extension = extensionOf(item).map(([key, text]) => `${key}=${escapeExtension(text)}`);
  return `${header.map((field, at) => (at === 0 ? field : escapeHeader(field))).join('|')}|${extension.join(' ')}\n`;
}

/** Line breaks have an escape in extensions; other control characters have none, and spaces at an end are lost. */
function canEscape(value: string): boolean {
  return value === value.trim() && (!hasControls(value) || !hasControls(value.replaceAll(/[\r\n]/g, '')));
}

/** In a header a pipe and a backslash are escaped, and no line break may stand. */
function escapeHeader(text: string): string {
  return asOneLine(text).replaceAll(/[\\|]/g, String.raw`\$&`);
}

/** In an extension a backslash and an equals sign are escaped, and line breaks are `\n` and `\r`. */
function escapeExtension(text: string): string {
  if (!/[\\=\r\n]/.test(text)) return text;
  return text
    .replaceAll(/[\\=]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
}

function extensionOf(item: IocItem): [string, string][] {
  const words = (list: readonly string[]): string => shortened(asOneLine(list.join(', ')), LONGEST_TEXT);
  const fields: [string, string][] = [
    ['cs1Label', 'indicator'],
    ['cs1', item.value],
    ...typedField(item.type, item.value),
    ['externalId', item.id.replace(/^indicator--/, '')],
    ['start', String(item.firstSeen)],
    ['end', String(item.lastSeen)],
    ['cn1Label', 'confidence'],
    ['cn1', String(item.confidence)],
    ...labelled('cs2', 'malware family', words(item.families)),
    ...labelled('cs3', 'tags', words(item.tags)),
    ...labelled('cs4', 'sources', words(item.sources.map((source) => source.name))),
    ...labelled('cs5', 'ATT&CK techniques', words(item.techniques)),
    ...labelled('cs6', 'TLP', item.tlp),
    ['msg', shortened(asOneLine(item.description), LONGEST_TEXT)],
  ];
  return fields.filter(([, text]) => text !== '');
}

function labelled(key: string, label: string, text: string): [string, string][] {
  return text === ''
    ? []
    : [
        [`${key}Label`, label],
        [key, text],
      ];
}

/** The value in the field that consumers correlate on. `dst` and `c6a3` take addresses and no networks. */
function typedField(type: IocType, value: string): [string, string][] {
  if (value.length > LONGEST_TEXT) return [];
  switch (type) {
    case 'ipv4':
      return isIP(value) === 4 ? [['dst', value]] : [];
    case 'ipv6':
      return isIP(value) === 6 ? labelled('c6a3', 'Destination IPv6 Address', value) : [];
    case 'domain':
      return [['dhost', value]];
    case 'url':
      return [['request', value]];
    case 'email':
      return [['suser', value]];
    case 'md5':
    case 'sha1':
    case 'sha256':
      return [['fileHash', value]];
    default:
      return [];
  }
}
