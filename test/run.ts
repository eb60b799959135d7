/**
 * Runs all tests, or those that are named: `npm test`, `npm test -- --test-name-pattern=gate`. Each file is a process of its own, but for
 * those of folders that only compute: they share one, as to start a process takes longer than most of them. What files compile
 * is kept between them, or every second one would be spent on compiling the same modules again.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';

import { COMPILE_CACHE } from './compile-cache.ts';

/** Beside the process of those that compute: many tests wait for the disk, a socket or a program. */
const AT_ONCE = 3;

/** Folders whose tests open no file, socket or process that others could feel. */
const COMPUTING = ['enrich', 'gate', 'model', 'normalise', 'parse', 'render', 'score'];

/** What measures time or memory is alone in its process. */
function measures(file: string): boolean {
  return /cpuUsage|memoryUsage|performance\.now/.test(readFileSync(file, 'utf8'));
}

function run(args: readonly string[], show: (text: Buffer) => void): Promise<boolean> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...COMPILE_CACHE },
  });
  child.stdout.on('data', show);
  return new Promise((resolve) => child.once('close', (status) => resolve(status === 0)));
}

const print = (text: Buffer): void => void process.stdout.write(text);
const given = process.argv.slice(2);
if (given.some((argument) => !argument.startsWith('-'))) {
  process.exitCode = (await run([`--test-concurrency=${AT_ONCE}`, ...given], print)) ? 0 : 1;
} else {
  const all = globSync('test/**/*.test.ts').sort();
  const inFolders = COMPUTING.flatMap((folder) => globSync(`test/${folder}/**/*.test.ts`));
  const computing = new Set(inFolders.filter((file) => !measures(file)));
  const held: Buffer[] = [];
  const [apart, together] = await Promise.all([
    run([`--test-concurrency=${AT_ONCE}`, ...given, ...all.filter((file) => !computing.has(file))], print),
    run(['--test-isolation=none', ...given, ...computing], (text) => held.push(text)),
  ]);
  print(Buffer.concat(held));
  process.exitCode = apart && together ? 0 : 1;
}
