import assert from 'node:assert/strict';
import { test } from 'node:test';

import { producerNamed, SOC_DEFENDERS } from '../../src/model/producer.ts';
import { parseIndicatorRequest } from '../../src/model/query-parameters.ts';
import { queryPairs } from '../../src/model/parameters.ts';
import { TIERS } from '../../src/model/tier.ts';
import { isUuid } from '../../src/model/uuid.ts';
import { bundleChunks } from '../../src/render/stix/bundle-chunks.ts';
import { StalePlanError } from '../../src/render/walk.ts';
import { bundleId, type BundlePlan, frame } from '../../src/render/stix/bundle.ts';
import type { Store } from '../../src/store/store.ts';
import { sharedData } from '../shared-data.ts';
import { domain, START, take } from '../store/fixtures.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { oasisSchemas } from './oasis-schemas.ts';

const SEEN = {
  techniques: ['T1059.001', 'TA0002'],
  cves: ['CVE-2024-12345'],
  family: 'Mozi',
  actors: ['APT28'],
};

async function plan(store: Store, raw: string, asOf: number): Promise<BundlePlan> {
  const request = parseIndicatorRequest(queryPairs(raw), { tier: TIERS.pro, now: asOf });
  return { producer: SOC_DEFENDERS, request, asOf, extent: await store.extent(request.query, asOf) };
}

async function write(store: Store, bundle: BundlePlan, size = 500): Promise<string> {
  const chunks = await Array.fromAsync(bundleChunks(store, bundle, size));
  return Buffer.concat(chunks).toString('utf8');
}

interface Written {
  readonly type: string;
  readonly id: string;
  readonly spec_version?: string;
  readonly objects: readonly (Record<string, unknown> & { readonly type: string; readonly id: string })[];
}

const EMPTY = { count: 0, first: 0, last: 0, more: false };

function emptyPlan(raw: string): BundlePlan {
  const request = parseIndicatorRequest(queryPairs(raw), { tier: TIERS.pro, now: START });
  return { producer: SOC_DEFENDERS, request, asOf: START, extent: EMPTY };
}

test('a bundle is the same bytes however it is sliced', async (context) => {
  const { store } = await temporaryStore(context);
  await take(
    store,
    Array.from({ length: 23 }, (_, index) => domain(index, index % 3 === 0 ? SEEN : {})),
    START,
  );
  for (const raw of ['', 'since=2026-01-01&include=related', 'format=objects&include_identity=false']) {
    const whole = await write(store, await plan(store, raw, START));
    for (const size of [1, 2, 7, 23])
      assert.equal(await write(store, await plan(store, raw, START), size), whole);
    assert.doesNotThrow(() => JSON.parse(whole) as unknown);
  }
});

test('the id follows from the content: not from where a page was asked to begin or end, but from what it holds', async (context) => {
  const { store } = await temporaryStore(context);
  await take(store, [domain(1), domain(2)], START);
  const id = async (raw: string) => bundleId(await plan(store, raw, START));
  const first = await id('since=2026-01-01');
  assert(isUuid(first.replace('bundle--', '')));
  assert.equal(await id('since=2026-01-02&limit=2'), first);
  assert.notEqual(await id('since=2026-01-01&limit=1'), first);
  assert.notEqual(await id(''), first);
  assert.notEqual(await id('since=2026-01-01&tlp=red'), first);
  const other = { ...(await plan(store, 'since=2026-01-01', START)), producer: producerNamed('Another') };
  assert.notEqual(bundleId(other), first);
});

test('the standard’s bundle has no version and no empty list, the published endpoint’s has both', () => {
  const whole = (raw: string) => {
    const { head, tail } = frame(emptyPlan(raw));
    return JSON.parse(head + tail) as Written;
  };
  assert.deepEqual(Object.keys(whole('')), ['type', 'spec_version', 'id', 'objects']);
  assert.deepEqual(Object.keys(whole('strict=true')), ['type', 'id', 'objects']);
  assert.deepEqual(Object.keys(whole('strict=true&include_identity=false')), ['type', 'id']);
  assert.deepEqual(whole('include_identity=false').objects, []);
  assert.deepEqual(whole('format=objects&include_identity=false'), []);
});

test('the identity is the first object, and always the same', () => {
  const { head, tail } = frame(emptyPlan(''));
  assert.deepEqual((JSON.parse(head + tail) as Written).objects, [
    {
      type: 'identity',
      spec_version: '2.1',
      id: `identity--${SOC_DEFENDERS.uuid}`,
      created: '2024-01-01T00:00:00.000Z',
      modified: '2024-01-01T00:00:00.000Z',
      name: 'SOC Defenders',
      identity_class: 'organization',
    },
  ]);
});

test('the marking definitions are those of the standard, and for TLP 2 those that OASIS publishes', () => {
  const definitions = (raw: string) => {
    const { head, tail } = frame(emptyPlan(raw));
    return (JSON.parse(head + tail) as Written).objects.slice(1);
  };
  const [white, , amber, strict] = definitions('include_markings=true');
  assert.equal(
    JSON.stringify(white),
    '{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9","created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:WHITE","definition":{"tlp":"white"}}',
  );
  assert.equal(amber?.id, 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82');
  assert.equal(strict?.name, 'TLP:AMBER+STRICT');
  assert.deepEqual(
    definitions('tlp_version=2').map(({ name }) => name),
    ['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'],
  );
  assert.equal(
    JSON.stringify(definitions('tlp_version=2&tlp=red')),
    '[{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1","created":"2022-10-01T00:00:00.000Z","name":"TLP:RED","extensions":{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{"extension_type":"property-extension","tlp_2_0":"red"}}}]',
  );
});

test('what indicators point to comes after all of them, each object once, with the relationships', async (context) => {
  const { store } = await temporaryStore(context);
  await take(store, [domain(1, { ...SEEN, tlp: 'amber' }), domain(2, SEEN), domain(3)], START);
  const text = await write(store, await plan(store, 'include=related', START), 1);
  const { objects } = JSON.parse(text) as Written;
  const types = objects.map(({ type }) => type);
  assert.equal(types.lastIndexOf('indicator'), 3);
  assert.deepEqual(types.slice(4).sort(), [
    'attack-pattern',
    'intrusion-set',
    'malware',
    ...Array.from({ length: 8 }, () => 'relationship'),
    'vulnerability',
  ]);
  const ids = new Map(objects.map((object) => [object.id, object]));
  assert.equal(ids.size, objects.length);
  for (const object of objects.filter(({ type }) => type === 'relationship')) {
    const source = ids.get(String(object.source_ref));
    const target = ids.get(String(object.target_ref));
    assert.equal(source?.type, 'indicator');
    assert.equal(object.relationship_type, target?.type === 'vulnerability' ? 'related-to' : 'indicates');
    assert.equal(object.modified, source?.modified);
    assert.deepEqual(object.object_marking_refs, source?.object_marking_refs);
  }
});

test('every object is valid by the schemas of OASIS', async (context) => {
  const directory = sharedData(context, 'stix/schemas');
  if (directory === undefined) return;
  const { store } = await temporaryStore(context);
  await take(store, [domain(1, SEEN), domain(2, { tlp: 'red' })], START);
  const faults = oasisSchemas(directory);
  for (const raw of ['include=related&include_markings=true', 'include=related&tlp_version=2&strict=true']) {
    const bundle = JSON.parse(await write(store, await plan(store, raw, START))) as Written;
    for (const object of bundle.objects) assert.deepEqual(faults(object), [], JSON.stringify(object));
    if (raw.includes('strict')) assert.deepEqual(faults(bundle), []);
  }
});

test('a bundle that the store no longer holds is not written as something else', async (context) => {
  const { store } = await temporaryStore(context);
  await take(store, [domain(1), domain(2)], START);
  const old = await plan(store, '', START);
  await assert.rejects(write(store, { ...old, extent: { ...old.extent, count: 3 } }), StalePlanError);
});
