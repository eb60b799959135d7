import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { loadCommands } from '../../src/cli/run.ts';
import { bench, runOn } from './commands.ts';

const COMMANDS = await loadCommands();

for (const { name, options, examples, synopsis } of COMMANDS) {
  test(`${name} --help shows the usage, every option with its meaning, and an example`, async () => {
    for (const flag of ['--help', '-h']) {
      const { code, out, talk } = await runOn([name, flag]);
      assert.equal(code, 0);
      assert.equal(talk, '');
      assert.ok(out.includes(`Usage: soc-defenders ${name} ${synopsis}`));
      assert.ok(examples.length > 0);
      for (const example of examples) assert.ok(out.includes(`  ${example}`));
      for (const option of Object.keys(options)) {
        assert.match(out, new RegExp(`^  --${option}(?: VALUE)? {2,}\\S`, 'm'), option);
      }
    }
  });

  test(`${name} refuses an option that it does not know, and says where help is`, async () => {
    const { code, out, talk } = await runOn([name, '--nonsense']);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(talk, /Unknown option '--nonsense'/);
    assert.ok(talk.includes(`soc-defenders ${name} --help`));
  });
}

for (const args of [
  ['serve', 'now'],
  ['demo', 'now'],
  ['export', 'ipv4'],
  ['doctor', 'who'],
  ['key'],
  ['key', 'steal'],
  ['key', 'create', 'x'],
  ['key', 'list', 'x'],
  ['key', 'revoke'],
  ['key', 'revoke', 'a', 'b'],
  ['runs', 'x'],
  ['runs', '1', '2'],
  ['runs', '-1'],
  ['import'],
  ['convert'],
]) {
  test(`"${args.join(' ')}" is a wrong command line: exit code 2 and what to write instead`, async (t) => {
    const { code, out, talk } = await bench(t).run(args);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.ok(talk.length > 20, talk);
  });
}

test('an unknown command is refused with where help is', async () => {
  const { code, talk } = await runOn(['imprt']);
  assert.equal(code, 2);
  assert.match(talk, /no command imprt\. Did you mean import\? .*--help/);
  assert.doesNotMatch((await runOn(['xyzzy'])).talk, /Did you mean/);
});

test('help COMMAND is the help of that command, and of an unknown one its refusal', async () => {
  assert.deepEqual(await runOn(['help', 'runs']), await runOn(['runs', '--help']));
  assert.equal((await runOn(['help', 'nonsense'])).code, 2);
});

test('export --help says what each filter may be, and a refusal names options as they are written', async (t) => {
  const { out } = await runOn(['export', '--help']);
  assert.match(out, /--type VALUE .*Values: ipv4, ipv6, .*email\./);
  assert.match(out, /--revoked VALUE .*Values: include, exclude\./);
  assert.match(out, /--since VALUE .*Give a date, or an RFC 3339 time/);
  const { code, talk } = await bench(t).run(['export', '--include-identity', 'maybe', '--type', 'ip']);
  assert.equal(code, 2);
  assert.match(talk, /^export: --type must be ipv4 or .*; --include-identity must be true or false\.$/);
});

test('an option without a value is refused: an empty --host would be every address of the machine', async (t) => {
  const { run, file } = bench(t);
  const path = file('list.txt', 'bad.example.com\n');
  for (const args of [
    ['serve', '--host', '', '--port', '0'],
    ['serve', '--port='],
    ['import', '--source', '', path],
    ['import', '--column', 'value=1', '--column', '', path],
    ['key', 'create', '--account', ''],
    ['export', '--data', ''],
  ]) {
    const { code, talk, out } = await run(args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(talk, /^\w+: --\w+ is empty: leave it out or give a value\.$/);
  }
});

test('a value that looks like an option is refused in one line', async (t) => {
  const { code, talk } = await bench(t).run(['key', 'create', '--expires', '-5d']);
  assert.equal(code, 2);
  assert.match(talk, /^Option '--expires' argument is ambiguous\. See: soc-defenders key --help$/);
});

test('without a command the overview is shown and the exit code is 2', async () => {
  const nothing = await runOn([]);
  const asked = await runOn(['--help']);
  assert.equal(nothing.code, 2);
  assert.equal(asked.code, 0);
  assert.equal(nothing.out, asked.out);
  for (const { name, summary } of COMMANDS) assert.ok(asked.out.includes(`${name.padEnd(7)}  ${summary}`));
  for (const exit of ['0 done', '1 failed', '2 wrong', '3 input', '4 doctor'])
    assert.ok(asked.out.includes(exit));
});

test('--version is the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.deepEqual(await runOn(['--version']), { code: 0, out: `${version}\n`, talk: '' });
});
