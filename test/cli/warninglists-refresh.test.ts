import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';

import { packTar } from 'modern-tar';

import { warninglistArchive } from '../../src/cli/gate-parts.ts';
import { refreshWarninglists } from '../../src/cli/warninglists.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { FetchOutcome } from '../../src/feeds/fetch/fetcher.ts';
import { bench } from './commands.ts';

const DAY = 86_400_000;
/** Of all tests of this file: each begins where no earlier one forbids to ask. */
let now = Date.UTC(2030, 0, 1);

/** What stands between the program and MISP's repository. */
function repository(context: TestContext, env: Readonly<Record<string, string>> = {}) {
  const { directory } = bench(context);
  const config: Config = loadConfig({ SOC_DATA_DIR: directory, SOC_FEEDS: 'on', ...env });
  const asked: string[] = [];
  const problems: string[] = [];
  now += 30 * DAY;
  return {
    asked,
    problems,
    archive: warninglistArchive(config),
    download: join(directory, 'download'),
    refresh: async (outcome: FetchOutcome): Promise<boolean> => {
      const fetcher = {
        fetch: async ({ url }: { readonly url: string }) => {
          asked.push(url);
          return outcome;
        },
      };
      const { signal } = new AbortController();
      return await refreshWarninglists(fetcher, config, now, signal, (problem) => problems.push(problem));
    },
  };
}

async function tarOf(lists: Readonly<Record<string, string>>): Promise<Buffer> {
  const entries = Object.entries(lists).map(([slug, body]) => ({
    header: { name: `misp-warninglists-main/lists/${slug}/list.json`, size: Buffer.byteLength(body) },
    body,
  }));
  return Buffer.from(await packTar(entries));
}

function fetched(path: string, bytes: Uint8Array): FetchOutcome {
  writeFileSync(path, bytes);
  return {
    state: 'fetched',
    path,
    bytes: bytes.length,
    sha256: '',
    headers: {},
    url: 'https://lists.example.org/',
  };
}

const LIST = JSON.stringify({ name: 'Ours', type: 'string', version: 1, list: ['ours-7.com'] });

test('an archive with lists takes its place, and is not asked for again for a week', async (t) => {
  const { refresh, archive, download, asked, problems } = repository(t);
  const bytes = await tarOf({ ours: LIST });
  assert.equal(await refresh(fetched(download, bytes)), true);
  assert.deepEqual([readFileSync(archive), existsSync(download)], [bytes, false]);
  assert.equal(statSync(archive).mtimeMs, now, 'it is as old as the clock says');
  now += 7 * DAY - 1;
  assert.equal(await refresh({ state: 'unchanged' }), false);
  assert.equal(asked.length, 1);
  now += 1;
  assert.equal(await refresh({ state: 'unchanged' }), false);
  assert.equal(asked.length, 2);
  assert.deepEqual(problems, []);
});

test('what cannot be used is told and removed, and the lists of before stay', async (t) => {
  const { refresh, archive, download, problems } = repository(t);
  writeFileSync(archive, 'the lists of before');
  utimesSync(archive, 0, 0);
  for (const bytes of [
    Buffer.from('no archive'),
    await tarOf({}),
    await tarOf({ torn: LIST.slice(5) }),
    gzipSync(Buffer.from('x')).subarray(0, 12),
  ]) {
    now += 2 * DAY;
    assert.equal(await refresh(fetched(download, bytes)), false);
    assert.deepEqual([readFileSync(archive, 'utf8'), existsSync(download)], ['the lists of before', false]);
  }
  assert.equal(problems.length, 4);
  for (const problem of problems)
    assert.match(problem, /^the warninglists that were fetched cannot be used: ./);
});

test('nothing is asked where the settings say so, or the lists are fresh', async (t) => {
  for (const env of [
    { SOC_WARNINGLISTS: 'off' },
    { SOC_WARNINGLISTS: '/no/such/folder' },
    { SOC_FEEDS: 'off' },
    { SOC_FEEDS: 'own' },
  ] as const) {
    const { refresh, asked } = repository(t, env);
    assert.equal(await refresh({ state: 'unchanged' }), false);
    assert.deepEqual(asked, [], JSON.stringify(env));
  }
  const { refresh, archive, asked } = repository(t);
  writeFileSync(archive, 'fresh');
  utimesSync(archive, now / 1_000, now / 1_000);
  assert.equal(await refresh({ state: 'unchanged' }), false);
  assert.deepEqual(asked, []);
});

test('a refused download is asked for again in a day, not before', async (t) => {
  const { refresh, asked, problems } = repository(t);
  const failure = { state: 'unreachable', reason: 'no network' } as const;
  assert.equal(await refresh(failure), false);
  now += 3_599_999;
  await refresh(failure);
  assert.equal(asked.length, 1, 'within the hour');
  now += 1;
  await refresh({ state: 'unchanged' });
  assert.equal(asked.length, 2, 'after an hour');
  now += DAY - 1;
  await refresh(failure);
  assert.equal(asked.length, 2, 'within the day');
  now += 1;
  await refresh(failure);
  assert.equal(asked.length, 3);
  assert.deepEqual(problems, Array<string>(2).fill('the warninglists cannot be refreshed: no network'));
});
