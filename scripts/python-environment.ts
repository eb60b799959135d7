import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An index that does not answer is not waited for for long: seconds for an answer, and once more. */
const PATIENCE = ['--timeout', '15', '--retries', '1'];

/**
 * The interpreter of a virtual environment in `directory` that has what the file `requirements` names, from PyPI; undefined where it cannot
 * be had, as there is no python3 with venv, or PyPI is out of reach: pip says why. What was installed once is used
 * again while the file is the same. `PYTHON` names another interpreter than python3.
 */
export async function pythonEnvironment(
  directory: string,
  requirements: string,
): Promise<string | undefined> {
  const python = join(directory, 'bin', 'python');
  const installed = join(directory, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return python;
  mkdirSync(directory, { recursive: true });
  if (!(await runs(process.env.PYTHON ?? 'python3', ['-m', 'venv', '--clear', directory]))) return undefined;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PATIENCE];
  if (!(await runs(python, [...pip, '-r', requirements]))) return undefined;
  writeFileSync(installed, wanted);
  return python;
}

/** Whether a command could be run, and said that it succeeded. What it prints goes to standard error. */
async function runs(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ['ignore', process.stderr, process.stderr] });
  return await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
