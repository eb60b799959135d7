/**
 * Runs all tests, or those that are named: `npm test`, `npm test -- --test-name-pattern=gate`. Each file is a process of its own; what
 * they compile is kept between them, or every second one would be spent on compiling the same modules again.
 */
import { spawnSync } from 'node:child_process';

import { COMPILE_CACHE } from './compile-cache.ts';

/** One more than a small machine has processors: many tests wait for the disk or a socket. */
const AT_ONCE = 3;

const given = process.argv.slice(2);
const files = given.some((argument) => !argument.startsWith('-')) ? [] : ['test/**/*.test.ts'];
const { status } = spawnSync(
  process.execPath,
  ['--test', `--test-concurrency=${AT_ONCE}`, '--test-reporter=spec', ...given, ...files],
  { stdio: 'inherit', env: { ...process.env, ...COMPILE_CACHE } },
);
process.exitCode = status ?? 1;
