import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { FETCH_TROUBLES } from '../../../src/feeds/fetch/fetcher.ts';
import { FETCH_LIMITS } from '../../../src/feeds/fetch/options.ts';

const PAGE = readFileSync(new URL('../../../docs/fetching.md', import.meta.url), 'utf8');

test('every state of a download is documented, and none that does not exist', () => {
  const [, table = ''] = PAGE.split('## What the states mean');
  const states = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, state = '']) => state);
  assert.deepEqual(states.sort(), ['fetched', 'unchanged', ...Object.keys(FETCH_TROUBLES)].sort());
});

test('the limits are documented as they are', () => {
  const { connectTimeout, headersTimeout, idleTimeout, totalTimeout, pace, redirects, perHost } =
    FETCH_LIMITS;
  const row = (name: string): string =>
    PAGE.split('\n')
      .find((line) => line.startsWith(`| ${name}`))
      ?.split('|')[2]
      ?.trim() ?? '';
  assert.equal(row('look-up'), `${connectTimeout / 1_000} seconds`);
  assert.equal(row('from the request'), `${headersTimeout / 1_000} seconds`);
  assert.equal(row('silence'), `${idleTimeout / 1_000} seconds`);
  assert.equal(row('the whole'), `${totalTimeout / 60_000} minutes`);
  assert.equal(row('redirects'), String(redirects));
  assert.equal(row('pace of'), `${pace.bytes.toLocaleString('en')} bytes in each minute`);
  assert.equal(pace.within, 60_000);
  assert.deepEqual(perHost, { atOnce: 2, pause: 1_000 });
});
