import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bench } from '../cli/commands.ts';
import { cpuTime } from '../cpu-time.ts';
import { reading } from './reading.ts';

const MEGABYTE = 1_000_000;

/**
 * Texts of digits hash to their number in engines without the mend of CVE-2026-21717: multiples of a large power of
 * two then fall into few places of every table, and each look-up walks past all that fell there before.
 */
const colliding = (index: number): string => String((index * 65_536) % 4_294_967_291);

/** As many texts of the same lengths that have nothing in common. */
const scattered = (index: number): string => String((index * 2_654_435_761) % 4_294_967_291);

type Name = (index: number) => string;

/** Inputs of a megabyte that put names of the sender's choice into tables of ours. */
const INPUTS: Readonly<Record<string, (name: Name) => string>> = {
  'the keys of one record': (name) => {
    const keys = fill(MEGABYTE, (index) => `"${name(index)}":0`).join();
    return `{"vulnerabilities":[{"cveID":"CVE-2026-0001","more":{${keys}}}]}`;
  },
  'the texts of one record': (name) => {
    const texts = fill(MEGABYTE, (index) => `"${name(index)}"`).join();
    return `{"vulnerabilities":[{"cveID":"CVE-2026-0001","more":[${texts}]}]}`;
  },
  'the keys that lead to the records of a feed': (name) => {
    const records = fill(
      MEGABYTE,
      (index) =>
        `"${name(index)}":[{"dateadded":"2026-01-01 00:00:00 UTC","url":"http://h.example.com/${index}","url_status":"online","threat":"malware_download","tags":null,"urlhaus_link":"https://urlhaus.example/1","reporter":"x"}]`,
    );
    return `{${records.join()}}`;
  },
  'the ids of objects of a bundle': (name) => {
    const objects = fill(
      MEGABYTE,
      (index) => `{"type":"malware","id":"${name(index)}","name":"${name(index + 1)}"}`,
    );
    const indicator = `{"type":"indicator","id":"indicator--00000000-0000-4000-8000-000000000001","pattern_type":"stix","pattern":"[ipv4-addr:value = '192.0.2.1']"}`;
    return `{"type":"bundle","objects":[${indicator},${objects.join()}]}`;
  },
  'the tags of a MISP event': (name) => {
    const tags = fill(MEGABYTE, (index) => `{"name":"${name(index)}"}`).join();
    return `{"Event":{"info":"x","Tag":[${tags}],"Attribute":[{"type":"ip-dst","to_ids":true,"value":"192.0.2.1"}]}}`;
  },
  'the tags of a row': (name) =>
    `value,type,tags\n192.0.2.1,ipv4,"${fill(MEGABYTE, (index) => name(index)).join(';')}"\n`,
};

for (const [what, input] of Object.entries(INPUTS)) {
  test(`${what} cost the same whatever they collide with`, async (context) => {
    const plain = input(scattered);
    const hostile = input(colliding);
    assert.ok(hostile.length > 0.9 * MEGABYTE);
    const benign = await fastest(() => reading(plain));
    const spent = await fastest(() => reading(hostile));
    context.diagnostic(`${spent.toFixed(0)} ms, ${benign.toFixed(0)} ms without collisions`);
    assert.ok(spent < Math.max(200, 3 * benign), `${spent} ms against ${benign} ms`);
  });
}

test('colliding input of any kind is still read, and keeps its one good value', async () => {
  const [keys, texts, , ids, tags] = Object.values(INPUTS).map((input) => input(colliding));
  for (const text of [keys, texts]) {
    assert.deepEqual(
      (await reading(text!)).iocs.map(({ value }) => value),
      ['CVE-2026-0001'],
    );
  }
  for (const text of [ids, tags]) {
    assert.deepEqual(
      (await reading(text!)).iocs.map(({ value }) => value),
      ['192.0.2.1'],
    );
  }
});

test('each value of an input is found again in a time that does not depend on what came before', async (context) => {
  const { run } = bench(context);
  const lines = (name: Name): string =>
    fill(400_000, (index) => `http://h.example.com/${name(index)}`).join('\n');
  const convert = async (text: string): Promise<void> => {
    const { code } = await run(['convert', '--format', 'list', '-'], { stdin: text });
    assert.equal(code, 0);
  };
  const benign = await fastest(() => convert(lines(scattered)), 2);
  const spent = await fastest(() => convert(lines(colliding)), 2);
  assert.ok(spent < 3 * benign + 100, `${spent} ms against ${benign} ms`);
});

/** So many of what `piece` makes that they have about `size` characters. */
function fill(size: number, piece: (index: number) => string): string[] {
  const pieces: string[] = [];
  for (let length = 0, index = 0; length < size; index += 1) {
    const text = piece(index);
    pieces.push(text);
    length += text.length + 1;
  }
  return pieces;
}

/** The least processor time that some work takes, in milliseconds. */
async function fastest(work: () => Promise<unknown>, times = 3): Promise<number> {
  let least = Infinity;
  for (let count = 0; count < times; count += 1) {
    const start = cpuTime();
    await work();
    least = Math.min(least, cpuTime() - start);
  }
  return least;
}
