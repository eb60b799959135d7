import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IndicatorQuery } from '../../src/model/indicator-query.ts';
import { selectionOf } from '../../src/render/selection.ts';

const ALL: IndicatorQuery = {
  types: [],
  levels: [],
  sectors: [],
  revoked: 'exclude',
  order: 'newest-first',
  limit: 100,
};

test('a selection names each filter that narrows what the format has', () => {
  assert.equal(selectionOf(ALL, ['ipv4', 'url']), 'all IOCs');
  assert.equal(selectionOf({ ...ALL, types: ['url', 'ipv4', 'cve'] }, ['ipv4', 'url']), 'all IOCs');
  const narrow: IndicatorQuery = {
    ...ALL,
    types: ['ipv4'],
    levels: ['high', 'medium'],
    sectors: ['energy'],
    categories: ['c2'],
    tlps: ['green'],
  };
  assert.equal(
    selectionOf(narrow, ['ipv4', 'url']),
    'type ipv4; confidence high, medium; industry energy; category c2; TLP green',
  );
});

test('a window of time, a page and an order select nothing else', () => {
  const window: IndicatorQuery = {
    ...ALL,
    since: 1,
    until: 2,
    after: 1,
    limit: 1,
    order: 'oldest-first',
    revoked: 'include',
  };
  assert.equal(selectionOf(window, ['ipv4']), selectionOf(ALL, ['ipv4']));
});
