#!/usr/bin/env node
import { nodeTooOld } from './cli/node-version.ts';

const refusal = nodeTooOld(process.versions.node);
if (refusal === undefined) {
  // Only now: the rest does not even load on a Node that is too old.
  keepFilesFromOthers();
  const { runCommandLine } = await import('./cli/run.ts');
  const { processTerminal } = await import('./cli/terminal.ts');
  process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal(process));
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}

/** Files are made for owner and group alone: they hold hashes of keys and passwords, and what is TLP:RED. */
function keepFilesFromOthers(): void {
  const before = process.umask(0o077);
  process.umask(before | 0o007);
}
