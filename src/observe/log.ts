import { LOG_LEVELS, type LogLevel } from '../config.ts';
import { patientWriter } from './patient-writer.ts';
import { holdsSecret, redact } from './redact.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** What is told of every request. Nothing in it comes from the client but the method, which HTTP knows, and the address. */
export interface RequestEntry {
  readonly id: string;
  readonly method: string;
  readonly route: string | null;
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
  readonly key: string | undefined;
  readonly ip: string | undefined;
  /** Whether the client left before the end. */
  readonly cut: true | undefined;
}

/** A structured log. Nothing that is logged can hold a secret: lines are redacted as they are written. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** One line for a request that has been answered. */
  request(entry: RequestEntry): void;
  /** Writes what is still held back. */
  flush(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Where lines go; standard error unless given. */
  readonly write?: (lines: string) => void;
  /** Lines for people instead of JSON. */
  readonly pretty?: boolean;
}

type Severity = Exclude<LogLevel, 'silent'>;

/** Lines are held back so long, in milliseconds, and so many characters of them, that a busy server writes seldom. */
const HOLD = 50;
const MOST_HELD = 16_384;

/** Makes a log that writes lines of JSON, one for each message, to standard error. */
export function createLog(options: LogOptions): Log {
  const { level, write = writeToStderr, pretty = false } = options;
  let held = '';
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const lines = held;
    held = '';
    if (lines !== '') write(lines);
  }

  // A process that ends takes nothing with it.
  if (options.write === undefined) process.once('exit', flush);

  function entry(severity: Severity) {
    if (LOG_LEVELS.indexOf(severity) < LOG_LEVELS.indexOf(level)) return () => undefined;
    return (message: string, fields: LogFields = {}): void => {
      const line = pretty ? prettyLine(severity, message, fields) : jsonLine(severity, message, fields);
      hold(redact(line), severity === 'error' || pretty);
    };
  }

  function hold(line: string, urgent: boolean): void {
    held += `${line}\n`;
    if (urgent || held.length > MOST_HELD) flush();
    else timer ??= setTimeout(flush, HOLD);
  }

  const info = entry('info');
  const quiet = LOG_LEVELS.indexOf('info') < LOG_LEVELS.indexOf(level);
  // Written by hand: it is told of every request, and a general line costs as much as the rest of a short answer.
  const request = (one: RequestEntry): void => {
    if (!quiet) {
      if (pretty) info('request', { ...one });
      else hold(requestLine(one), false);
    }
  };

  return { debug: entry('debug'), info, warn: entry('warn'), error: entry('error'), request, flush };
}

const writeToStderr = patientWriter(
  () => process.stderr,
  (lines) => `${jsonLine('warn', 'lines were lost, as nobody read them', { lines })}\n`,
);

/** A log that says nothing. */
export const SILENT: Log = createLog({ level: 'silent' });

function requestLine({ id, method, route, status, ms, bytes, key, ip, cut }: RequestEntry): string {
  const who = key === undefined ? '' : `,"key":"${key}"`;
  const whence = ip === undefined ? '' : `,"ip":${JSON.stringify(ip)}`;
  return (
    `{"time":"${timeNow()}","level":"info","message":"request","id":"${id}","method":"${method}",` +
    `"route":${route === null ? 'null' : `"${route}"`},"status":${status},"ms":${ms},"bytes":${bytes}${who}${whence}` +
    `${cut === true ? ',"cut":true' : ''}}`
  );
}

let lastTime = 0;
let lastTimeText = '';

/** The present as text: the same millisecond is written once. */
function timeNow(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastTimeText = new Date(now).toISOString();
  }
  return lastTimeText;
}

function jsonLine(level: Severity, message: string, fields: LogFields): string {
  return serialise({ time: new Date().toISOString(), level, message, ...fields });
}

function prettyLine(level: Severity, message: string, fields: LogFields): string {
  const time = new Date().toISOString().slice(11, 23);
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${holdsSecret(name) ? '…' : serialise(value)}`);
  return [time, level.padEnd(5), message, ...rest].join(' ').replaceAll(COMMANDS, escapeOf);
}

/** What a terminal may take for a command, or reorders text by: control characters and those of direction. */
const COMMANDS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function serialise(value: unknown): string {
  try {
    return (needsCare(value) ? JSON.stringify(value, plain) : JSON.stringify(value)) ?? 'null';
  } catch {
    return '"(cannot be written)"';
  }
}

/** Most lines hold plain values only, and are written without looking into each. */
function needsCare(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value instanceof Error;
  return Object.values(value).some((field) => typeof field === 'object' && field !== null);
}

function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, code: (value as { code?: unknown }).code, stack, cause };
}
