import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';

import { patientWriter } from '../../src/observe/patient-writer.ts';

/** A stream whose reader takes nothing until it is told to. */
function stalled() {
  const taken: string[] = [];
  let waiting: (() => void) | undefined;
  let open = false;
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      taken.push(text);
      if (open) done();
      else waiting = done;
    },
  });
  const take = async (): Promise<void> => {
    open = true;
    waiting?.();
    waiting = undefined;
    while (stream.writableLength > 0) await new Promise(setImmediate);
  };
  return { stream, take, text: () => taken.join('') };
}

test('a log that nobody reads takes bounded memory, and tells how many lines it lost', async () => {
  const { stream, take, text } = stalled();
  const write = patientWriter(
    () => stream,
    (lines) => `lost ${lines}\n`,
    1_000,
  );
  for (let count = 0; count < 500; count += 1) write(`${String(count).padStart(9, '0')}\n`);
  write('a\nb\n');
  assert.ok(stream.writableLength <= 1_010, `${stream.writableLength}`);
  await take();
  write('again\n');
  await take();
  const lines = text().split('\n').slice(0, -1);
  const kept = lines.filter((line) => /^\d+$/.test(line)).length;
  assert.ok(kept >= 100 && kept < 110, `${kept}`);
  assert.deepEqual(lines.slice(kept), [`lost ${500 - kept + 2}`, 'again']);
});

test('while it is read, nothing is lost or added', async () => {
  const { stream, take, text } = stalled();
  await take();
  const write = patientWriter(
    () => stream,
    () => 'lost\n',
    10,
  );
  let all = '';
  for (let count = 0; count < 100; count += 1) {
    write(`line ${count}\n`);
    all += `line ${count}\n`;
    await take();
  }
  assert.equal(text(), all);
});
