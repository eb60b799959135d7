import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import { pythonEnvironment } from '../scripts/python-environment.ts';

/** An interpreter whose venv has a pip that installs, and downloads, as these exit codes say, after so many lines. */
function python(
  t: TestContext,
  codes: { readonly install: number; readonly download: number; readonly says?: string },
): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-python-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const pip = `case "$3" in
install) seq 1 40 >&2; echo "${codes.says ?? 'ERROR: no wheel'}" >&2; exit ${codes.install};;
download) exit ${codes.download};;
esac`;
  const venv = `mkdir -p "$4/bin" && printf '%s\\n' '#!/bin/sh' '${pip}' > "$4/bin/python" && chmod +x "$4/bin/python"`;
  writeFileSync(join(directory, 'python'), `#!/bin/sh\n${venv}\n`, { mode: 0o755 });
  writeFileSync(join(directory, 'wanted.txt'), 'example==1.0\n');
  return directory;
}

async function environmentOf(t: TestContext, directory: string, interpreter = join(directory, 'python')) {
  const before = process.env.PYTHON;
  process.env.PYTHON = interpreter;
  t.after(() => {
    if (before === undefined) delete process.env.PYTHON;
    else process.env.PYTHON = before;
  });
  return await pythonEnvironment(join(directory, 'environment'), join(directory, 'wanted.txt'));
}

test('what is installed is used, and not installed again while the same is wanted', async (t) => {
  const directory = python(t, { install: 0, download: 1 });
  const ready = { state: 'ready', python: join(directory, 'environment/bin/python') };
  assert.deepEqual(await environmentOf(t, directory), ready);
  assert.deepEqual(await environmentOf(t, directory, join(directory, 'none')), ready);
});

test('without an interpreter, or without PyPI, what is wanted cannot be had here', async (t) => {
  const directory = python(t, { install: 1, download: 1 });
  assert.deepEqual(await environmentOf(t, directory), { state: 'missing', reason: 'PyPI is out of reach' });
  const says = 'WARNING: Retrying (Retry(total=0, connect=None)) after connection broken: /simple/example/';
  const cut = await environmentOf(t, python(t, { install: 1, download: 0, says }));
  assert.equal(cut.state, 'missing', 'what is found beside the index tells nothing of it');
  const none = await environmentOf(t, directory, join(directory, 'none'));
  assert.equal(none.state, 'missing');
  assert.match(JSON.stringify(none), /there is no .*none with venv/);
});

test('what PyPI has and pip cannot install is a failure, told by pip’s last lines', async (t) => {
  const environment = await environmentOf(t, python(t, { install: 1, download: 0 }));
  assert.ok(environment.state === 'failed');
  const lines = environment.reason.split('\n');
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [12, '30', 'ERROR: no wheel']);
});
