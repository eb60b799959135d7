import { existsSync, createReadStream } from 'node:fs';
import { join } from 'node:path';

import { type Config, ConfigError } from '../config.ts';
import { GateKeeper } from '../feeds/gate-keeper.ts';
import { buildGate } from '../gate/build.ts';
import type { Gate } from '../gate/gate.ts';
import { isOfUse } from '../gate/policy.ts';
import { readWarninglistTar } from '../gate/read-archive.ts';
import { readWarninglistFolder } from '../gate/read-folder.ts';
import type { Warninglist } from '../gate/warninglist.ts';
import type { Clock } from '../model/time.ts';
import type { Store } from '../store/store.ts';
import { VERSION } from './version.ts';

/** Where the warninglists are kept that were fetched from their repository. */
export function warninglistArchive({ dataDirectory }: Config): string {
  return join(dataDirectory, 'warninglists.tar');
}

/** The gate as it is configured; `onProblem` is told of lists and entries that cannot be used. */
export function gateKeeper(
  store: Store,
  config: Config,
  clock: Clock,
  onProblem: (problem: string) => void,
): GateKeeper {
  return new GateKeeper({
    store,
    clock,
    build: async (operator, now) => {
      const { lists, problems } = await warninglists(config);
      const gate = buildGate({
        warninglists: lists,
        operator,
        now,
        documentation: config.documentation,
        version: VERSION,
      });
      for (const problem of [...problems, ...gate.problems]) onProblem(problem);
      return gate;
    },
  });
}

/** The gate by the program's own tables alone, for what has no store with lists of its operator. */
export function gateWithoutLists({ documentation }: Config, now: number): Gate {
  return buildGate({ now, documentation, version: VERSION });
}

interface Lists {
  readonly lists: readonly Warninglist[];
  readonly problems: readonly string[];
}

async function warninglists(config: Config): Promise<Lists> {
  if (config.warninglists === 'off') return { lists: [], problems: [] };
  if (config.warninglists !== 'misp') return fromFolder(config.warninglists.folder);
  const archive = warninglistArchive(config);
  if (!existsSync(archive)) return { lists: [], problems: [] };
  return await readWarninglistTar(createReadStream(archive), isOfUse);
}

function fromFolder(folder: string): Lists {
  try {
    return readWarninglistFolder(folder, isOfUse);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ConfigError(
      `SOC_WARNINGLISTS: ${folder} cannot be read (${code}): name a folder, or say misp or off.`,
    );
  }
}
