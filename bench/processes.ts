import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { LoadResult, LoadTask } from './load.ts';

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface Running<T> {
  readonly child: ChildProcess;
  readonly told: T;
  stop(): Promise<void>;
}

/** Starts one of our scripts and waits for the line of JSON in which it tells where it listens. */
export async function start<T>(name: string, args: readonly string[]): Promise<Running<T>> {
  const child = spawn(process.execPath, [script(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  let text = '';
  while (!text.includes('\n')) {
    text += await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => reject(new Error(`${name} ended`)));
    });
  }
  const stop = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  process.once('exit', () => child.kill('SIGKILL'));
  return { child, told: JSON.parse(text) as T, stop };
}

/** Puts a server under load from a process of its own, and returns what that measured. */
export async function load(task: LoadTask): Promise<LoadResult> {
  const child = spawn(process.execPath, [script('load.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(task));
  child.stdout.setEncoding('utf8');
  let text = '';
  child.stdout.on('data', (piece: string) => {
    text += piece;
  });
  await new Promise((resolve) => child.once('close', resolve));
  const result = JSON.parse(text) as LoadResult;
  if (result.failures > 0)
    throw new Error(`${result.failures} answers were not ${task.expect}: ${result.firstFailure}`);
  return result;
}

/** nginx serving one file from `directory`, with sendfile; undefined where it is not installed. */
export function startNginx(directory: string, port: number): { stop(): void } | undefined {
  if (spawnSync('nginx', ['-v']).error !== undefined) return undefined;
  const home = join(directory, 'nginx');
  mkdirSync(home, { recursive: true });
  const conf = join(home, 'nginx.conf');
  writeFileSync(
    conf,
    `user root; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log; events { worker_connections 256; }
     http { access_log off; sendfile on; keepalive_requests 10000000; default_type application/json;
       server { listen 127.0.0.1:${port}; root ${directory}; } }`,
  );
  execFileSync('nginx', ['-c', conf, '-p', home]);
  return { stop: () => void spawnSync('nginx', ['-c', conf, '-p', home, '-s', 'stop']) };
}

/** Anonymous resident memory of a process in MB: what it holds itself, without mapped files. Linux alone tells. */
export function anonymousMemory(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } catch {
    return undefined;
  }
}
