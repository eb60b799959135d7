/**
 * Runs all tests, or those that are named: `npm test`, `npm test -- --test-name-pattern=gate`. Files share processes
 * (`shares.ts`), four of which run at once; what files compile is kept between them. What failed is told last.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';

import { COMPILE_CACHE } from './compile-cache.ts';
import { type Share, sharesOf } from './shares.ts';

/** On two processors, as many tests wait for the disk, a socket or a program. */
const AT_ONCE = 4;

interface Ended {
  readonly passed: boolean;
  readonly text: string;
}

function run(args: readonly string[], files: Share, show: (text: string) => void): Promise<Ended> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...args, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...COMPILE_CACHE },
  });
  const held: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    held.push(text);
    show(text);
  });
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ passed: status === 0, text: held.join('') }));
  });
}

const print = (text: string): void => void process.stdout.write(text);
const given = process.argv.slice(2);

/** Each file in a process of its own. */
async function runNamed(): Promise<boolean> {
  return (await run([`--test-concurrency=${AT_ONCE}`, ...given], [], print)).passed;
}

async function runAll(): Promise<boolean> {
  const began = Date.now();
  const waiting = sharesOf(globSync('test/**/*.test.ts').sort(), (file) => readFileSync(file, 'utf8'));
  const ended: Ended[] = [];
  const lane = async (): Promise<void> => {
    for (let share = waiting.shift(); share !== undefined; share = waiting.shift()) {
      const result = await run(['--test-isolation=none', ...given], share, () => undefined);
      ended.push(result);
      if (result.passed) print(withoutTotals(result.text));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const { text } of ended.filter(({ passed }) => !passed)) print(withoutTotals(text));
  print(`${totals(ended)}\nℹ seconds ${Math.round((Date.now() - began) / 1_000)}\n`);
  return ended.every(({ passed }) => passed);
}

/** Each process ends with its totals: `ℹ pass 12`. */
const TOTAL = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)\n/gm;

function withoutTotals(text: string): string {
  return text.replaceAll(TOTAL, '');
}

/** What all processes count together. */
function totals(ended: readonly Ended[]): string {
  const sums = new Map<string, number>();
  for (const { text } of ended) {
    for (const [, name, value] of text.matchAll(TOTAL)) {
      if (name !== 'duration_ms') sums.set(name!, (sums.get(name!) ?? 0) + Number(value));
    }
  }
  return [...sums].map(([name, sum]) => `ℹ ${name} ${sum}`).join('\n');
}

process.exitCode = (await (given.some((argument) => !argument.startsWith('-')) ? runNamed() : runAll()))
  ? 0
  : 1;
