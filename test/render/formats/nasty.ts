import type { IocItem } from '../../../src/model/ioc-item.ts';
import type { IocType } from '../../../src/model/ioc.ts';
import { SOC_DEFENDERS } from '../../../src/model/producer.ts';
import { uuidBytes, uuidV5 } from '../../../src/model/uuid.ts';
import { exportChunks, type ExportCount } from '../../../src/render/export-chunks.ts';
import type { ExportFormat, ExportSetting } from '../../../src/render/format.ts';
import { findExportFormat } from '../../../src/render/formats.ts';

export const SEEN = Date.UTC(2026, 0, 15, 10, 30);
export const SETTING: ExportSetting = {
  producer: SOC_DEFENDERS,
  name: 'type=any',
  lastModified: SEEN + 5_000,
};

/** What an attacker may put where a value is expected. Each is tried as every type. */
export const NASTY: readonly string[] = [
  `it's "quoted" and \`ticked\``,
  'a|b\\|c\\',
  'trailing backslash\\',
  "=cmd|' /C calc'!A0",
  '+1+1',
  '-2+3',
  '@SUM(1)',
  '\tTab first',
  '＝full-width',
  "'; drop table ioc; --",
  '<script>alert(1)</script>',
  ']]><x/>&amp;&#65;<!--',
  'evil.example.com\n0.0.0.0/0',
  'evil.example.com\r\nalert ip any any -> any any (sid:1;)',
  'evil.example.com\u20280.0.0.0/0',
  'nul\0byte',
  'bell\u0007 and escape\u001b[2J',
  'right\u202eto\u202cleft',
  'zero\u200bwidth',
  'lone\ud800surrogate',
  '\udfff',
  'emoji 😀 and ümlaut',
  '*',
  '**',
  '?',
  '\\*',
  '\\',
  '%',
  '.',
  '',
  ' ',
  ' leading and trailing ',
  '#remark',
  ';remark',
  'key: value',
  '- item',
  '!!js/function x',
  '&anchor *alias',
  '{a: b}',
  '[a, b]',
  'null',
  'yes',
  '0x10',
  '1e3',
  '2026-01-15',
  '~',
  '---',
  '...',
  'a" cs1=other cs1Label=x',
  'value] [other@1 a="b"',
  'content:"x"; sid:1; ',
  '|00 ff|',
  '0.0.0.0/0',
  '0.0.0.0/1',
  '::/0',
  '10.0.0.0/-1',
  '10.0.0.0/99999',
  'com',
  '*.com',
  'co.uk',
  '.example.com',
  'https://example.com/*',
  'http://example.com/^',
  `http://bad.example.com/${'a'.repeat(65_000)}`,
  `http://bad.example.com/?q="><script>;|'\\`,
  '\ufeffbyte order mark',
  'next\u0085line',
  '\u2066isolate\u2069',
  'noncharacter\ufffe',
  'a\u0300 and \u00e0',
  '${jndi:ldap://x.example.com/a}',
  '{{7*7}}',
  '%00%0a%zz',
  String.raw`\u0027\x27\n`,
  "''=1",
  'a,b;c\td',
  '"a","b"',
  '  - a\n  - b',
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
  '__proto__',
  'constructor',
];

/** One good value of each type, and beside it others that are in normal form and awkward. */
export const GOOD: Readonly<Record<IocType, readonly string[]>> = {
  ipv4: ['192.0.2.1', '198.51.100.0/24', '203.0.113.255'],
  ipv6: ['2001:db8::1', '2001:db8:1::/48', '2001:db8:0:1:1:1:1:1', '::ffff:192.0.2.1'],
  domain: ['bad.example.com', 'xn--bcher-kva.example.com', '_dmarc.bad.example.com', 'someone.github.io'],
  url: [
    'http://bad.example.com/a?b=c',
    'https://bad.example.com/login',
    'http://bad.example.com:8080/x;y|z"\'\\,%20:',
    'http://192.0.2.1/=1+1',
    'http://bad.example.com/#frag',
    'http://user:pw@bad.example.com/',
    'http://bad.example.com/*?*',
  ],
  md5: ['d41d8cd98f00b204e9800998ecf8427e'],
  sha1: ['da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  sha256: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  cve: ['CVE-2024-12345'],
  'mitre-attack': ['T1059.001'],
  email: ["o'brien@example.com", '=x@example.com', 'a|b*c?d@example.com'],
};

/** An item with every field, its texts as hostile as the value. */
export function item(type: IocType, value: string, more: Partial<IocItem> = {}): IocItem {
  return {
    id: `indicator--${uuidV5(uuidBytes(SOC_DEFENDERS.uuid), `${type}:${value}`)}`,
    type,
    value,
    confidence: 85,
    level: 'high',
    firstSeen: SEEN - 86_400_000,
    lastSeen: SEEN,
    validUntil: SEEN + 86_400_000,
    created: SEEN + 500,
    modified: SEEN + 1_000,
    revoked: false,
    tlp: 'green',
    description: `A ${type} of Emotet, reported by Example Feed.`,
    threatTypes: ['c2'],
    families: ['Emotet'],
    actors: ['TA542'],
    tags: ['botnet', 'exe'],
    techniques: ['T1059.001'],
    cves: [],
    sectors: ['energy'],
    sources: [{ name: 'Example Feed', category: 'c2', url: 'https://feed.example.com/1', origin: 'feed' }],
    ...more,
  };
}

/** Good items, and each nasty string as value and in every other text of an item of each type. */
export function corpus(types: readonly IocType[]): IocItem[] {
  return types.flatMap((type) => [
    ...GOOD[type].map((value) => item(type, value)),
    ...NASTY.map((value) => item(type, value)),
    ...NASTY.map((text, at) =>
      item(type, GOOD[type][at % GOOD[type].length]!, {
        id: `indicator--${uuidV5(uuidBytes(SOC_DEFENDERS.uuid), `${type}:text:${at}`)}`,
        description: text,
        threatTypes: [text],
        families: [text],
        actors: [text],
        tags: [text, `tlp:red ${text}`],
        techniques: [text],
        cves: [text],
        sources: [{ name: text, category: text, url: text, comment: text, origin: 'article' }],
      }),
    ),
  ]);
}

export interface Rendered extends ExportCount {
  readonly text: string;
}

/** An export as a client receives it: the bytes of its chunks, read as UTF-8. */
export async function render(
  name: string,
  items: readonly IocItem[],
  setting: ExportSetting = SETTING,
  size = 7,
): Promise<Rendered> {
  const slices = Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
  const chunks = exportChunks(formatNamed(name), slices, setting);
  let text = '';
  for (;;) {
    const next = await chunks.next();
    if (next.done === true)
      return { ...next.value, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text)) };
    text += next.value;
  }
}

export function formatNamed(name: string): ExportFormat {
  const format = findExportFormat(name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
}

/** Lines of a text that ends each with `\n`. */
export function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Whether a value is given as a network that is wider than any export may name, or has no prefix length that can be read. */
export function isTooWide({ type, value }: IocItem): boolean {
  if ((type !== 'ipv4' && type !== 'ipv6') || !value.includes('/')) return false;
  const prefix = value.slice(value.lastIndexOf('/') + 1);
  return !/^\d{1,3}$/.test(prefix) || Number(prefix) < (type === 'ipv4' ? 8 : 16);
}
