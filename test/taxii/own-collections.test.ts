import assert from 'node:assert/strict';
import test from 'node:test';

import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { COLLECTIONS } from '../../src/model/collection.ts';
import { parseCollections } from '../../src/model/own-collections.ts';
import { addresses, serving } from '../http/serving.ts';
import { domain, START, take } from '../store/fixtures.ts';
import { ask, type Envelope, indicatorsIn, ROOT, taxiiBody } from './reading.ts';

test('a collection of an operator’s own is listed and served like the others', async (context) => {
  const own = parseCollections(
    JSON.stringify([
      {
        id: 'a15f591d-0ad9-4024-982b-f9d6b61e7793',
        alias: 'energy-block',
        title: 'Energy block list',
        type: 'domain,ipv6',
        confidence: 'high',
        industry: 'energy',
        tlp: 'clear',
      },
    ]),
  );
  const taxii = { ...HTTP_DEFAULTS.taxii, collections: [...COLLECTIONS, ...own] };
  const here = await serving(context, { config: { taxii } });
  const energy = { sectors: ['energy' as const], confidence: 90 };
  await take(
    here.store,
    [domain(1, energy), domain(2, { ...energy, tlp: 'green' }), domain(3), ...addresses(2, energy)],
    START,
  );
  const { collections } = taxiiBody(await ask(here, `${ROOT}collections/`)) as {
    collections: { alias: string; can_write: boolean }[];
  };
  assert.equal(collections.at(-1)!.alias, 'energy-block');
  for (const name of ['energy-block', own[0]!.id]) {
    const envelope = taxiiBody(await ask(here, `${ROOT}collections/${name}/objects/`)) as Envelope;
    assert.deepEqual(
      indicatorsIn(envelope).map(({ name: value }) => value),
      ['host-1.example.com', '2001:db8::1', '2001:db8::2'],
    );
    const markings = envelope.objects.filter(({ type }) => type === 'marking-definition');
    assert.equal(markings.length, 1, 'only the marking that its indicators have');
  }
});
