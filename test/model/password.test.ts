import assert from 'node:assert/strict';
import test from 'node:test';

import { nameProblem } from '../../src/model/account.ts';
import {
  hashPassword,
  passwordProblem,
  PasswordsBusyError,
  verifyPassword,
} from '../../src/model/password.ts';
import { cheapHash } from './cheap-hash.ts';

test('a password fits its own hash and no other, and each hash has a salt of its own', async () => {
  const [stored, cheap] = [await hashPassword('correct horse battery'), cheapHash('correct horse battery')];
  assert.match(stored, /^\$scrypt\$ln=15,r=8,p=3\$/);
  assert.ok(!stored.includes('horse'));
  assert.notEqual(await hashPassword('correct horse battery'), stored);
  assert.equal(await verifyPassword('correct horse battery', stored), true);
  assert.equal(await verifyPassword('correct horse batter', stored), false);
  for (const wrong of ['Correct horse battery', '', '\u0000', 'correct horse batter'])
    assert.equal(await verifyPassword(wrong, cheap), false, JSON.stringify(wrong));
  assert.equal(await verifyPassword('correct horse battery', cheap), true);
});

test('one password may be typed in two spellings of Unicode', async () => {
  const stored = await hashPassword('\u00e9clair au chocolat');
  assert.equal(await verifyPassword('e\u0301clair au chocolat', stored), true);
});

test('nobody has a password, and to say so takes as long as for somebody', async () => {
  const stored = await hashPassword('correct horse battery');
  const timed = async (of: string | undefined): Promise<number> => {
    const started = performance.now();
    assert.equal(await verifyPassword('wrong horse battery', of), false);
    return performance.now() - started;
  };
  // The least of several is what the work takes: everything else only adds to it.
  let [nobody, somebody] = [Infinity, Infinity];
  for (let round = 0; round < 2; round += 1) {
    nobody = Math.min(nobody, await timed(undefined));
    somebody = Math.min(somebody, await timed(stored));
  }
  assert.ok(nobody > somebody / 2 && somebody > nobody / 2, `${nobody} ms and ${somebody} ms`);
});

test('so many may wait to be checked; the others are told so at once, and the event loop goes on', async () => {
  const stored = cheapHash('correct horse battery', 13);
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 1);
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, () => verifyPassword('wrong horse battery', stored)),
  );
  clearInterval(timer);
  const refused = all.filter((each) => each.status === 'rejected');
  assert.equal(refused.length, 4);
  for (const { reason } of refused) assert.ok(reason instanceof PasswordsBusyError);
  assert.ok(ticks > 10, `${ticks} ticks`);
  assert.equal(await verifyPassword('wrong horse battery', stored), false, 'later there is room again');
});

test('a password is long enough, not the name, and not one letter again and again', () => {
  assert.equal(passwordProblem('correct horse battery', 'acme'), undefined);
  assert.equal(passwordProblem('ключ к серверу', 'acme'), undefined);
  for (const bad of [
    '',
    'elevenchars',
    'x'.repeat(20),
    'abcabcabcabcabc',
    'a'.repeat(300),
    'Operations-Team',
  ])
    assert.match(passwordProblem(bad, 'operations-team') ?? '', /^must /, bad);
});

test('the name of an account is what a person can see and type', () => {
  for (const good of ['default', 'Acme GmbH', 'ops@example.com', 'Über'])
    assert.equal(nameProblem(good), undefined, good);
  for (const bad of ['', ' acme', 'acme ', 'a\nb', 'a\u0000', 'a\u202eb', 'a\u200bb', 'x'.repeat(101)])
    assert.match(nameProblem(bad) ?? '', /^must /, JSON.stringify(bad));
});
