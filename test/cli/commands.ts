import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';

import { runCommandLine } from '../../src/cli/run.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { StixObject } from '../http/serving.ts';

/** What a command has written and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly talk: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array | Readable;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: () => number;
  readonly signal?: AbortSignal;
}

/** A directory with a store's place and files to import, gone after the test. */
export interface Bench {
  readonly directory: string;
  readonly data: string;
  /** Writes a file and returns its path. */
  readonly file: (name: string, content: string | Uint8Array) => string;
  /** Runs a command on this store. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>;
  /** Makes an empty store. */
  readonly makeStore: () => Promise<void>;
  /** Does something with the store while no command runs. */
  readonly withStore: <T>(act: (store: Store) => Promise<T>) => Promise<T>;
  /** The indicators that `export` gives, with its filters. */
  readonly exported: (...filters: string[]) => Promise<StixObject[]>;
}

/** The present as those see it who come a little later: all that was written by now is visible to them. */
export const soon = (): number => Date.now() + 5_000;

export function bench(context: TestContext): Bench {
  const directory = mkdtempSync(join(tmpdir(), 'soc-cli-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const data = join(directory, 'data');
  const run = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
    runOn(args, { ...options, env: { SOC_DATA_DIR: data, SOC_FEEDS: 'off', ...options.env } });
  const withStore = async <T>(act: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openSqliteStore({
      directory: data,
      producer: SOC_DEFENDERS,
      clock: Date.now,
      writer: 'in-thread',
    });
    try {
      return await act(store);
    } finally {
      await store.close();
    }
  };
  return {
    directory,
    data,
    run,
    withStore,
    makeStore: () => withStore(async () => undefined),
    file: (name, content) => {
      const path = join(directory, name);
      writeFileSync(path, content);
      return path;
    },
    exported: async (...filters) => {
      const { code, out, talk } = await run(['export', ...filters], { clock: soon });
      assert.equal(code, 0, talk);
      return indicatorsIn(out);
    },
  };
}

/** Runs a command line on a terminal of the test's own. */
export async function runOn(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { stdin = '', env = {}, clock = Date.now, signal = new AbortController().signal } = options;
  const out: Buffer[] = [];
  const talk: string[] = [];
  const code = await runCommandLine(args, {
    stdin: stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)]),
    write: async (data) => {
      out.push(Buffer.from(data));
    },
    say: (line) => {
      talk.push(line);
    },
    progress: () => undefined,
    env,
    clock,
    signal,
  });
  return { code, out: Buffer.concat(out).toString('utf8'), talk: talk.join('\n') };
}

/** The indicators of a bundle as text. */
export function indicatorsIn(bundle: string): StixObject[] {
  const { objects } = JSON.parse(bundle) as { objects: StixObject[] };
  return objects.filter(({ type }) => type === 'indicator');
}

/** The lines of JSON that a command has written. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** One indicator's pattern for every type, as a CSV of values with documentation names. */
export const ALL_TYPES = [
  'value,type,confidence,tags,tlp',
  '192.0.2.1,ipv4,high,c2;botnet,green',
  '2001:db8::bad:1,ipv6,low,scan,',
  'login.example.com,domain,medium,phishing,',
  'hxxp://dl[.]example[.]com/a.zip,url,90,,amber',
  '5d41402abc4b2a76b9719d911017c592,md5,,,',
  'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d,sha1,,,',
  '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824,sha256,,,',
  'CVE-2021-44228,cve,high,,',
  'T1059.001,mitre-attack,,,',
  'billing[at]invoices.example.net,email,,,red',
  '',
].join('\n');
