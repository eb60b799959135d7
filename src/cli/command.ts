import type { Readable } from 'node:stream';
import { parseArgs, type ParseArgsConfig } from 'node:util';

import type { Clock } from '../model/time.ts';

/** What a command may touch of the process: handed in, so that tests run commands as a shell does. */
export interface Terminal {
  readonly stdin: Readable;
  /** Data only. Awaits whoever reads it. */
  readonly write: (data: string | Uint8Array) => Promise<void>;
  /** Talk: progress, reports, errors. */
  readonly say: (line: string) => void;
  /** Overwrites the last line of talk where a person watches; does nothing otherwise. */
  readonly progress: (line: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted when the process is asked to stop, and, for the reason `READER_GONE`, when nobody reads its output any more. */
  readonly signal: AbortSignal;
}

/** Why a signal is aborted when whoever read our output has gone: `soc-defenders export | head`. */
export const READER_GONE = 'the reader of standard output has gone';

export type Options = NonNullable<ParseArgsConfig['options']>;
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** What a process tells its caller by its exit code. */
export const EXIT = {
  ok: 0,
  /** Our own failure: a bug, or a store that cannot be used. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** An input could not be read, or not to its end. */
  input: 3,
  /** `doctor` found something that must be mended. */
  unhealthy: 4,
} as const;

export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** What may follow the name: `FILE…|-`. */
  readonly synopsis: string;
  readonly options: Options;
  /** What each option means, by name. */
  readonly help: Readonly<Record<string, string>>;
  readonly examples: readonly string[];
  /** Runs and returns the exit code. Throws `UsageError` for a command line that makes no sense. */
  run(values: Values, operands: readonly string[], terminal: Terminal): Promise<number>;
}

/** The command line is wrong: says what, and what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Parses a command's arguments. Throws `UsageError` for what it does not know, and for an option without a value, as a script
 * has it whose variable is not set: an empty `--host` would be every address of the machine.
 */
export function parseCommandLine(
  command: Command,
  args: readonly string[],
): { values: Values; operands: string[] } {
  const { values, positionals } = parsed(command, args);
  for (const [name, value] of Object.entries(values)) {
    if (value === '' || (Array.isArray(value) && value.includes('')))
      throw new UsageError(`${command.name}: --${name} is empty: leave it out or give a value.`);
  }
  return { values, operands: positionals };
}

function parsed(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    const reason = (error as Error).message.split(/\.\s/)[0]!;
    throw new UsageError(`${reason}. See: soc-defenders ${command.name} --help`);
  }
}

/** The help page of one command. */
export function commandHelp(command: Command): string {
  const names = Object.keys(command.options);
  const width = Math.max(...names.map((name) => optionName(command, name).length), 4);
  const lines = names.map(
    (name) => `  ${optionName(command, name).padEnd(width)}  ${command.help[name] ?? ''}`,
  );
  return [
    command.summary,
    '',
    `Usage: soc-defenders ${command.name} ${command.synopsis}`.trimEnd(),
    ...(lines.length > 0 ? ['', 'Options:', ...lines] : []),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

function optionName(command: Command, name: string): string {
  return command.options[name]!.type === 'string' ? `--${name} VALUE` : `--${name}`;
}

/** The value of a text option, or undefined. */
export function textOption(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be repeated. */
export function textOptions(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
