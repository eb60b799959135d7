import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';

import { Client, HABITS, standing } from './habits.ts';
import { World } from './world.ts';

const HOUR = 3_600_000;

/** A month, as turns are some sixteen hours apart. */
const TURNS = 45;

/** IOCs that there are: the first load is more than a page of most clients. */
const KNOWN = 100;

let world: World;
let clients: readonly Client[] = [];

/** Clients of every habit poll one server for a month, while feeds go on and it is started again at times. */
before(async () => {
  world = await World.open(7, KNOWN);
  await world.publish(250);
  clients = HABITS.map((habit) => new Client(habit, world));
  for (let turn = 0; turn < TURNS; turn += 1) {
    await world.publish(world.pick(25));
    if (world.chance(0.3)) await world.restart();
    await world.upkeep();
    // So many are published at once that some are still to come: they are given when they are due.
    world.clock.advance(world.chance(0.3) ? 10 : HOUR * (1 + world.pick(46)));
    for (const client of clients) {
      // Nobody polls always.
      if (turn < TURNS - 1 && world.chance(0.2)) continue;
      await client.poll();
      const now = world.lastAsked;
      const truth = await world.truth(now);
      client.compare(standing(client.known.values(), now), standing(truth, now), turn);
    }
  }
});

after(() => world.close());

for (const [index, { name, twice }] of HABITS.entries()) {
  const again = twice === undefined ? 'nothing twice' : `twice only ${twice.what}`;
  test(`a client that ${name} ends every poll of a month with the server’s state, and is given ${again}`, () => {
    const client = clients[index]!;
    assert.deepEqual(client.differences, []);
    assert.ok(
      client.mostRepeated <= (twice?.atMost ?? 0),
      `${client.mostRepeated} versions twice in one poll`,
    );
    assert.ok(client.given > (client.habit.holds === undefined ? 200 : 100), `${client.given} versions`);
    const taken = [...client.known.values()].filter(({ revoked }) => revoked === true);
    assert.ok(taken.length > 5, `${taken.length} retractions`);
  });
}
