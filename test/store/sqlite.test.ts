import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { type StoreOpener, storeContract } from './contract.ts';
import { articleContract } from './contract-articles.ts';
import { accountContract } from './contract-accounts.ts';
import { contributionContract } from './contract-contributions.ts';
import { feedContract } from './contract-feeds.ts';
import { leftContract } from './contract-left.ts';
import { historyContract } from './contract-history.ts';
import { itemContract } from './contract-items.ts';
import { monitoringContract } from './contract-monitoring.ts';
import { searchContract } from './contract-search.ts';
import { statisticsContract } from './contract-statistics.ts';
import { usageContract } from './contract-usage.ts';
import { losslessDelivery } from './lossless.ts';
import { losslessFilters } from './lossless-filters.ts';

const openSqlite: StoreOpener = async (context, clock) => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-store-'));
  const open = () =>
    openSqliteStore({ directory, producer: SOC_DEFENDERS, clock: clock.read, writer: 'in-thread' });
  let store = await open();
  context.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
  };
};

storeContract('SQLite', openSqlite);
historyContract('SQLite', openSqlite);
leftContract('SQLite', openSqlite);
contributionContract('SQLite', openSqlite);
feedContract('SQLite', openSqlite);
articleContract('SQLite', openSqlite);
itemContract('SQLite', openSqlite);
searchContract('SQLite', openSqlite);
statisticsContract('SQLite', openSqlite);
monitoringContract('SQLite', openSqlite);
accountContract('SQLite', openSqlite);
usageContract('SQLite', openSqlite);
losslessDelivery('SQLite', openSqlite);
losslessFilters('SQLite', openSqlite);
