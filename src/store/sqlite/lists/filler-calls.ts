import type { Clock } from '../../../model/time.ts';
import { siblingScript, ThreadClient } from '../thread-calls.ts';
import { ListsFiller, type ListsPaths } from './filler.ts';

/** What fills lists, wherever it runs. */
export interface AsyncFiller {
  /** Whether it fills by itself what is published. Else whoever reads lists has them filled first. */
  readonly byItself: boolean;
  /** Looks whether lists can go on from where they are. To be awaited before they are read. */
  begin(): Promise<void>;
  fill(): Promise<void>;
  indexValues(limit: number): Promise<number>;
  check(): Promise<void>;
  /** What keeps it from filling, or undefined. */
  trouble(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Fills lists in this thread, when it is asked to. Nothing is opened before. */
export function inThreadFiller(paths: ListsPaths, clock: Clock): AsyncFiller {
  let filler: ListsFiller | undefined;
  const open = (): ListsFiller => (filler ??= new ListsFiller(paths, clock));
  return {
    byItself: false,
    begin: async () => undefined,
    fill: async () => {
      open().fill();
    },
    indexValues: async (limit) => open().indexValues(limit),
    check: async () => open().check(),
    trouble: async () => undefined,
    close: async () => filler?.close(),
  };
}

/** Fills lists in a thread of its own, from `begin` on. */
export function fillerThread(paths: ListsPaths): AsyncFiller {
  const thread = new ThreadClient(siblingScript(import.meta.url, 'filler-thread'), paths);
  const call = async (method: string): Promise<void> => {
    await thread.call(method, []);
  };
  return {
    byItself: true,
    begin: () => call('begin'),
    fill: () => call('fill'),
    indexValues: async (limit) => (await thread.call('indexValues', [limit])) as number,
    check: () => call('check'),
    trouble: async () => (await thread.call('trouble', [])) as string | undefined,
    close: () => thread.close(),
  };
}
