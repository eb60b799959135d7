import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { TestContext } from 'node:test';

import { buildGate } from '../../src/gate/build.ts';
import type { Gate } from '../../src/gate/gate.ts';
import { isJudged } from '../../src/gate/policy.ts';
import { readWarninglistFolder } from '../../src/gate/read-folder.ts';
import type { Ioc } from '../../src/model/ioc.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { sharedData } from '../shared-data.ts';
import { NOW, plainGate } from './checking.ts';

function lists(context: TestContext) {
  const folder = sharedData(context, 'misp/warninglists');
  return folder === undefined ? undefined : readWarninglistFolder(folder);
}

test('every recorded warninglist loads, can be used, and has been judged', (context) => {
  const reading = lists(context);
  if (reading === undefined) return;
  assert.equal(reading.lists.length, 63);
  assert.deepEqual(reading.problems, []);
  assert.deepEqual(buildGate({ warninglists: reading.lists, now: NOW }).problems, []);
  assert.deepEqual(
    reading.lists.filter(({ slug }) => !isJudged(slug)),
    [],
  );
});

for (const slug of [
  'tranco10k',
  'cisco_top1000',
  'rfc1918',
  'rfc5735',
  'rfc6598',
  'multicast',
  'empty-hashes',
]) {
  test(`nothing on ${slug} passes, with what comes with the program and with the recorded lists`, (context) => {
    const all = gateOfAll(context);
    for (const ioc of iocsOf(context, slug)) {
      assert.notEqual(plainGate().check(ioc), undefined, ioc.value);
      assert.notEqual(all?.check(ioc), undefined, ioc.value);
    }
  });
}

for (const slug of ['public-dns-v4', 'public-dns-v6', 'eicar.com', 'cisco_top10k', 'majestic_million']) {
  test(`nothing on ${slug} passes with the recorded lists`, (context) => {
    const all = gateOfAll(context);
    for (const ioc of iocsOf(context, slug)) assert.notEqual(all?.check(ioc), undefined, ioc.value);
  });
}

let ofAll: Gate | undefined;

function gateOfAll(context: TestContext): Gate | undefined {
  const reading = ofAll === undefined ? lists(context) : undefined;
  if (reading !== undefined) ofAll = buildGate({ warninglists: reading.lists, now: NOW });
  return ofAll;
}

function iocsOf(context: TestContext, slug: string): Ioc[] {
  const path = sharedData(context, `misp/warninglists/${slug}.json`);
  if (path === undefined) return [];
  const { list } = JSON.parse(readFileSync(path, 'utf8')) as { list: string[] };
  return list.map((entry) => normaliseIoc(entry)).filter((ioc) => ioc.ok);
}
