import assert from 'node:assert/strict';
import test from 'node:test';

import { Client, HABITS, standing } from './habits.ts';
import { World } from './world.ts';

const HOUR = 3_600_000;

/** A month, as turns are some sixteen hours apart. */
const TURNS = 45;

/** IOCs that there are: the first load is more than a page of any client. */
const KNOWN = 100;

for (const habit of HABITS) {
  const { what, atMost } = habit.twice ?? { what: undefined, atMost: 0 };
  const twice = what === undefined ? 'nothing twice' : `twice only ${what}`;
  test(`a client that ${habit.name} ends every poll of a month with the server’s state, and is given ${twice}`, async (context) => {
    const world = await World.open(context, HABITS.indexOf(habit) + 1, KNOWN);
    await world.publish(250);
    const client = new Client(habit, world);
    for (let turn = 0; turn < TURNS; turn += 1) {
      await world.publish(world.pick(25));
      if (world.chance(0.1)) await world.restart();
      await world.upkeep();
      // So many were published at once that some are still to come: they are given when they are due.
      world.clock.advance(world.chance(0.3) ? 10 : HOUR * (1 + world.pick(46)));
      if (world.chance(0.2)) continue;
      const repeated = client.repeated;
      await client.poll();
      assert.ok(client.repeated - repeated <= atMost, `${client.repeated - repeated} versions twice`);
      const now = world.lastAsked;
      const truth = await world.truth(now);
      assert.deepEqual(standing(client.known.values(), now), standing(truth, now), `turn ${turn}`);
    }
    assert.ok(client.given > 200, `${client.given} versions`);
    const taken = [...client.known.values()].filter(({ revoked }) => revoked === true);
    assert.ok(taken.length > 5, `${taken.length} retractions`);
  });
}
