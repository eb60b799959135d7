import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';

import type { Sighting } from '../../src/model/sighting.ts';
import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, get, PATH, serving } from './serving.ts';

const ROUNDS = 500;

/** Sends a request and leaves: at once, or when the first bytes of its answer are there. */
function abandon(port: number, query: string, key: string, wait: boolean): Promise<void> {
  return new Promise((resolve) => {
    const head = `GET ${PATH}${query} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n\r\n`;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head, () => {
        if (!wait) socket.resetAndDestroy();
      });
    });
    socket.on('data', () => socket.resetAndDestroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

test(
  'among a thousand requests that are given up, nobody gets what another asked for',
  { timeout: 90_000 },
  async (context) => {
    const server = await serving(context);
    const sightings: Sighting[] = [
      ...addresses(300, { comment: 'x'.repeat(200) }),
      ...Array.from({ length: 300 }, (_, index) => ({
        type: 'domain' as const,
        value: `host-${index}.example.com`,
        lastSeen: START,
      })),
    ];
    await take(server.store, sightings, START);
    const port = await server.listen();
    // The limit of a minute is not what is looked at here.
    const [first, second] = [await server.key('pro'), await server.key('pro')];
    const asked = [
      {
        key: first,
        query: '?type=ipv6&limit=200&tlp=green',
        marker: 'ipv6-addr:value',
        other: 'domain-name:value',
      },
      {
        key: second,
        query: '?type=domain&limit=200&tlp=red',
        marker: 'domain-name:value',
        other: 'ipv6-addr:value',
      },
    ];
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(asked.map(({ key, query }) => abandon(port, query, key, round % 2 === 0)));
      if (round % 50 !== 0) continue;
      const answers = await Promise.all(asked.map(({ key, query }) => get(server, query, bearer(key))));
      for (const [index, { status, body, headers }] of answers.entries()) {
        const { marker, other } = asked[index]!;
        assert.equal(status, 200);
        assert.equal(body.toString().split(marker).length - 1, 200);
        assert.ok(!body.includes(other));
        assert.equal(headers['x-ratelimit-limit'], '1000');
      }
      assert.notEqual(answers[0]!.headers.etag, answers[1]!.headers.etag);
    }
    // Each is charged to the key that asked, whatever became of its answer; what is cut off at once may not even arrive.
    for (const { key } of asked) {
      const { headers } = await get(server, '?limit=1', bearer(key));
      const charged = 1_000 - Number(headers['x-ratelimit-remaining']);
      assert.ok(charged > ROUNDS / 2 && charged <= ROUNDS + ROUNDS / 50 + 1, `${charged}`);
    }
  },
);
