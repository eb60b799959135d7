/** The baselines: a bare Node server that sends a file's bytes from memory, and an empty route of fastify. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { fastify } from 'fastify';

const [kind, path, coding] = process.argv.slice(2);

if (kind === 'fastify') {
  const app = fastify();
  app.get('/', async () => '');
  await app.listen({ port: 0, host: '127.0.0.1' });
  tell((app.server.address() as { port: number }).port);
} else {
  const body = readFileSync(path!);
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      ...(coding !== undefined && { 'content-encoding': coding }),
    });
    response.end(body);
  });
  server.listen(0, '127.0.0.1', () => tell((server.address() as { port: number }).port));
}

function tell(port: number): void {
  process.stdout.write(`${JSON.stringify({ port })}\n`);
}
