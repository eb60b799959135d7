/** Clients that ask and then stop reading, in a process of their own. Arguments: port, key, how many. */
import { connect } from 'node:net';

const [port, key, count] = process.argv.slice(2);
for (let index = 0; index < Number(count); index += 1) {
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(
    `GET /api/v1/iocs/stix?limit=${9_000 + index} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${key}\r\n\r\n`,
  );
}
process.stdout.write('asked\n');
