import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import test, { type TestContext } from 'node:test';

import fc from 'fast-check';

import { AddressGuard } from '../../../src/feeds/fetch/address-guard.ts';
import type { ResolvedAddress } from '../../../src/feeds/fetch/connector.ts';
import { firstHop, nextHop } from '../../../src/feeds/fetch/hop.ts';
import { specialUse } from '../../../src/feeds/fetch/special-use.ts';
import { bodyOf, fetching, troubleOf } from '../fetching.ts';
import { redirect, startWorld } from '../world.ts';

/** Hosts that lead to this machine or its surroundings, in every spelling that some program takes. */
const FORBIDDEN = [
  // Loopback
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7F.1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.0.0.1.',
  '①②⑦.0.0.1',
  '127。0。0。1',
  '１２７.0.0.1',
  '%31%32%37.0.0.1',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'feeds.localhost',
  'ⓛocalhost',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
  // This host
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '[::]',
  '[::ffff:0.0.0.0]',
  // Private, shared, link-local, metadata
  '10.0.0.1',
  '10.1',
  '0xa000001',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.168.257',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '169.254.43518',
  '2852039166',
  '0251.0376.0251.0376',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::1]',
  '168.63.129.16',
  '192.0.0.192',
  '[fd00:ec2::254]',
  '[fd12:3456:789a::1]',
  '[fc00::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[2001:db8::5efe:10.0.0.1]',
  '[2606:4700::5efe:10.0.0.1]',
  '[2606:4700::200:5efe:10.0.0.1]',
  // Multicast, broadcast, reserved, documentation, benchmarks
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '240.0.0.1',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '198.18.0.1',
  '192.88.99.1',
  '[ff02::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[5f00::1]',
  '[2001:20::1]',
];

test('no spelling of an address within leads there', async (t) => {
  const listener = await Listener.start(t, '::');
  const { get } = fetching(t, { allowedNetworks: [], resolve: noNames });
  assert.ok(FORBIDDEN.length >= 60);
  for (const host of FORBIDDEN) {
    const outcome = await get(`http://${host}:${listener.port}/latest/meta-data`);
    troubleOf(outcome, 'forbidden_address');
  }
  assert.equal(listener.connections, 0);
});

test('no redirect leads to an address within, nor to another protocol', async (t) => {
  const world = await startWorld(t);
  const listener = await Listener.start(t, '127.0.0.2');
  const { get, spooled } = fetching(t, { allowedNetworks: ['127.0.0.1'] });
  const targets = [
    'http://169.254.169.254/latest/meta-data/iam',
    `http://127.0.0.2:${listener.port}/`,
    `//127.0.0.2:${listener.port}/`,
    'http://[::1]/',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'FILE:///etc/passwd',
    'ftp://192.0.2.1/',
    'gopher://127.0.0.1:25/',
    'data:text/plain,1.2.3.4',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
  ];
  for (const target of targets) {
    const outcome = await get(world.serve('/', redirect(target)));
    troubleOf(outcome, 'forbidden_address');
  }
  assert.equal(listener.connections, 0);
  assert.deepEqual(spooled(), []);
});

test('a name that leads within is refused, whatever it is', async (t) => {
  const listener = await Listener.start(t, '127.0.0.1');
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', 'fe80::1%eth0', 'nonsense']) {
    const { get } = fetching(t, { allowedNetworks: [], resolve: always(address) });
    const reason = troubleOf(await get(`http://feeds.example.com:${listener.port}/`), 'forbidden_address');
    assert.match(reason, /^http:\/\/feeds\.example\.com:\d+\/: its host has /);
  }
  assert.equal(listener.connections, 0);
});

test('of the addresses of a name only the allowed ones are tried', async (t) => {
  const world = await startWorld(t);
  const within = await Listener.start(t, '127.0.0.2', Number(new URL(world.origin).port));
  const { get } = fetching(t, {
    allowedNetworks: ['127.0.0.1'],
    resolve: always('127.0.0.2', '::1', '127.0.0.1'),
  });
  world.serve('/', { body: 'fine' });
  assert.equal(bodyOf(await get(`http://feeds.example.com:${within.port}/`)), 'fine');
  assert.equal(within.connections, 0);
});

test('a name server that changes its mind changes nothing: what was checked is what is connected to', async (t) => {
  const within = await Listener.start(t, '127.0.0.1');
  const outside = await Listener.start(t, '127.0.0.2', within.port);
  let asked = 0;
  const { get } = fetching(t, {
    allowedNetworks: ['127.0.0.2'],
    resolve: (hostname) => always((asked += 1) % 2 === 1 ? '127.0.0.2' : '127.0.0.1')(hostname),
  });
  const url = `http://rebinding.example.com:${within.port}/`;
  for (let time = 0; time < 6; time += 1) {
    const before = asked;
    const outcome = await get(url);
    // The listener hangs up without an answer: every connection that was made was one to an allowed address.
    assert.ok(asked > before);
    assert.ok(outcome.state === 'forbidden_address' || outcome.state === 'unreachable');
  }
  assert.ok(outside.connections > 0);
  assert.equal(within.connections, 0);
});

test('operators may open networks, by address or range, for IPv4 and IPv6', async (t) => {
  const world = await startWorld(t);
  const url = world.serve('/', { body: 'internal' });
  for (const allowedNetworks of [['127.0.0.1'], ['10.0.0.0/8', '127.0.0.0/8'], ['127.0.0.1/32']]) {
    assert.equal(bodyOf(await fetching(t, { allowedNetworks }).get(url)), 'internal');
  }
  const mapped = url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
  assert.equal(bodyOf(await fetching(t, { allowedNetworks: ['127.0.0.1'] }).get(mapped)), 'internal');
  for (const allowedNetworks of [[], ['10.0.0.0/8'], ['127.0.0.2'], ['::1']]) {
    troubleOf(await fetching(t, { allowedNetworks }).get(url), 'forbidden_address');
  }
});

test('localhost needs no name server, and is as allowed as its addresses are', async (t) => {
  const world = await startWorld(t);
  world.serve('/', { body: 'internal' });
  const { get } = fetching(t, { allowedNetworks: ['127.0.0.0/8'], resolve: noNames });
  assert.equal(bodyOf(await get(`http://localhost:${new URL(world.origin).port}/`)), 'internal');
});

test('an internal server may send us on to another one', async (t) => {
  const world = await startWorld(t);
  const { port } = new URL(world.origin);
  const { get } = fetching(t, { resolve: always('127.0.0.1') });
  world.serve('/', redirect(`http://files.corp.example.com:${port}/list`));
  world.serve('/list', { body: 'internal' });
  assert.equal(bodyOf(await get(`http://feeds.corp.example.com:${port}/`)), 'internal');
});

test('a public server may not send us into a network that is open for an internal feed', () => {
  const first = firstHop({ url: 'https://feeds.example.com/', maxBytes: 1 });
  assert.equal(first.mayEnterInternal, true);
  const away = nextHop(first, 'https://intranet.example.com/', false);
  assert.equal(away.mayEnterInternal, false);
  assert.equal(nextHop(away, 'https://feeds.example.com/', true).mayEnterInternal, false);
  assert.equal(nextHop(first, 'http://feeds.example.com/other', false).mayEnterInternal, true);
  assert.equal(nextHop(first, 'https://intranet.example.com/', true).mayEnterInternal, true);
});

test('a network that is none is refused at once', () => {
  for (const network of [
    '',
    'x',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '::1/129',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'example.com',
  ]) {
    assert.throws(() => new AddressGuard([network]), /neither an address nor a network/, network);
  }
});

test('addresses of the public internet are open, translated ones too', () => {
  const open = [
    '1.1.1.1',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00::1',
  ];
  for (const address of [...open, '64:ff9b::808:808', '::ffff:8.8.8.8']) {
    assert.equal(specialUse(address), undefined, address);
  }
});

test('an IPv4 address is as special within IPv6 as by itself', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, octet, octet, octet, (...octets) => {
      const ipv4 = octets.join('.');
      for (const prefix of ['::ffff:', '0:0:0:0:0:ffff:', '64:ff9b::']) {
        assert.equal(specialUse(prefix + ipv4), specialUse(ipv4));
      }
      assert.ok(specialUse(`::${ipv4}`), 'compatible');
      const hex = octets.map((each) => each.toString(16).padStart(2, '0')).join('');
      assert.ok(specialUse(`2002:${hex.slice(0, 4)}:${hex.slice(4)}::1`), '6to4');
    }),
  );
});

/** A server that counts who connects, and hangs up. */
class Listener {
  connections = 0;
  readonly port: number;

  private constructor(server: Server) {
    this.port = (server.address() as { port: number }).port;
    server.on('connection', (socket) => {
      this.connections += 1;
      socket.on('error', () => undefined).destroy();
    });
  }

  static async start(context: TestContext, host: string, port = 0): Promise<Listener> {
    const server = createServer().listen(port, host);
    await once(server, 'listening');
    context.after(() => server.close());
    return new Listener(server);
  }
}

function always(...addresses: readonly string[]): (hostname: string) => Promise<ResolvedAddress[]> {
  return () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
}

function noNames(hostname: string): Promise<ResolvedAddress[]> {
  return Promise.reject(new Error(`${hostname} was looked up`));
}
