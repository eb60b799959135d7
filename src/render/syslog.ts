import type { ConfidenceLevel } from '../model/confidence.ts';
import type { IocItem } from '../model/ioc-item.ts';
import { IOC_TYPES } from '../model/ioc.ts';
import { formatTimestamp } from '../model/time.ts';
import type { ExportFormat, ItemWriter } from './format.ts';
import { asOneLine, hasControls } from './words.ts';

/** Facility local0 (RFC 5424 §6.2.1), times eight. */
const FACILITY = 16 * 8;
const SEVERITY: Readonly<Record<ConfidenceLevel, number>> = { high: 4, medium: 5, low: 6 };

/** Receivers must take 480 octets, and commonly cut at 8 KiB (RFC 5424 §6.1). What is longer is left out. */
const LONGEST_MESSAGE = 8_192;

/** RFC 5612 keeps enterprise number 32473 for examples: nobody else's structured data carries it. */
const SD_ID = 'ioc@32473';

/**
 * Syslog messages of RFC 5424, one a line: the IOC as structured data, its description as message. Line breaks cannot be
 * escaped in structured data, so that values with control characters are left out.
 */
export const syslog: ExportFormat = {
  name: 'syslog',
  label: 'Syslog (RFC 5424)',
  mediaType: 'text/plain; charset=utf-8',
  fileExtension: 'log',
  tier: 'pro',
  types: IOC_TYPES,
  tellsRevoked: false,
  open: (): ItemWriter => ({ begin: () => '', item: syslogLine, end: () => '' }),
};

function syslogLine(item: IocItem): string | undefined {
  if (hasControls(item.value)) return undefined;
  const header = `<${FACILITY + SEVERITY[item.level]}>1 ${formatTimestamp(item.modified)} - soc-defenders - ${item.type}`;
  const data = parametersOf(item).map(([name, text]) => ` ${name}="${escapeParameter(text)}"`);
  const line = `${header} [${SD_ID}${data.join('')}] ${asOneLine(item.description)}`.trimEnd();
  return Buffer.byteLength(line) > LONGEST_MESSAGE ? undefined : `${line}\n`;
}

/** `"`, `\` and `]` are escaped in a parameter's value (RFC 5424 §6.3.3). */
function escapeParameter(text: string): string {
  return text.replaceAll(/["\\\]]/g, String.raw`\$&`);
}

function parametersOf(item: IocItem): [string, string][] {
  const parameters: [string, string][] = [
    ['type', item.type],
    ['value', item.value],
    ['id', item.id],
    ['confidence', String(item.confidence)],
    ['level', item.level],
    ['firstSeen', formatTimestamp(item.firstSeen)],
    ['lastSeen', formatTimestamp(item.lastSeen)],
    ['tlp', item.tlp],
    ['families', asOneLine(item.families.join(','))],
    ['techniques', asOneLine(item.techniques.join(','))],
    ['tags', asOneLine(item.tags.join(','))],
    ['sources', asOneLine(item.sources.map((source) => source.name).join(','))],
  ];
  return parameters.filter(([, text]) => text !== '');
}
