import assert from 'node:assert/strict';
import { test } from 'node:test';

import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, get, serving, type Serving } from './serving.ts';

const IOCS = 20_000;

/** Of the thread that serves, in milliseconds: what is held up for longer shows. */
const MOST = 100;

/** What asks for much, and what it is answered with. */
const QUESTIONS: readonly (readonly [string, number])[] = [
  ['/api/v1/iocs/stix?limit=1000000000', 400],
  ['/api/v1/iocs/stix?limit=10001', 400],
  ['/api/v1/iocs/stix?limit=-1', 400],
  ['/api/v1/iocs?offset=1000000000', 400],
  ['/api/v1/iocs?limit=1&offset=10000', 200],
  [`/api/v1/iocs/stix?type=${'ipv6,'.repeat(1_500)}ipv6`, 200],
  [`/api/v1/iocs/stix?type=${'x,'.repeat(4_000)}x`, 400],
  ['/api/v1/iocs/search?q=%25', 400],
  ['/api/v1/iocs/search?q=__', 400],
  ['/api/v1/iocs/search?q=%25%25%25', 200],
  ['/api/v1/iocs/search?q=___', 200],
  ['/api/v1/iocs/search?q=2001', 200],
  ['/api/v1/iocs/search?q=:db8::&limit=1', 200],
  [`/api/v1/iocs/search?q=${'a*'.repeat(100)}`, 200],
  [`/api/v1/iocs/search?q=${'%22'.repeat(50)}`, 200],
  ['/api/v1/iocs/count?revoked=include&since=1970-01-01', 200],
  [`/api/v1/lookup?value=${'a.'.repeat(3_000)}com`, 400],
  [`/api/v1/lookup?value=${'a.'.repeat(120)}example.com`, 200],
  ['/api/v1/lookup?value=http://[2001:db8:1:2:3:4:5:6]/x', 200],
  ['/api/v1/iocs/stats', 200],
];

async function cost(server: Serving, question: string, expected: number): Promise<number> {
  const before = process.threadCpuUsage();
  const { status, body } = await get(server, question, bearer(server.pro));
  const { user, system } = process.threadCpuUsage(before);
  assert.equal(status, expected, `${question.slice(0, 60)}: ${body.toString().slice(0, 300)}`);
  return (user + system) / 1_000;
}

test('no question costs the thread that serves much, whether it is refused or answered', async (context) => {
  const server = await serving(context);
  for (let start = 0; start < IOCS; start += 5_000)
    await take(server.store, addresses(IOCS).slice(start, start + 5_000), START);
  server.clock.advance(3_600_000);
  // Beside a server another thread does that.
  await server.store.fillLists();
  for (const [question, status] of QUESTIONS) {
    const milliseconds = await cost(server, question, status);
    assert.ok(milliseconds < MOST, `${question.slice(0, 60)}: ${Math.round(milliseconds)} ms`);
  }
});
