/** Fills the lists of a directory, and is killed when so many steps of SQL have been prepared. */
import { DatabaseSync } from 'node:sqlite';

import { ListsFiller } from '../../../src/store/sqlite/lists/filler.ts';
import { START } from '../fixtures.ts';
import { pathsIn } from './listing.ts';

const [directory, steps] = process.argv.slice(2);
let step = 0;
const { exec, prepare } = DatabaseSync.prototype;
const count = (): void => {
  step += 1;
  if (step === Number(steps)) process.kill(process.pid, 'SIGKILL');
};
DatabaseSync.prototype.exec = function (sql) {
  count();
  return Reflect.apply(exec, this, [sql]);
};
DatabaseSync.prototype.prepare = function (...args) {
  const statement = Reflect.apply(prepare, this, args);
  for (const method of ['run', 'get', 'all'] as const) {
    const call = statement[method] as (...parameters: unknown[]) => unknown;
    Object.defineProperty(statement, method, {
      value: (...parameters: unknown[]) => {
        count();
        return Reflect.apply(call, statement, parameters);
      },
    });
  }
  return statement;
};
const filler = new ListsFiller(pathsIn(directory!), () => START, 30);
filler.fill();
filler.close();
