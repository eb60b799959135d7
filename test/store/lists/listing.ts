import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';

import type { IndicatorQuery } from '../../../src/model/indicator-query.ts';
import type { IocItem } from '../../../src/model/ioc-item.ts';
import { SOC_DEFENDERS } from '../../../src/model/producer.ts';
import { parseItems } from '../../../src/render/list/item-json.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { AttachedLists } from '../../../src/store/sqlite/lists/attached.ts';
import { ListsFiller, type ListsPaths } from '../../../src/store/sqlite/lists/filler.ts';
import { ListReader } from '../../../src/store/sqlite/lists/reads.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { VersionReader } from '../../../src/store/sqlite/reads.ts';
import type { Store } from '../../../src/store/store.ts';
import { TestClock } from '../fixtures.ts';

export function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-lists-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function pathsIn(directory: string): ListsPaths {
  return { indicators: join(directory, 'indicators.sqlite'), lists: join(directory, 'lists.sqlite') };
}

/** A store whose lists are filled only when the test says so, as by another process; and who reads them. */
export interface Listing {
  readonly directory: string;
  readonly clock: TestClock;
  /** For writing; its own reads of lists would fill them. */
  readonly store: Store;
  readonly filler: ListsFiller;
  readonly versions: VersionReader;
  readonly lists: ListReader;
}

export async function listing(context: TestContext, slice?: number): Promise<Listing> {
  const directory = temporaryDirectory(context);
  const paths = pathsIn(directory);
  const clock = new TestClock();
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: clock.read,
    writer: 'in-thread',
  });
  const filler = new ListsFiller(paths, clock.read, slice);
  const connection = new Connection(paths.indicators, { readOnly: true });
  const attached = new AttachedLists(connection, paths.lists, 0);
  const versions = new VersionReader(connection, undefined, attached);
  const lists = new ListReader(connection, versions, attached);
  context.after(async () => {
    connection.close();
    filler.close();
    await store.close();
  });
  return { directory, clock, store, filler, versions, lists };
}

/** All items of a query, slice by slice. */
export function itemsOf(lists: ListReader, query: IndicatorQuery, asOf: number, size: number): IocItem[] {
  const found: IocItem[] = [];
  for (let after = query.after; ;) {
    const rest = { ...query, limit: query.limit - found.length, ...(after !== undefined && { after }) };
    const { bytes, last, done } = lists.texts(rest, 'json', asOf, size);
    found.push(...parseItems(bytes));
    if (done) return found;
    after = last;
  }
}

/** All that a database of lists holds but the name of its making, by table. */
export function contentsOf(path: string): Record<string, readonly object[]> {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const all = (sql: string): object[] =>
      db
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    return {
      items: all('SELECT * FROM item ORDER BY stamp'),
      categories: all('SELECT * FROM category ORDER BY category, stamp'),
      newest: all('SELECT * FROM newest ORDER BY ioc'),
      tallies: all('SELECT * FROM tally WHERE count <> 0 ORDER BY kind, name'),
      state: all("SELECT * FROM state WHERE key IN ('filled_to', 'anchor', 'listed') ORDER BY key"),
      sound: all('PRAGMA integrity_check'),
    };
  } finally {
    db.close();
  }
}
