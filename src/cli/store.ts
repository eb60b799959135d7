import { type Config, loadConfig, type SettingName } from '../config.ts';
import { hasSqliteStore, openSqliteStore } from '../store/sqlite/open.ts';
import { type Store, StoreError } from '../store/store.ts';
import { type Options, type Terminal, textOption, type Values } from './command.ts';

/** Options of all commands that open the store. */
export const STORE_OPTIONS: Options = { data: { type: 'string' } };
export const STORE_HELP = { data: 'the data directory; else SOC_DATA_DIR, or ./data' } as const;

/** Opens the configured store; makes it when it is not there. */
export function openStore(
  values: Values,
  terminal: Terminal,
  writer: 'thread' | 'in-thread',
): Promise<Store> {
  const { dataDirectory, producer } = configured(values, terminal);
  return openSqliteStore({ directory: dataDirectory, producer, clock: terminal.clock, writer });
}

/**
 * Opens the configured store for a command that only tells what is in it, or changes what is there. Throws `StoreError` when there is none: of a mistyped
 * directory nobody should be told that nothing is known.
 */
export async function openExistingStore(values: Values, terminal: Terminal): Promise<Store> {
  const { dataDirectory } = configured(values, terminal);
  if (!hasSqliteStore(dataDirectory))
    throw new StoreError(
      'unavailable',
      `there is none in ${dataDirectory}: name its directory with --data or SOC_DATA_DIR, or make it with serve or import`,
    );
  return await openStore(values, terminal, 'in-thread');
}

/** Opens the configured store for a command that `makes` one where there is none, or needs one that is there. */
export function openOrMakeStore(values: Values, terminal: Terminal, makes: boolean): Promise<Store> {
  return makes ? openStore(values, terminal, 'in-thread') : openExistingStore(values, terminal);
}

/** The settings, with the data directory that an option names. */
export function configured(values: Values, terminal: Terminal): Config {
  const data = textOption(values, 'data');
  return loadConfig(terminal.env, data === undefined ? {} : { SOC_DATA_DIR: data });
}

/** Settings given as options. */
export function overridesOf(values: Values): Partial<Record<SettingName, string>> {
  const pairs = [
    ['SOC_DATA_DIR', textOption(values, 'data')],
    ['SOC_HOST', textOption(values, 'host')],
    ['SOC_PORT', textOption(values, 'port')],
  ] as const;
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
