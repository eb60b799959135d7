import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import test from 'node:test';
import { spawnSync } from 'node:child_process';

import { expiryOption } from '../../src/cli/expiry.ts';
import { freeAbandoned, ownerName } from '../../src/cli/feed-owner.ts';
import { UsageError } from '../../src/cli/command.ts';
import type { FeedRecord, FeedSettlement } from '../../src/store/store.ts';

const NOW = Date.UTC(2026, 0, 15, 10);
const DAY = 86_400_000;

test('an expiry is a date, a time, or days from now, and always to come', () => {
  for (const [text, time] of [
    [undefined, undefined],
    ['1d', NOW + DAY],
    ['90d', NOW + 90 * DAY],
    ['99999d', NOW + 99_999 * DAY],
    ['2026-01-16', Date.UTC(2026, 0, 16)],
    ['2030-01-01T00:00:00Z', Date.UTC(2030, 0, 1)],
    ['2026-01-15T10:00:00.001Z', NOW + 1],
  ] as const)
    assert.equal(expiryOption(text === undefined ? {} : { expires: text }, NOW, 'gate'), time, text);
});

test('what is no time to come is refused in the name of the command', () => {
  for (const text of [
    '0d',
    '-1d',
    '100000d',
    '1.5d',
    'd',
    '90',
    '90D ',
    'tomorrow',
    '2026-01-15',
    '2026-01-15T10:00:00Z',
    '1970-01-01',
    '2026-13-01',
    '2026-02-30',
  ])
    assert.throws(
      () => expiryOption({ expires: text }, NOW, 'key create'),
      (error: unknown) =>
        error instanceof UsageError &&
        error.message.startsWith(`key create: --expires ${text} is not a time to come`),
      text,
    );
});

function claims(...owners: readonly (string | undefined)[]) {
  const settled: (readonly [string, string, FeedSettlement])[] = [];
  const feeds = owners.map((owner, at) => ({
    name: `feed-${at}`,
    enabled: true,
    nextAt: 0,
    leaseUntil: 0,
    failures: at,
    state: 'ok',
    ...(owner !== undefined && { owner }),
  })) satisfies FeedRecord[];
  return {
    settled,
    listFeeds: async () => feeds,
    settleFeed: async (name: string, owner: string, settlement: FeedSettlement) => {
      settled.push([name, owner, settlement]);
    },
  };
}

test('a process has a name of its own each time, with its host and number', () => {
  const [one, other] = [ownerName(), ownerName()];
  assert.notEqual(one, other);
  assert.ok(one.startsWith(`${hostname()}/${process.pid}/`));
});

test('feeds of processes that have died here are free at once; of others nobody can tell', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const here = hostname();
  const store = claims(
    undefined,
    `${here}/${dead}/aaaaaaaa`,
    `${here}/${process.ppid}/bbbbbbbb`,
    `another-${here}/${dead}/cccccccc`,
    `${here}/${process.pid}/dddddddd`,
    `${here}/no number/eeeeeeee`,
    here,
    '',
  );
  assert.deepEqual(await freeAbandoned(store, NOW), ['feed-1', 'feed-4']);
  const [first] = store.settled;
  assert.deepEqual(first?.slice(0, 2), ['feed-1', `${here}/${dead}/aaaaaaaa`]);
  assert.deepEqual(first?.[2], {
    state: 'interrupted',
    reason: 'the process that ran it has died; the next run goes on from there',
    nextAt: NOW,
    checkedAt: NOW,
    failures: 1,
  });
});

test('what this process itself holds is not taken from it', async () => {
  const own = ownerName();
  assert.deepEqual(await freeAbandoned(claims(own), NOW, [own]), []);
  assert.deepEqual(await freeAbandoned(claims(own), NOW), ['feed-0'], 'a process of the same number before');
});
