/** The server as `serve` runs it, on a prepared store, with many keys: a key may ask a thousand times a minute. */
import { buildApp } from '../src/http/app.ts';
import { HTTP_DEFAULTS } from '../src/http/config.ts';
import { makeApiKey } from '../src/model/api-key.ts';
import { SOC_DEFENDERS } from '../src/model/producer.ts';
import { createLog } from '../src/observe/log.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';

const KEYS = 2_500;
const [directory] = process.argv.slice(2);
const producer = SOC_DEFENDERS;
const store = await openSqliteStore({
  directory: directory!,
  producer,
  clock: Date.now,
  writer: 'thread',
  readerThread: true,
});
const keys: string[] = [];
for (let index = 0; index < KEYS; index += 1) {
  const { text, prefix, hash } = makeApiKey();
  const account = `bench ${process.pid} ${Math.floor(index / 50)}`;
  await store.createKey(
    { hash, prefix, account, name: 'bench', tier: 'pro', allowedNetworks: [] },
    Date.now(),
  );
  keys.push(text);
}
// The log is written as in earnest, but to nobody.
const log = createLog({ level: 'info', pretty: false, write: () => undefined });
const app = buildApp({ store, config: { ...HTTP_DEFAULTS, producer }, clock: Date.now, log });
await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = app.server.address() as { port: number };
process.once('SIGTERM', () => process.exit(0));
process.stdout.write(`${JSON.stringify({ port, keys })}\n`);
