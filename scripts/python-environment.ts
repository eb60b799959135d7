import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An index that does not answer is not waited for for long: seconds for an answer, and once more. */
const PATIENCE = ['--timeout', '15', '--retries', '1'];

/** A small package that PyPI has had since 2010: where it cannot be had either, PyPI is out of reach. */
const PROBE = 'six';

/** What pip says when it has tried for the last time to reach an index, or a file there. */
const GAVE_UP = /Retrying \(Retry\(total=0\b/;

/** So many of the last lines that pip says are told. */
const LAST_LINES = 12;

/** An interpreter that has what was asked for; or that it cannot be had here, and why; or that installing it failed, and pip's last lines. */
export type PythonEnvironment =
  | { readonly state: 'ready'; readonly python: string }
  | { readonly state: 'missing' | 'failed'; readonly reason: string };

const OUT_OF_REACH: PythonEnvironment = { state: 'missing', reason: 'PyPI is out of reach' };

/**
 * A virtual environment in `directory` that has what the file `requirements` names, from PyPI. It is missing where there is no python3 with
 * venv, or PyPI is out of reach; it has failed where PyPI answers and its packages cannot be installed all the same. What was
 * installed once is used again while the file is the same. `PYTHON` names another interpreter than python3.
 */
export async function pythonEnvironment(directory: string, requirements: string): Promise<PythonEnvironment> {
  const python = join(directory, 'bin', 'python');
  const installed = join(directory, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return { state: 'ready', python };
  mkdirSync(directory, { recursive: true });
  const interpreter = process.env.PYTHON ?? 'python3';
  const made = await run(interpreter, ['-m', 'venv', '--clear', directory]);
  if (!made.ok) return { state: 'missing', reason: `there is no ${interpreter} with venv` };
  const pip = (...args: readonly string[]) =>
    run(python, ['-m', 'pip', ...args, '--quiet', '--disable-pip-version-check', ...PATIENCE]);
  const { ok, said } = await pip('install', '-r', requirements);
  if (ok) {
    writeFileSync(installed, wanted);
    return { state: 'ready', python };
  }
  // The probe alone would be found in a folder beside the index, where pip is told of one.
  if (GAVE_UP.test(said)) return OUT_OF_REACH;
  const probe = await pip('download', '--no-deps', '--dest', join(directory, 'probe'), PROBE);
  return probe.ok
    ? { state: 'failed', reason: said.trimEnd().split('\n').slice(-LAST_LINES).join('\n') }
    : OUT_OF_REACH;
}

/** Runs a command to its end: whether it succeeded, and what it said. One that is not there has not. */
async function run(
  command: string,
  args: readonly string[],
): Promise<{ readonly ok: boolean; readonly said: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  return await new Promise((resolve) => {
    child.once('error', () => resolve({ ok: false, said: '' }));
    child.once('close', (code) => resolve({ ok: code === 0, said: said.join('') }));
  });
}
