/** Fills the lists of a directory, and is killed when so many statements have been run. */
import { DatabaseSync, StatementSync } from 'node:sqlite';

import { ListsFiller } from '../../../src/store/sqlite/lists/filler.ts';
import { START } from '../fixtures.ts';
import { pathsIn } from './listing.ts';

const [directory, steps] = process.argv.slice(2);
let step = 0;
function counting(target: object, method: string): void {
  const call = Reflect.get(target, method) as (...parameters: readonly unknown[]) => unknown;
  Object.defineProperty(target, method, {
    value(this: unknown, ...parameters: readonly unknown[]): unknown {
      step += 1;
      if (step === Number(steps)) process.kill(process.pid, 'SIGKILL');
      return Reflect.apply(call, this, parameters);
    },
  });
}
counting(DatabaseSync.prototype, 'exec');
for (const method of ['run', 'get', 'all']) counting(StatementSync.prototype, method);
const filler = new ListsFiller(pathsIn(directory!), () => START, 30);
filler.fill();
filler.close();
