import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';

import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { addresses, bundleOf, get, bearer, serving } from '../http/serving.ts';
import { DAY, domain, SOURCE, START, take } from '../store/fixtures.ts';
import {
  ask,
  collectionPath,
  type Entry,
  type Envelope,
  indicatorsIn,
  readObjects,
  taxiiBody,
} from './reading.ts';

const FIRST = 'x-taxii-date-added-first';
const LAST = 'x-taxii-date-added-last';
const OBJECTS = `${collectionPath()}objects/`;

const stampOf = ({ modified }: { readonly modified: string }): number => Date.parse(modified);

test('a first download is every current indicator in the order of publication, as the export has it', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(30), here.clock.now);
  const envelope = await readObjects(here);
  const exported = bundleOf(await get(here, '?since=2020-01-01&limit=10000', bearer(here.pro)));
  const indicators = exported.objects.filter(({ type }) => type === 'indicator');
  assert.equal(envelope.more, false);
  assert.equal('next' in envelope, false);
  assert.deepEqual(indicatorsIn(envelope), indicators);
  assert.equal(indicators.length, 30);
});

test('the identity and every marking are there once, before the indicators that point to them', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(3), here.clock.now);
  const { objects } = await readObjects(here);
  const ids = new Set(objects.map(({ id }) => id));
  assert.equal(ids.size, objects.length);
  assert.deepEqual(
    objects.slice(0, 6).map(({ type }) => type),
    ['identity', ...Array<string>(5).fill('marking-definition')],
  );
  for (const { created_by_ref: author, object_marking_refs: markings } of objects.slice(6)) {
    assert.ok(ids.has(author as string));
    assert.ok(markings.every((id) => ids.has(id)));
  }
});

test('pages of any size make up the whole, never hold more than their limit, and the last has no next', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(40), here.clock.now);
  const whole = indicatorsIn(await readObjects(here)).map(({ id }) => id);
  for (const limit of [1, 5, 11, 12, 13, 20, 39, 40, 46, 100]) {
    const seen: string[] = [];
    let query = `?limit=${limit}`;
    for (;;) {
      const page = await readObjects(here, query);
      assert.ok(page.objects.length <= limit, `${page.objects.length} of ${limit}`);
      seen.push(...indicatorsIn(page).map(({ id }) => id));
      assert.equal(page.more, page.next !== undefined);
      if (page.next === undefined) break;
      query = `?limit=${limit}&next=${page.next}`;
    }
    assert.deepEqual(seen, whole, `limit ${limit}`);
  }
});

test('a collection without indicators has what they would point to, and a poll of it is an envelope with an empty list', async (context) => {
  const here = await serving(context);
  const answer = await ask(here, OBJECTS);
  const { more, objects } = taxiiBody(answer) as Envelope;
  assert.equal(more, false);
  assert.deepEqual(
    objects.map(({ type }) => type),
    ['identity', ...Array<string>(5).fill('marking-definition')],
  );
  assert.equal(answer.headers[FIRST], '2024-01-01T00:00:00.000000Z');
  assert.equal(answer.headers[LAST], '2024-01-01T00:00:00.005000Z');
  const poll = await ask(here, `${OBJECTS}?added_after=${answer.headers[LAST]}`);
  assert.equal(poll.body.toString('utf8'), '{"more":false,"objects":[]}');
  const manifest = await ask(here, `${collectionPath()}manifest/?added_after=${answer.headers[LAST]}`);
  assert.equal(manifest.body.toString('utf8'), '{}');
});

test('every page tells when its first and its last object were added, with microseconds', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(40), here.clock.now);
  const first = await ask(here, `${OBJECTS}?limit=20`);
  assert.equal(first.headers[FIRST], '2024-01-01T00:00:00.000000Z');
  assert.equal(
    first.headers[LAST],
    (taxiiBody(first) as Envelope).objects.at(-1)!.modified.replace('Z', '000Z'),
  );
  for (const query of ['?match[type]=indicator', `?added_after=2026-01-15T08:00:00.010Z&limit=10`]) {
    const answer = await ask(here, OBJECTS + query);
    const indicators = indicatorsIn(taxiiBody(answer) as Envelope);
    assert.equal(answer.headers[FIRST], indicators[0]!.modified.replace('Z', '000Z'));
    assert.equal(answer.headers[LAST], indicators.at(-1)!.modified.replace('Z', '000Z'));
  }
});

test('an empty page repeats the added_after that was asked for', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(2), here.clock.now);
  for (const [asked, told] of [
    ['2026-03-01T00:00:00Z', '2026-03-01T00:00:00.000000Z'],
    ['2026-03-01T01:00:00.123456%2B01:00', '2026-03-01T00:00:00.123000Z'],
    ['2030-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000000Z'],
  ]) {
    const answer = await ask(here, `${OBJECTS}?added_after=${asked}`);
    assert.deepEqual(taxiiBody(answer), { more: false, objects: [] });
    assert.equal(answer.headers[FIRST], told);
    assert.equal(answer.headers[LAST], told);
  }
});

test('added_after is strictly exclusive, to the millisecond and below', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(5), here.clock.now);
  const all = indicatorsIn(await readObjects(here));
  const third = all[2]!;
  const names = async (after: string): Promise<string[]> =>
    indicatorsIn(await readObjects(here, `?added_after=${after}`)).map(({ name }) => name);
  const rest = all.slice(3).map(({ name }) => name);
  assert.deepEqual(await names(third.modified), rest);
  assert.deepEqual(await names(third.modified.replace('Z', '999Z')), rest);
  const before = new Date(stampOf(third) - 1).toISOString();
  assert.deepEqual(await names(before), [third.name, ...rest]);
  assert.deepEqual(await names(before.replace('Z', '999Z')), [third.name, ...rest]);
});

test('with added_after, retractions are told; a first download has none of them', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(3), here.clock.now);
  const [first] = indicatorsIn(await readObjects(here));
  here.clock.advance(1_000);
  await here.store.retract([{ type: 'ipv6', value: first!.name }], 'test', here.clock.now);
  here.clock.advance(1_000);
  assert.equal(indicatorsIn(await readObjects(here)).length, 2);
  const later = indicatorsIn(await readObjects(here, '?added_after=2026-01-15T10:00:00.500Z'));
  assert.deepEqual(
    later.map(({ id, revoked }) => [id, revoked]),
    [[first!.id, true]],
  );
});

test('what is retracted while a first download is under way is told on its later pages', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(30), here.clock.now);
  const page = await readObjects(here, '?limit=20');
  const given = indicatorsIn(page)[0]!;
  here.clock.advance(1_000);
  await here.store.retract([{ type: 'ipv6', value: given.name }], 'test', here.clock.now);
  await take(here.store, [domain(1)], here.clock.advance(1_000));
  here.clock.advance(1_000);
  const seen = [];
  for (let next = page.next; next !== undefined;) {
    const later = await readObjects(here, `?limit=20&next=${next}`);
    seen.push(...indicatorsIn(later));
    next = later.next;
  }
  assert.equal(seen.length, 30 - 14 + 2);
  assert.ok(seen.some(({ id, revoked }) => id === given.id && revoked === true));
  assert.ok(seen.some(({ name }) => name === 'host-1.example.com'));
});

test('an old next still goes on from where it led, years later', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(30), here.clock.now);
  const { next } = await readObjects(here, '?limit=20');
  const before = indicatorsIn(await readObjects(here, `?limit=20&next=${next}`));
  here.clock.advance(3 * 365 * DAY);
  const { lastStamp } = await take(here.store, [domain(1, { lastSeen: here.clock.now })], here.clock.now);
  here.clock.now = lastStamp;
  const page = await readObjects(here, `?next=${next}`);
  assert.equal(before.length, 14);
  assert.ok(indicatorsIn(page).some(({ name }) => name === 'host-1.example.com'));
});

test('next goes on alike with added_after, without it, and with another limit', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(40), here.clock.now);
  const asked = '?added_after=2026-01-01T00:00:00Z&limit=20';
  const { next } = await readObjects(here, asked);
  const pages = await Promise.all(
    [`${asked}&next=${next}`, `?limit=20&next=${next}`, `?next=${next}`].map((query) =>
      readObjects(here, query),
    ),
  );
  const [expected, ...others] = pages.map((page) => indicatorsIn(page).map(({ id }) => id));
  assert.equal(expected!.length, 14);
  assert.deepEqual(others[0], expected);
  assert.deepEqual(others[1]!.slice(0, 14), expected);
});

test('an empty next is none', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(5), here.clock.now);
  assert.deepEqual(await readObjects(here, '?limit=50&next='), await readObjects(here, '?limit=50'));
});

test('the identity and markings come on the first page alone where that is configured, and are no dangling references then', async (context) => {
  const taxii = { ...HTTP_DEFAULTS.taxii, repeatCommon: false };
  const here = await serving(context, { config: { taxii } });
  await take(here.store, addresses(40), here.clock.now);
  const first = await readObjects(here, '?limit=20');
  assert.equal(first.objects[0]!.type, 'identity');
  const second = await readObjects(here, `?limit=20&next=${first.next}`);
  assert.deepEqual(second.objects, indicatorsIn(second));
  const polled = await readObjects(here, '?added_after=2026-01-01T00:00:00Z');
  assert.deepEqual(polled.objects, indicatorsIn(polled));
});

test('each collection holds what its filter says, of every kind', async (context) => {
  const here = await serving(context);
  const green = { ...SOURCE, name: 'Green', tlp: 'green' as const };
  await take(
    here.store,
    [domain(1, { confidence: 90, sectors: ['energy'] }), ...addresses(2, { confidence: 20 })],
    START,
  );
  await take(here.store, [domain(2, { confidence: 50 })], START, green);
  const names = async (alias: string): Promise<string[]> =>
    indicatorsIn(await readObjects(here, '', alias)).map(({ name }) => name);
  const [one, two] = ['host-1.example.com', 'host-2.example.com'];
  assert.deepEqual(await names('domains-urls'), [one, two]);
  assert.deepEqual(await names('network'), ['2001:db8::1', '2001:db8::2']);
  assert.deepEqual(await names('sector-energy'), [one]);
  assert.deepEqual(await names('sector-water'), []);
  assert.deepEqual(await names('confidence-high'), [one]);
  assert.deepEqual(await names('confidence-medium'), [two]);
  assert.deepEqual(await names('confidence-low'), ['2001:db8::1', '2001:db8::2']);
  assert.deepEqual(await names('tlp-green'), [two]);
  assert.deepEqual(await names('tlp-clear'), [one, '2001:db8::1', '2001:db8::2']);
  assert.deepEqual(await names('files'), []);
});

test('a manifest has an entry for each object, in the same pages', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(40), here.clock.now);
  for (const query of ['', '?limit=15', '?added_after=2026-01-15T08:00:00.010Z', '?match[type]=indicator']) {
    const answer = await ask(here, `${collectionPath()}manifest/${query}`);
    const { objects: entries, more } = taxiiBody(answer) as Envelope<Entry>;
    const page = await ask(here, OBJECTS + query);
    const envelope = taxiiBody(page) as Envelope;
    const objects = query.includes('added_after') ? indicatorsIn(envelope) : envelope.objects;
    assert.equal(more, envelope.more);
    assert.deepEqual(
      entries.map(({ id, version }) => [id, version]),
      objects.map(({ id, modified, created }) => [id, modified ?? created]),
    );
    assert.equal(answer.headers[LAST], page.headers[LAST]);
    for (const { id, date_added: added, version, media_type: type } of entries) {
      assert.equal(type, 'application/stix+json;version=2.1');
      assert.match(added, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      if (id.startsWith('indicator')) assert.equal(added, version.replace('Z', '000Z'));
    }
  }
});

test('a page is named by a tag, answered as unchanged, and compressed, like the export', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(50), here.clock.now);
  const plain = await ask(here, OBJECTS);
  const again = await ask(here, OBJECTS, { 'if-none-match': plain.headers.etag! });
  assert.equal(again.status, 304);
  assert.equal(again.headers[LAST], plain.headers[LAST]);
  const packed = await ask(here, OBJECTS, { 'accept-encoding': 'gzip' });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  const head = await get(here, OBJECTS, bearer(here.pro), 'HEAD');
  assert.equal(head.status, 200);
  assert.equal(head.headers.etag, plain.headers.etag);
  assert.equal(head.body.length, 0);
  here.clock.advance(5_000);
  const later = await ask(here, OBJECTS, { 'if-none-match': plain.headers.etag! });
  assert.equal(later.status, 304, 'while nothing is published, a first download is the same page');
  await take(here.store, [domain(1)], here.clock.advance(1_000));
  here.clock.advance(1_000);
  const changed = await ask(here, OBJECTS, { 'if-none-match': plain.headers.etag! });
  assert.equal(changed.status, 200);
});

test('answers are for the key alone, and tell what is left of its limit', async (context) => {
  const here = await serving(context);
  const { headers } = await ask(here, OBJECTS);
  assert.equal(headers['cache-control'], 'private, no-cache');
  assert.match(headers.vary ?? '', /Authorization/);
  assert.equal(headers['x-ratelimit-limit'], '1000');
});
