/**
 * Runs all tests, or those that are named: `npm test`, `npm test -- --test-name-pattern=gate`. To start a process and to compile what it
 * imports takes longer than most files' tests, so that files share a process by their folders; those that measure the process that
 * they are in, or end it, have one each.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';

import { COMPILE_CACHE } from './compile-cache.ts';

/** More than there are processors: many tests wait for the disk, a socket or a program. */
const AT_ONCE = 4;

/** Folders whose tests share a process, those that take longest first. */
const SHARED: readonly (readonly string[])[] = [
  ['http'],
  ['cli', 'feeds'],
  ['store', 'taxii'],
  ['enrich', 'gate', 'model', 'normalise', 'parse', 'render', 'score'],
];

/** What measures time or memory, or waits for the signals of its process. */
function isApart(file: string): boolean {
  return /cpuUsage|cpu-time|hrtime|memoryUsage|performance\.now|process\.kill\(process\.pid/.test(
    readFileSync(file, 'utf8'),
  );
}

interface Outcome {
  readonly passed: boolean;
  readonly text: Buffer;
}

/** Runs tests in a process, which may start more; what it says is kept until it is done, as several would talk at once. */
function run(args: readonly string[], tell?: (text: Buffer) => void): Promise<Outcome> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...COMPILE_CACHE },
  });
  const said: Buffer[] = [];
  child.stdout.on('data', tell ?? ((text: Buffer) => void said.push(text)));
  return new Promise((resolve) =>
    child.once('close', (status) => resolve({ passed: status === 0, text: Buffer.concat(said) })),
  );
}

const print = (text: Buffer): void => void process.stdout.write(text);
const given = process.argv.slice(2);

if (given.some((argument) => !argument.startsWith('-'))) {
  const { passed } = await run(['--test-concurrency=2', ...given], print);
  process.exitCode = passed ? 0 : 1;
} else {
  const shared = SHARED.map((folders) =>
    folders.flatMap((folder) => globSync(`test/${folder}/**/*.test.ts`)).filter((file) => !isApart(file)),
  );
  const together = new Set(shared.flat());
  const apart = globSync('test/**/*.test.ts').filter((file) => !together.has(file));
  const waiting = [
    ['--test-concurrency=1', ...given, ...apart.sort()],
    ...shared.map((files) => ['--test-isolation=none', ...given, ...files.sort()]),
  ];
  const start = performance.now();
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let args = waiting.shift(); args !== undefined; args = waiting.shift()) {
      const outcome = await run(args);
      outcomes.push(outcome);
      print(outcome.text);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const counted = (what: string): number =>
    outcomes.reduce(
      (sum, { text }) => sum + Number(new RegExp(`^ℹ ${what} (\\d+)$`, 'm').exec(String(text))?.[1] ?? 0),
      0,
    );
  const [pass, fail, skipped] = [counted('pass'), counted('fail'), counted('skipped')];
  const seconds = Math.round((performance.now() - start) / 1_000);
  process.stdout.write(`\nIn all: ${pass} passed, ${fail} failed, ${skipped} skipped, in ${seconds} s\n`);
  process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
}
