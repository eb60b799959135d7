import assert from 'node:assert/strict';
import { isIP } from 'node:net';

import type { Ioc } from '../../../src/model/ioc.ts';
import { normaliseIoc } from '../../../src/normalise/normalise.ts';
import type { ExportFormat } from '../../../src/render/format.ts';
import { isTooWide, item, lines } from './nasty.ts';
import { readCef } from './readers/cef.ts';
import { readHosts } from './readers/hosts.ts';
import { readEvent } from './readers/misp.ts';
import { readOpenioc } from './readers/openioc.ts';
import { readZone } from './readers/rpz.ts';
import { type EcsDocument, ecsValue, readBatches, readRows } from './readers/siem.ts';
import { readPattern, readSigma, valuesOf } from './readers/sigma.ts';
import { readRule, reported } from './readers/suricata.ts';
import { readSyslog } from './readers/syslog.ts';

/** How a reader that is not ours gets the values out of a format, and which values the format has. */
export interface FormatReading {
  readonly values: (text: string) => readonly string[];
  /**
   * What is to be read back of an IOC, by what `docs/formats.md` says of the format; undefined where it is left out. It is asked
   * only for IOCs of the format's types that any format has: no empty value, no lone surrogate, no network too wide.
   */
  readonly carried: (ioc: Ioc) => string | undefined;
}

type Carried = FormatReading['carried'];

/** A control character, or what some readers take for the end of a line. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

const whenever =
  (holds: (value: string) => boolean): Carried =>
  ({ value }) =>
    holds(value) ? value : undefined;

/** Formats that make rules and lists of what to block have normal forms only. */
const normal =
  (holds: (value: string) => boolean = () => true): Carried =>
  ({ type, value }) => {
    const form = normaliseIoc(value, type);
    return form.ok && form.type === type && form.value === value && holds(value) ? value : undefined;
  };

const isTrimmed = (value: string): boolean => value === value.trim();
const isAddress = (value: string): boolean => !value.includes('/');
/** Of the web, with neither a fragment nor credentials: what a request has. */
const isRequest = (value: string): boolean => /^https?:\/\/[^/@]*\/[^#]*$/.test(value);

function list(carried: Carried): FormatReading {
  return { values: lines, carried };
}

function dataset(read: (line: string) => string, carried: Carried): FormatReading {
  return { values: (text) => lines(text).map(read), carried };
}

function hex(digits: number): (line: string) => string {
  return (line) => {
    assert.match(line, new RegExp(`^[0-9a-f]{${digits}}$`));
    return line;
  };
}

const ADDRESSES = list(normal());

/** Every format of `EXPORT_FORMATS` by its name. */
export const READINGS: Readonly<Record<string, FormatReading>> = {
  misp: {
    values: (text) => readEvent(text).Attribute.map(({ value }) => value),
    carried: whenever((value) => isTrimmed(value) && !/[\r\n\0]/.test(value)),
  },
  cef: {
    values: (text) => lines(text).map((line) => readCef(line).extension.get('cs1')!),
    carried: whenever(
      (value) => isTrimmed(value) && value.length <= 4_000 && !CONTROL.test(value.replaceAll(/[\r\n]/g, '')),
    ),
  },
  syslog: {
    values: (text) => lines(text).map((line) => readSyslog(line).parameters.get('value')!),
    carried: whenever((value) => !CONTROL.test(value) && value.length < 4_000),
  },
  sigma: {
    values: (text) =>
      readSigma(text)
        .flatMap(valuesOf)
        .map(({ value }) =>
          readPattern(value).map((part) => (typeof part === 'string' ? part : assert.fail(value))),
        )
        .map((parts) => parts.join('').replace(/^(?:MD5|SHA1|SHA256)=/, '')),
    carried: (ioc) => {
      const isChecked =
        /^(?:md5|sha)/.test(ioc.type) || (ioc.type.startsWith('ipv') && !isAddress(ioc.value));
      return isChecked ? normal()(ioc) : ioc.value;
    },
  },
  openioc: {
    values: (text) => readOpenioc(text).items.map(({ value }) => value),
    carried: ({ type, value }) => {
      const isText = !/[\u0000-\u0008\u000b-\u001f\u0085\u2028\ufffe\uffff]/.test(value);
      return isText && isTrimmed(value) && !(type.startsWith('ipv') && !isAddress(value)) ? value : undefined;
    },
  },
  suricata: {
    values: (text) => lines(text).map((line) => reported(readRule(line))),
    carried: (ioc) => {
      const path = /^http:\/\/[^/]*(\/.*)$/.exec(ioc.value)?.[1];
      const isSeen = path !== undefined && path.length <= 255 && isRequest(ioc.value);
      return ioc.type === 'url' && !isSeen ? undefined : normal()(ioc);
    },
  },
  'suricata-ip': dataset((line) => (isIP(line) ? line : assert.fail(line)), normal(isAddress)),
  'suricata-domain': dataset((line) => Buffer.from(line, 'base64').toString(), normal()),
  'suricata-md5': dataset(hex(32), normal()),
  'suricata-sha256': dataset(hex(64), normal()),
  rpz: {
    values: (text) => {
      const { domains, networks } = readZone(text);
      return [...domains, ...networks];
    },
    carried: ({ type, value }) => {
      const isName = type === 'domain' ? value.length <= 180 : !(type === 'ipv6' && value.includes('.'));
      return isName ? normal()({ type, value }) : undefined;
    },
  },
  hosts: { values: readHosts, carried: normal() },
  'paloalto-ip': ADDRESSES,
  'paloalto-domain': ADDRESSES,
  'paloalto-url': list((ioc) => {
    const entry = normal(isRequest)(ioc)?.replace(/^https?:\/\//, '');
    return entry === undefined || entry.length > 255 || /[*^]/.test(entry) ? undefined : entry;
  }),
  'fortigate-ip': ADDRESSES,
  'fortigate-domain': ADDRESSES,
  'fortigate-url': list(normal((value) => isRequest(value) && !value.includes('*'))),
  'fortigate-hash': ADDRESSES,
  pfsense: ADDRESSES,
  opnsense: ADDRESSES,
  splunk: {
    values: (text) => readRows(text).map(({ indicator }) => indicator!),
    carried: whenever((value) => !/^[=+\-@\t\r＝＋－＠]/.test(value) && !/[\r\n\0]/.test(value)),
  },
  ecs: {
    values: (text) => lines(text).map((line) => ecsValue(JSON.parse(line) as EcsDocument)!),
    carried: ({ type, value }) => (type.startsWith('ipv') && !isIP(value) ? undefined : value),
  },
  sentinel: {
    values: (text) =>
      readBatches(text).flatMap(({ stixobjects }) =>
        stixobjects.map(({ pattern }) => valueOfPattern(pattern)),
      ),
    carried: ({ value }) => value,
  },
};

/** What is to be read back of IOCs, by the documentation, sorted. */
export function expected({ name, types }: ExportFormat, iocs: readonly Ioc[]): string[] {
  const { carried } = READINGS[name]!;
  const admitted = iocs.filter(({ type, value }) => {
    return types.includes(type) && value !== '' && value.isWellFormed() && !isTooWide(item(type, value));
  });
  const texts = admitted.map(carried).filter((text) => text !== undefined);
  // A line of a firewall may stand for the http and the https of a page.
  return [...new Set(texts)].sort();
}

/** A pattern of one comparison (STIX 2.1 §9.2): an object path, `=`, and a string literal. */
const COMPARISON =
  /^\[([a-z0-9-]+):([a-z_]+|hashes\.(?:MD5|'SHA-(?:1|256)')|external_references\[\*\]\.external_id) = '((?:[^'\\]|\\['\\])*)'\]$/s;

/** The value that a pattern of one comparison asks for, its escapes undone. */
export function valueOfPattern(pattern: string): string {
  const literal = COMPARISON.exec(pattern)?.[3] ?? assert.fail(pattern);
  return literal.replaceAll(/\\(['\\])/g, '$1');
}
