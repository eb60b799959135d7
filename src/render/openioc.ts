import XMLBuilder from 'fast-xml-builder';
import type { IocItem } from '../model/ioc-item.ts';
import type { IocType } from '../model/ioc.ts';
import { formatTimestamp } from '../model/time.ts';
import { uuidBytes, uuidV5 } from '../model/uuid.ts';
import { isNetwork } from './admission.ts';
import type { ExportFormat, ExportSetting, ItemWriter } from './format.ts';

/** A type's term of Mandiant's list and its content type. */
const TERMS: Partial<Record<IocType, readonly [document: string, search: string, content: string]>> = {
  ipv4: ['PortItem', 'PortItem/remoteIP', 'IP'],
  ipv6: ['PortItem', 'PortItem/remoteIP', 'IP'],
  domain: ['DnsEntryItem', 'DnsEntryItem/Host', 'string'],
  url: ['UrlHistoryItem', 'UrlHistoryItem/URL', 'string'],
  md5: ['FileItem', 'FileItem/Md5sum', 'md5'],
  sha1: ['FileItem', 'FileItem/Sha1sum', 'sha1'],
  sha256: ['FileItem', 'FileItem/Sha256sum', 'sha256'],
  email: ['Email', 'Email/From', 'string'],
};

/**
 * OpenIOC 1.0 (schema http://schemas.mandiant.com/2010/ioc): one document whose items are alternatives, each with condition
 * `is`. It has no term for networks. Characters that XML 1.0 does not have (§2.2) cannot be written in any way, so that
 * values with one are left out.
 */
export const openioc: ExportFormat = {
  name: 'openioc',
  label: 'OpenIOC 1.0',
  mediaType: 'application/xml; charset=utf-8',
  fileExtension: 'ioc',
  tier: 'pro',
  types: Object.keys(TERMS) as IocType[],
  tellsRevoked: false,
  open: (setting) => new OpeniocWriter(setting),
};

const BUILDER = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', processEntities: true });

class OpeniocWriter implements ItemWriter {
  readonly #setting: ExportSetting;
  readonly #namespace: Buffer;

  constructor(setting: ExportSetting) {
    this.#setting = setting;
    this.#namespace = uuidBytes(setting.producer.uuid);
  }

  begin(): string {
    const { producer, name, selection = name, lastModified } = this.#setting;
    const id = uuidV5(this.#namespace, `openioc:${name}`);
    // Of no IOCs there is no newest, and both are optional.
    const time = lastModified === 0 ? undefined : formatTimestamp(lastModified).slice(0, 19);
    const metadata = BUILDER.build({
      short_description: xmlText(`${producer.name} IOCs`),
      description: xmlText(`IOCs that ${producer.name} publishes: ${selection}`),
      authored_by: xmlText(producer.name),
      ...(time !== undefined && { authored_date: time }),
      links: '',
    });
    return (
      '<?xml version="1.0" encoding="utf-8"?>\n' +
      `<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="${id}"${time === undefined ? '' : ` last-modified="${time}"`}>\n${metadata}\n` +
      `<definition><Indicator operator="OR" id="${uuidV5(this.#namespace, `openioc-indicator:${name}`)}">\n`
    );
  }

  item({ type, value }: IocItem): string | undefined {
    const term = TERMS[type];
    if (term === undefined || !standsInXml(value)) return undefined;
    if (type.startsWith('ipv') && isNetwork(value)) return undefined;
    const [document, search, content] = term;
    const item = {
      '@id': uuidV5(this.#namespace, `openioc-item:${this.#setting.name}:${type}:${value}`),
      '@condition': 'is',
      Context: { '@document': document, '@search': search, '@type': 'mir' },
      Content: { '@type': content, '#text': value },
    };
    return `${BUILDER.build({ IndicatorItem: item })}\n`;
  }

  end(): string {
    return '</Indicator></definition>\n</ioc>\n';
  }
}

/** Other line breaks are read as line feeds (XML 1.0 §2.11, XML 1.1 §2.11), and many readers trim. */
function standsInXml(value: string): boolean {
  return xmlText(value) === value && !/[\r\u0085\u2028]/.test(value) && value === value.trim();
}

/** A text without the characters that XML 1.0 does not have (§2.2, Char). */
function xmlText(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
}
