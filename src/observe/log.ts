import { LOG_LEVELS, type LogLevel } from '../config.ts';
import { redact } from './redact.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** A structured log. Nothing that is logged can hold a secret: lines are redacted as they are written. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
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
      held += `${redact(line)}\n`;
      if (severity === 'error' || pretty || held.length > MOST_HELD) flush();
      else timer ??= setTimeout(flush, HOLD);
    };
  }

  return { debug: entry('debug'), info: entry('info'), warn: entry('warn'), error: entry('error'), flush };
}

/** A log that says nothing. */
export const SILENT: Log = createLog({ level: 'silent' });

function writeToStderr(lines: string): void {
  process.stderr.write(lines);
}

function jsonLine(level: Severity, message: string, fields: LogFields): string {
  return serialise({ time: new Date().toISOString(), level, message, ...fields });
}

function prettyLine(level: Severity, message: string, fields: LogFields): string {
  const time = new Date().toISOString().slice(11, 23);
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${serialise(value)}`);
  return [time, level.padEnd(5), message, ...rest].join(' ');
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
