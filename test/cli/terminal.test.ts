import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test from 'node:test';

import { processTerminal } from '../../src/cli/terminal.ts';
import { bench } from './commands.ts';
import { start } from './program.ts';

/** A process as far as a terminal needs it, with what was written to it. */
function fakeProcess({ isTTY }: { readonly isTTY: boolean }) {
  const stdout = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const process = { stdout, stderr, stdin: new PassThrough(), env: {}, once: () => undefined };
  return {
    terminal: processTerminal(process as unknown as NodeJS.Process),
    out: () => String(stdout.read() ?? ''),
    talk: () => String(stderr.read() ?? ''),
  };
}

/** What makes a terminal clear its screen, take another title, or reverse text. */
const COMMANDS = '\u001b[2J\u001b]0;title\u0007\u009b31m\u202e';

test('what files and sources are named never steers the terminal of who reads of them', async () => {
  const { terminal, out, talk } = fakeProcess({ isTTY: true });
  terminal.say(`list${COMMANDS}.txt: 2 read\nthe second line`);
  terminal.progress(`list${COMMANDS}.txt: 3 records read`);
  await terminal.write(`1  list${COMMANDS}.txt\n`);
  const [told, shown] = [talk(), out()];
  for (const text of [told, shown]) assert.doesNotMatch(text, /[\u001b\u0007\u009b\u202e]/);
  assert.match(told, /2 read\nthe second line\n/);
  assert.match(shown, /^1 {2}list.+\.txt\n$/);
});

test('data for other programs is handed on as it is', async () => {
  const { terminal, out } = fakeProcess({ isTTY: false });
  await terminal.write(`"${COMMANDS}"\n`);
  assert.equal(out(), `"${COMMANDS}"\n`);
});

test('a server whose log nobody reads any more goes on serving', async (t) => {
  const here = bench(t);
  const server = start(t, ['serve', '--port', '0'], { SOC_DATA_DIR: here.data });
  const url = await server.says(/"url":"([^"]+)"/);
  server.process.stderr.destroy();
  await once(server.process.stderr, 'close');
  for (let asked = 0; asked < 5; asked += 1) {
    // Each is a line of the log, which cannot be written.
    assert.equal((await fetch(`${url}/api/v1/iocs/stix`)).status, 401);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  server.process.kill('SIGTERM');
  assert.deepEqual(await server.ended, { code: 0, signal: null });
});

test('the name of a file becomes that of a source without what cannot be seen', async (t) => {
  const here = bench(t);
  const path = join(here.directory, 'list\u001b[31m\n.txt');
  writeFileSync(path, 'bad.example.com\n');
  await here.run(['import', path]);
  await here.run(['import', '--source', 'Our\u0007 own\u202e', '-'], { stdin: 'bad.example.com\n' });
  const [indicator] = await here.exported();
  const references = indicator!['external_references'] as { source_name: string }[];
  assert.deepEqual(references.map(({ source_name }) => source_name).sort(), ['Our own', 'list [31m .txt']);
});

test('an import that is asked to stop does not begin with the files that are left', async (t) => {
  const here = bench(t);
  const stopped = AbortSignal.abort();
  const paths = ['one.txt', 'two.txt'].map((name) => here.file(name, 'bad.example.com\n'));
  const { code, talk } = await here.run(['import', ...paths], { signal: stopped });
  assert.equal(code, 3);
  assert.match(talk, /one\.txt: not begun, as the import was stopped\.\n.+two\.txt: not begun/);
  assert.match((await here.run(['runs'])).talk, /No imports yet/);
});

test('an import whose report nobody reads ends in order: the files that are left are told, and the exit code is 3', async (t) => {
  const here = bench(t);
  const paths = ['one.txt', 'two.txt'].map((name) => here.file(name, `${name}.example.com\n`));
  const program = start(t, ['import', '--json', ...paths], { SOC_DATA_DIR: here.data });
  program.process.stdout.destroy();
  assert.deepEqual(await program.ended, { code: 3, signal: null });
  assert.match(program.talk(), /two\.txt: .*(?:not begun|reading was stopped)/);
  const runs = (await here.run(['runs'])).out;
  assert.match(runs, /one\.txt: 1 read, 1 new/);
  assert.doesNotMatch(runs, /not ended/);
});

test('an export or a conversion whose reader has gone ends quietly with exit code 0', async (t) => {
  const here = bench(t);
  const many = Array.from({ length: 20_000 }, (_, index) => `h${index}.example.com\n`).join('');
  const path = here.file('many.txt', many);
  await here.run(['import', path]);
  for (const args of [['export'], ['convert', path]]) {
    const program = start(t, args, { SOC_DATA_DIR: here.data });
    program.process.stdout.destroy();
    assert.deepEqual(await program.ended, { code: 0, signal: null }, args[0]);
    assert.equal(program.talk(), '');
  }
});
