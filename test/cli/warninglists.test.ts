import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { warninglistArchive } from '../../src/cli/gate-parts.ts';
import { refreshWarninglists } from '../../src/cli/warninglists.ts';
import { loadConfig } from '../../src/config.ts';
import type { FetchOutcome } from '../../src/feeds/fetch/fetcher.ts';
import { bench } from './commands.ts';

const HOUR = 3_600_000;

test('warninglists that cannot be had are told and asked for again: soon where nobody was reached, else in a day', async (t) => {
  const { directory } = bench(t);
  const config = loadConfig({ SOC_DATA_DIR: directory });
  const path = join(directory, 'download');
  let outcome: FetchOutcome = { state: 'unreachable', reason: 'no network' };
  let asked = 0;
  const problems: string[] = [];
  const fetcher = {
    fetch: async () => {
      asked += 1;
      return outcome;
    },
  };
  const { signal } = new AbortController();
  const at = (now: number) =>
    refreshWarninglists(fetcher, config, now, signal, (problem) => problems.push(problem));
  const start = Date.now();
  assert.equal(await at(start), false);
  await at(start + HOUR / 2);
  assert.deepEqual([asked, problems], [1, ['the warninglists cannot be refreshed: no network']]);
  writeFileSync(path, 'no archive');
  const rest = { bytes: 10, sha256: '', headers: {}, url: 'https://lists.example.org/' };
  outcome = { state: 'fetched', path, ...rest };
  assert.equal(await at(start + HOUR), false);
  assert.match(problems[1] ?? '', /that were fetched cannot be used/);
  assert.deepEqual([existsSync(warninglistArchive(config)), readdirSync(directory)], [false, []]);
  await at(start + 2 * HOUR);
  assert.equal(asked, 2, 'what is no archive is not asked for every hour');
});

test('with feeds of one’s own only, nothing is fetched from the repository', async (t) => {
  const config = loadConfig({ SOC_DATA_DIR: bench(t).directory, SOC_FEEDS: 'own' });
  const fetcher = { fetch: () => assert.fail('it was asked') };
  const now = Date.now() + 100 * HOUR;
  assert.equal(
    await refreshWarninglists(fetcher, config, now, new AbortController().signal, assert.fail),
    false,
  );
});
