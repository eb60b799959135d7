import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import fc from 'fast-check';

import { START, take } from '../store/fixtures.ts';
import { exchange } from './raw-client.ts';
import { addresses, PATH, type Serving, serving } from './serving.ts';

/** Who asks, by the headers that say so. */
const callers = ({ pro, free }: Serving): Readonly<Record<string, string>> => ({
  nobody: '',
  'a made-up key': 'X-API-Key: sk_live_nonsense\r\n',
  'a Free key': `Authorization: Bearer ${free}\r\n`,
  'a Pro key': `Authorization: Bearer ${pro}\r\n`,
});

/** What the route says to each of them. */
const VERDICTS: Readonly<Record<string, number>> = {
  nobody: 401,
  'a made-up key': 401,
  'a Free key': 403,
  'a Pro key': 200,
};

const METHODS = ['GET', 'HEAD'] as const;

async function open(context: TestContext): Promise<{ server: Serving; port: number }> {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  return { server, port: await server.listen() };
}

async function verdict(port: number, method: string, target: string, headers: string): Promise<number> {
  const request = `${method} ${target} HTTP/1.1\r\nHost: h.example\r\n${headers}Connection: close\r\n\r\n`;
  return Number((await exchange(port, request)).slice(9, 12));
}

/** A path with the character at `index` percent-encoded, in either case. */
function encodedAt(index: number, upper = true, path = PATH): string {
  const hex = path.charCodeAt(index).toString(16);
  return `${path.slice(0, index)}%${upper ? hex.toUpperCase() : hex}${path.slice(index + 1)}`;
}

const PLACES = Array.from(PATH, (_letter, index) => index);
const SLASHES = PLACES.filter((index) => index > 0 && PATH[index] === '/');
const LETTERS = PLACES.filter((index) => PATH[index] !== '/');

/** Targets that name the route as the standards have it: each must be judged as the plain one is. */
const SAME = [
  PATH,
  ...LETTERS.map((index) => encodedAt(index)),
  encodedAt(PATH.length - 1, false),
  PATH.replaceAll(/[^/]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  `http://h.example${PATH}`,
  `https://other.example:8443${PATH}`,
  `HTTP://h.example${PATH}?`,
  `http://user:secret@h.example${PATH}`,
  `${PATH}?`,
  `${PATH}?limit=1`,
  `${PATH}#fragment`,
];

/** Targets that only look like it: none may be let in, whoever asks. */
const OTHER = [
  ...SLASHES.flatMap((index) => [encodedAt(index), encodedAt(index, false)]),
  `${PATH}/`,
  `${PATH}//`,
  `/${PATH}`,
  `//h.example${PATH}`,
  PATH.replaceAll('/', '//'),
  `${PATH};x`,
  `${PATH};x=1?limit=1`,
  '/api/v1;x/iocs/stix',
  `${PATH}%3Flimit=1`,
  `${PATH}%23`,
  `${PATH}%00`,
  `${PATH}%20`,
  `${PATH}.json`,
  `${PATH}%2F`,
  `${PATH}/..`,
  '/api/v1/iocs/./stix',
  '/api/v1/../v1/iocs/stix',
  '/api/v1/%2e/iocs/stix',
  '/api/v1/x/%2e%2e/iocs/stix',
  '/api\\v1\\iocs\\stix',
  PATH.toUpperCase(),
  '/api/v1/iocs/Stix',
  '/api/v1/iocs/ſtix',
  '/api/v1/iocs/%EF%BD%93tix',
  '/api/v1/iocs/%2573tix',
  '/api/v1/iocs/',
  '/api/v1/ioc',
  '/api',
  '*',
  `ftp://h.example${PATH}`,
  `h.example${PATH}`,
];

test('every spelling of the route is judged as the route itself, for every caller and method', async (context) => {
  const { server, port } = await open(context);
  for (const [who, headers] of Object.entries(callers(server))) {
    for (const target of SAME) {
      if (who === 'a Free key') server.clock.advance(60_000);
      for (const method of METHODS) {
        assert.equal(
          await verdict(port, method, target, headers),
          VERDICTS[who],
          `${who}: ${method} ${target}`,
        );
      }
    }
  }
});

test('what only looks like the route lets nobody in', async (context) => {
  const { server, port } = await open(context);
  for (const [who, headers] of Object.entries(callers(server))) {
    for (const target of OTHER) {
      if (who === 'a Free key') server.clock.advance(60_000);
      for (const method of METHODS) {
        const status = await verdict(port, method, target, headers);
        assert.ok(status === 404 || status === 400, `${who}: ${method} ${target}: ${status}`);
      }
    }
  }
});

test('a method that the route does not have is refused under every spelling, before the key is looked at', async (context) => {
  const { server, port } = await open(context);
  for (const headers of Object.values(callers(server))) {
    for (const target of SAME) {
      server.clock.advance(60_000);
      for (const method of ['POST', 'OPTIONS', 'DELETE']) {
        assert.equal(await verdict(port, method, target, headers), 405, `${method} ${target}`);
      }
    }
  }
});

/** What keys of the Free tier may ask for. */
const FREE = [
  '/api/v1/iocs',
  '/api/v1/iocs/count',
  '/api/v1/iocs/search',
  '/api/v1/iocs/stats',
  '/api/v1/lookup',
  '/api/v1/articles',
  '/api/v1/articles/x',
];

/** What anybody may ask for, and what leads those who have not signed in to the page to do so. */
const OPEN = new Set([
  '/',
  '/api/openapi.json',
  '/docs',
  '/console',
  '/console/',
  '/console/sign-in',
  '/console/sign-out',
  '/console/password',
  '/console/console.css',
  '/console/icon.svg',
  '/console/keys',
  '/console/keys/x',
  '/console/keys/x/rotate',
  '/console/keys/x/revoke',
]);

/** Every path that the server has a route for, what stands for a part of it filled in. */
function everyPath({ app }: Serving): string[] {
  const paths: string[] = [];
  const above: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent, part, methods] = /^([│├└─\s]*)(\S+)( \([^)]+\))?/.exec(line) ?? [];
    if (indent === undefined) continue;
    const depth = indent.length / 4 - 1;
    above.splice(depth, above.length, part!);
    if (methods !== undefined) paths.push(above.join(''));
  }
  return paths.map((route) => route.replaceAll(/:\w+|\*/g, 'x'));
}

/** Spellings of a path that name it as the standards have it. */
function spellingsOf(path: string): string[] {
  const letters = Array.from(path, (_letter, index) => index).filter((index) => path[index] !== '/');
  return [
    ...letters.map((index) => encodedAt(index, true, path)),
    `http://h.example${path}`,
    `HTTPS://other.example:8443${path}`,
  ];
}

/** So many of the ways to ask try each spelling, in turn: all together would be ninety thousand requests. */
const WAYS_EACH = 2;

test('no route of the server, under no spelling, is judged otherwise than its plain path', async (context) => {
  const { server, port } = await open(context);
  const paths = everyPath(server);
  assert.ok(paths.includes(PATH) && FREE.every((path) => paths.includes(path)), paths.join(' '));
  const asked = Object.entries(callers(server)).flatMap(([who, headers]) =>
    ['GET', 'HEAD', 'POST'].map((method) => ({ who, headers, method })),
  );
  let turn = 0;
  for (const path of paths) {
    const plain = new Map<object, number>();
    for (const way of asked) {
      server.clock.advance(60_000);
      const { who, method, headers } = way;
      plain.set(way, await verdict(port, method, path, headers));
      if (who !== 'a Pro key' && !OPEN.has(path) && !(who === 'a Free key' && FREE.includes(path)))
        assert.ok(plain.get(way)! >= 400, `${who}: ${method} ${path} is let in`);
    }
    for (const target of spellingsOf(path)) {
      for (let each = 0; each < WAYS_EACH; each += 1) {
        const way = asked[(turn += 5) % asked.length]!;
        server.clock.advance(60_000);
        const status = await verdict(port, way.method, target, way.headers);
        assert.equal(status, plain.get(way), `${way.who}: ${way.method} ${target}`);
      }
    }
  }
});

test('no target that anybody can think of is answered with data to somebody without a Pro key', async (context) => {
  const { server } = await open(context);
  const piece = fc.constantFrom(
    '/',
    '//',
    'api',
    'v1',
    'iocs',
    'stix',
    '%2f',
    '..',
    '.',
    ';',
    '%00',
    '%73',
    '?',
    'x',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      server.clock.advance(60_000);
      const url = `/${pieces.join('')}`;
      for (const headers of [{}, { authorization: `Bearer ${server.free}` }]) {
        const { statusCode, payload, headers: answered } = await server.app.inject({ url, headers });
        if (statusCode === 303) {
          assert.deepEqual([answered.location, payload], ['/docs', ''], url);
          continue;
        }
        const free = 'authorization' in headers && FREE.some((path) => url.split('?')[0] === path);
        assert.ok(free || (statusCode >= 400 && statusCode < 500), `${url}: ${statusCode}`);
        assert.doesNotMatch(payload, /"objects"/);
      }
    }),
    { numRuns: 300 },
  );
});
