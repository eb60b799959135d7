import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { loadConfig, type SettingName } from '../config.ts';
import { type Options, type Terminal, textOption, type Values } from './command.ts';

/** Options of all commands that open the store. */
export const STORE_OPTIONS: Options = { data: { type: 'string' } };
export const STORE_HELP = { data: 'the data directory; else SOC_DATA_DIR, or ./data' } as const;

/** Opens the configured store. */
export function openStore(
  values: Values,
  terminal: Terminal,
  writer: 'thread' | 'in-thread',
): Promise<Store> {
  const data = textOption(values, 'data');
  const { dataDirectory, producer } = loadConfig(
    terminal.env,
    data === undefined ? {} : { SOC_DATA_DIR: data },
  );
  return openSqliteStore({ directory: dataDirectory, producer, clock: terminal.clock, writer });
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
