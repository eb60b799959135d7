import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

import { type Collection, COLLECTIONS } from './model/collection.ts';
import { CollectionError, parseCollections } from './model/own-collections.ts';
import { isUuid } from './model/uuid.ts';
import { type Producer, producerNamed } from './model/producer.ts';

/** All that an operator may set, validated. */
export interface Config {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  /** Where health and metrics are told; undefined for nowhere. */
  readonly admin: { readonly host: string; readonly port: number } | undefined;
  readonly producer: Producer;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  /** Whether `?api_key=` is taken. */
  readonly apiKeyInQuery: boolean;
  readonly logLevel: LogLevel;
  /** Which feeds run beside the server: all that are enabled, only the operator's own, or none. */
  readonly feeds: 'on' | 'own' | 'off';
  /** A URL or address at which operators of feeds find us. */
  readonly contact: string;
  /** Networks that feeds may be fetched from although they are private. */
  readonly fetchNetworks: readonly string[];
  /** Where MISP's warninglists come from: their repository, a folder, or nowhere. */
  readonly warninglists: 'misp' | 'off' | { readonly folder: string };
  /** What becomes of addresses and names that are kept for documentation. */
  readonly documentation: 'hold' | 'pass';
  /** For how long replaced versions are kept whole, in milliseconds. */
  readonly keepVersions: number;
  /** What consumers reach the server by, without a slash at its end; empty where it is not said. */
  readonly publicUrl: string;
  /** What the TAXII server serves, and how. */
  readonly taxii: TaxiiSettings;
}

export interface TaxiiSettings {
  readonly collections: readonly Collection[];
  /** Whether identity and markings are sent on every page, or on the first of a download alone. */
  readonly repeatCommon: boolean;
}

/** How the settings that hold credentials of feeds begin, besides those of the catalogue. */
export const FEED_KEY = 'SOC_FEED_KEY_';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A setting is wrong: says which, and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** One setting: an environment variable with its default and meaning. */
export interface Setting {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** Every setting there is, in the order of the documentation. */
export const SETTINGS = [
  { name: 'SOC_DATA_DIR', fallback: './data', meaning: 'directory of the store; made when it is not there' },
  { name: 'SOC_HOST', fallback: '127.0.0.1', meaning: 'address to listen on; `0.0.0.0` or `::` for all' },
  { name: 'SOC_PORT', fallback: '8080', meaning: 'port to listen on; 0 for any that is free' },
  {
    name: 'SOC_ADMIN_PORT',
    fallback: '',
    meaning: 'port of `/livez`, `/readyz` and `/metrics`; 0 for any that is free, empty for none',
  },
  { name: 'SOC_ADMIN_HOST', fallback: '127.0.0.1', meaning: 'address that they are told at' },
  {
    name: 'SOC_PRODUCER_NAME',
    fallback: 'SOC Defenders',
    meaning: 'name of the identity that publishes; another name gives other ids to all indicators',
  },
  {
    name: 'SOC_PRODUCER_ID',
    fallback: '',
    meaning: 'UUID of that identity; when empty it follows from the name',
  },
  {
    name: 'SOC_TRUST_PROXY',
    fallback: '',
    meaning: 'addresses or networks, comma-separated, of reverse proxies whose X-Forwarded-For is believed',
  },
  {
    name: 'SOC_API_KEY_IN_QUERY',
    fallback: 'false',
    meaning: '`true` to take `?api_key=` for clients that cannot set a header; proxies on the way may log it',
  },
  { name: 'SOC_LOG_LEVEL', fallback: 'info', meaning: '`debug`, `info`, `warn`, `error` or `silent`' },
  {
    name: 'SOC_FEEDS',
    fallback: 'on',
    meaning: '`on` to fetch feeds beside the server, `own` for the operator’s own only, `off` for none',
  },
  {
    name: 'SOC_ABUSECH_AUTH_KEY',
    fallback: '',
    meaning: 'Auth-Key for abuse.ch’s feeds, free at https://auth.abuse.ch/',
  },
  {
    name: 'SOC_ABUSECH_AUTH_KEY_FILE',
    fallback: '',
    meaning: 'a file that holds it, as container secrets do',
  },
  {
    name: 'SOC_PHISHTANK_APP_KEY',
    fallback: '',
    meaning: 'application key for PhishTank, which lets it be asked more often',
  },
  { name: 'SOC_PHISHTANK_APP_KEY_FILE', fallback: '', meaning: 'a file that holds it' },
  {
    name: 'SOC_CONTACT',
    fallback: '',
    meaning: 'a URL or e-mail address for the operators of feeds, sent with every request to them',
  },
  {
    name: 'SOC_FETCH_ALLOW_NETWORKS',
    fallback: '',
    meaning: 'private networks, comma-separated, from which feeds may be fetched all the same',
  },
  {
    name: 'SOC_WARNINGLISTS',
    fallback: 'misp',
    meaning:
      'MISP’s warninglists: `misp` fetches them weekly, a folder reads them from there, `off` does without',
  },
  {
    name: 'SOC_DOCUMENTATION_VALUES',
    fallback: 'pass',
    meaning: '`hold` to hold back example.com, 192.0.2.0/24 and their like, which nobody owns',
  },
  {
    name: 'SOC_KEEP_VERSIONS',
    fallback: '365',
    meaning: 'how many days a replaced version is kept whole; what receipts need of it is kept for 400',
  },
  {
    name: 'SOC_PUBLIC_URL',
    fallback: '',
    meaning:
      'what consumers reach the server by, such as https://iocs.example.com, for links that must be whole',
  },
  {
    name: 'SOC_TAXII_COLLECTIONS',
    fallback: '',
    meaning: 'a JSON file of TAXII collections of your own, served besides the usual ones',
  },
  {
    name: 'SOC_TAXII_REPEAT_COMMON',
    fallback: 'true',
    meaning: '`false` to send the identity and markings on the first page of a TAXII download alone',
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]['name'];

/**
 * Reads the settings from the environment, `overrides` (from the command line) first. Throws `ConfigError`
 * for a value that cannot be, and for a variable that begins with SOC_ and is none of them.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  overrides: Partial<Record<SettingName, string>> = {},
): Config {
  refuseUnknown(env);
  const text = (name: SettingName): string =>
    overrides[name] ?? (env[name] || SETTINGS.find((setting) => setting.name === name)!.fallback);
  return Object.freeze({
    dataDirectory: text('SOC_DATA_DIR'),
    host: text('SOC_HOST'),
    port: portOf(overrides.SOC_PORT === undefined ? 'SOC_PORT' : '--port', text('SOC_PORT')),
    admin: adminOf(text('SOC_ADMIN_HOST'), text('SOC_ADMIN_PORT')),
    producer: producerOf(text('SOC_PRODUCER_NAME'), text('SOC_PRODUCER_ID')),
    trustProxy: networksOf('SOC_TRUST_PROXY', text('SOC_TRUST_PROXY')),
    apiKeyInQuery: oneOf('SOC_API_KEY_IN_QUERY', text('SOC_API_KEY_IN_QUERY'), ['true', 'false']) === 'true',
    logLevel: oneOf('SOC_LOG_LEVEL', text('SOC_LOG_LEVEL'), LOG_LEVELS),
    feeds: oneOf('SOC_FEEDS', text('SOC_FEEDS'), ['on', 'own', 'off']),
    contact: contactOf(text('SOC_CONTACT')),
    fetchNetworks: networksOf('SOC_FETCH_ALLOW_NETWORKS', text('SOC_FETCH_ALLOW_NETWORKS')),
    warninglists: warninglistsOf(text('SOC_WARNINGLISTS')),
    documentation: oneOf('SOC_DOCUMENTATION_VALUES', text('SOC_DOCUMENTATION_VALUES'), ['hold', 'pass']),
    keepVersions: daysOf('SOC_KEEP_VERSIONS', text('SOC_KEEP_VERSIONS')),
    publicUrl: publicUrlOf(text('SOC_PUBLIC_URL')),
    taxii: Object.freeze({
      collections: collectionsOf(text('SOC_TAXII_COLLECTIONS')),
      repeatCommon:
        oneOf('SOC_TAXII_REPEAT_COMMON', text('SOC_TAXII_REPEAT_COMMON'), ['true', 'false']) === 'true',
    }),
  });
}

function refuseUnknown(env: Readonly<Record<string, string | undefined>>): void {
  const known = new Set<string>(SETTINGS.map((setting) => setting.name));
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('SOC_') && !known.has(name) && !name.startsWith(FEED_KEY),
  );
  if (unknown.length > 0) {
    throw new ConfigError(`${unknown.join(', ')}: no such setting. There are ${[...known].join(', ')}.`);
  }
}

function adminOf(host: string, port: string): Config['admin'] {
  return port === '' ? undefined : Object.freeze({ host, port: portOf('SOC_ADMIN_PORT', port) });
}

/** `name` is where the port was given, for the error. */
function portOf(name: SettingName | '--port', text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new ConfigError(`${name}: "${text}" is not a port: give a number from 0 to 65535.`);
  }
  return Number(text);
}

const DAY = 86_400_000;
const MOST_DAYS = 36_500;

function daysOf(name: SettingName, text: string): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= MOST_DAYS) return days * DAY;
  throw new ConfigError(`${name}: "${text}" is not a number of days from 1 to ${MOST_DAYS}.`);
}

function networksOf(name: SettingName, text: string): readonly string[] {
  const networks = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const wrong = networks.find((network) => !isNetwork(network));
  if (wrong === undefined) return Object.freeze(networks);
  throw new ConfigError(`${name}: "${wrong}" is neither an address nor a network such as 192.0.2.0/24.`);
}

function collectionsOf(path: string): readonly Collection[] {
  if (path === '') return COLLECTIONS;
  try {
    return Object.freeze([...COLLECTIONS, ...parseCollections(readFileSync(path, 'utf8'))]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = error instanceof CollectionError ? message : `it cannot be read (${code ?? message})`;
    throw new ConfigError(`SOC_TAXII_COLLECTIONS: ${path}: ${reason}.`);
  }
}

function publicUrlOf(text: string): string {
  if (text === '') return '';
  const url = URL.parse(text);
  const plain =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (plain && (url.protocol === 'https:' || url.protocol === 'http:')) return url.href.replace(/\/+$/, '');
  throw new ConfigError(`SOC_PUBLIC_URL: "${text}" is not a URL such as https://iocs.example.com.`);
}

function warninglistsOf(text: string): Config['warninglists'] {
  return text === 'misp' || text === 'off' ? text : { folder: text };
}

/**
 * The credential of a feed, from the setting of that name, or from the file that its `_FILE` names; undefined when neither
 * is set. Throws `ConfigError` for a file that cannot be read.
 */
export function credentialOf(
  env: Readonly<Record<string, string | undefined>>,
  setting: string,
): string | undefined {
  const path = env[`${setting}_FILE`];
  if (env[setting] || !path) return env[setting] || undefined;
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `${setting}_FILE: ${path} cannot be read (${code}): check the path and who may read it.`,
    );
  }
}

/** Whether a setting holds a secret, which no output ever shows. */
export function isSecret(setting: string): boolean {
  return (
    /_(?:AUTH_)?KEY(?:_|$)/.test(setting) && !setting.endsWith('_FILE') && setting !== 'SOC_API_KEY_IN_QUERY'
  );
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Printable ASCII without spaces, parentheses and backslashes: it stands in a comment of `User-Agent` (RFC 9110 §5.6.5). */
const CONTACT = /^[\x21-\x27\x2a-\x5b\x5d-\x7e]{0,200}$/;

function contactOf(text: string): string {
  if (CONTACT.test(text)) return text;
  throw new ConfigError(
    `SOC_CONTACT: ${echo(text)} is neither a URL nor an e-mail address alone, without spaces.`,
  );
}

/** The beginning of a value that cannot be, in quotes. */
function echo(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

const LONGEST_NAME = 256;

function producerOf(name: string, uuid: string): Producer {
  if (name.length > LONGEST_NAME || /[\p{C}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new ConfigError(
      `SOC_PRODUCER_NAME: ${echo(name)} has more than ${LONGEST_NAME} characters, or one that cannot be seen.`,
    );
  }
  if (uuid !== '' && !isUuid(uuid)) {
    throw new ConfigError(`SOC_PRODUCER_ID: "${uuid}" is not a UUID in lower case.`);
  }
  return producerNamed(name, uuid === '' ? undefined : uuid);
}

function oneOf<T extends string>(name: SettingName, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new ConfigError(`${name}: "${text}" is none of ${allowed.join(', ')}.`);
  return found;
}
