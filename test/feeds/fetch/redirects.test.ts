import assert from 'node:assert/strict';
import test from 'node:test';

import { bodyOf, fetched, fetching, troubleOf } from '../fetching.ts';
import { redirect, startWorld } from '../world.ts';

const CREDENTIALS = {
  Authorization: 'Bearer canary',
  'Auth-Key': 'canary',
  'X-API-Key': 'canary',
  Cookie: 'session=canary',
  'X-OTX-API-KEY': 'canary',
  'X-Anything': 'canary',
};

for (const status of [301, 302, 303, 307, 308]) {
  test(`a ${status} is followed, relative and absolute`, async (t) => {
    const world = await startWorld(t);
    const { get } = fetching(t);
    world.serve('/there', { body: 'found' });
    for (const location of ['/there', 'there#part', `${world.origin}/there`, `${world.otherOrigin}/there`]) {
      const outcome = fetched(await get(world.serve('/here', redirect(location, status))));
      assert.equal(bodyOf(outcome), 'found');
      assert.match(outcome.url, /\/there$/);
    }
    assert.ok(world.requests().every(({ method }) => method === 'GET'));
  });
}

test('five redirects are followed, the sixth is not', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  for (let step = 1; step <= 6; step += 1) world.serve(`/${step}`, redirect(`/${step - 1}`));
  world.serve('/0', { body: 'the end' });
  assert.equal(bodyOf(await get(`${world.origin}/5`)), 'the end');
  const before = world.requests().length;
  assert.match(troubleOf(await get(`${world.origin}/6`), 'redirect_loop'), /more than 5 redirects/);
  assert.equal(world.requests().length - before, 6);
  assert.equal(world.requests('/0').length, 1);
});

test('a circle of redirects ends', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  world.serve('/b', redirect('/a'));
  troubleOf(await get(world.serve('/a', redirect('/b'))), 'redirect_loop');
  troubleOf(await get(world.serve('/self', redirect('/self'))), 'redirect_loop');
  assert.deepEqual(spooled(), []);
});

test('a redirect that leads nowhere is told', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  assert.match(troubleOf(await get(world.serve('/', { status: 302 })), 'bad_answer'), /without saying where/);
  assert.match(troubleOf(await get(world.serve('/', redirect('http://'))), 'bad_answer'), /no URL/);
});

test('credentials reach the origin that they are for, and follow its redirects', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  world.serve('/there', { body: 'found', key: ['auth-key', 'canary'] });
  await get(world.serve('/here', redirect('/there')), { headers: CREDENTIALS });
  assert.equal(JSON.stringify(world.requests('/there')).split('canary').length - 1, 6);
});

test('no credential follows a redirect to another origin, nor comes back from there', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  world.serve('/here', redirect(`${world.otherOrigin}/there`));
  world.serve('/there', redirect(`${world.origin}/back`));
  world.serve('/back', { body: 'found' });
  const headers = { ...CREDENTIALS, Accept: 'application/json' };
  assert.equal(bodyOf(await get(`${world.origin}/here`, { headers })), 'found');
  assert.match(JSON.stringify(world.requests('/here')), /canary/);
  for (const path of ['/there', '/back']) {
    assert.doesNotMatch(JSON.stringify(world.requests(path)), /canary/);
    assert.equal(world.requests(path)[0]?.headers.accept, 'application/json');
  }
});

test('user info that a redirect brings along is not sent', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  world.serve('/there', { body: 'found' });
  const outcome = await get(
    world.serve('/here', redirect(`${world.origin.replace('//', '//user:pass@')}/there`)),
  );
  assert.equal(world.requests('/there')[0]?.headers.authorization, undefined);
  assert.doesNotMatch(fetched(outcome).url, /user|pass/);
});

test('conditions are asked of where a redirect leads', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  world.serve('/there', { body: 'found', etag: '"7"' });
  const url = world.serve('/here', redirect('/there'));
  assert.deepEqual(await get(url, { etag: '"7"' }), { state: 'unchanged' });
});
