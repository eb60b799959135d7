import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/.bin/tsc');

const CONSUMER = `
import { ApiError, SocDefenders, type IocItem } from 'soc-defenders/client';

const client = new SocDefenders({ url: 'http://127.0.0.1:1', key: 'k', retries: 0 });
export async function values(): Promise<IocItem['value'][]> {
  const found: string[] = [];
  for await (const ioc of client.iocs({ type: ['ipv4', 'url'], since: new Date(0) })) found.push(ioc.value);
  return found;
}
export function wrong(): void {
  // @ts-expect-error there is no such type
  client.iocs({ type: 'ipv5' });
  // @ts-expect-error there is no such parameter
  client.list({ typ: 'ipv4' });
  // @ts-expect-error a profile is needed
  client.export('firewall', {});
}
try {
  await values();
} catch (error) {
  console.log(error instanceof ApiError, error instanceof Error && error.name);
}
`;

test('a program uses the published client by its name, with types, in Node and for browsers', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-client-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const own = join(directory, 'node_modules/soc-defenders');
  mkdirSync(own, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(own, 'package.json'));
  execFileSync(TSC, ['--project', join(ROOT, 'tsconfig.client.json'), '--outDir', join(own, 'dist')]);
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  writeFileSync(join(directory, 'program.ts'), CONSUMER);
  const options = [
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--lib',
    'es2023,dom',
    '--types',
    '',
  ];
  execFileSync(TSC, [...options, join(directory, 'program.ts')], { cwd: directory, encoding: 'utf8' });
  const printed = execFileSync(process.execPath, [join(directory, 'program.js')], { encoding: 'utf8' });
  assert.equal(printed, 'false ConnectionError\n');
  const files = globSync('dist/client/*.js', { cwd: own });
  assert.ok(files.length >= 5);
  for (const file of files) {
    const imported = readFileSync(join(own, file), 'utf8').matchAll(/(?:from|import)\s*\(?'([^']+)'/g);
    for (const [, name = ''] of imported) assert.match(name, /^\.\/[a-z-]+\.js$/, `${file} imports ${name}`);
  }
});
