/** Builds the JavaScript that a published package carries: compiled modules, and the files they read beside them. */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}/dist`, { recursive: true, force: true });
for (const project of ['tsconfig.build.json', 'tsconfig.client.json'])
  execFileSync('tsc', ['--project', project], { cwd: root, stdio: 'inherit' });
cpSync(`${root}/src`, `${root}/dist`, { recursive: true, filter: (path) => !path.endsWith('.ts') });
