import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';

import { documentOf, operationsOf } from './openapi.ts';
import { bearer, get, serving } from './serving.ts';

const FOLDER = fileURLToPath(new URL('../../src/http/docs', import.meta.url));
const FILES = globSync('*', { cwd: FOLDER }).filter((name) => name !== 'index.html');

interface Described {
  readonly id: string;
  readonly path: string;
  readonly parameters: readonly object[];
}

/** What the page's own module does, which is written for browsers. */
interface PageDocument {
  readonly operationsOf: (api: object) => Described[];
  readonly targetOf: (operation: object, values: ReadonlyMap<string, string>) => string;
  readonly curlOf: (operation: object, url: string, headers: object, body?: string) => string;
  readonly exampleValues: (operation: object) => ReadonlyMap<string, string>;
}

const page = (await import(new URL('../../src/http/docs/document.js', import.meta.url).href)) as PageDocument;

test('the page and its files come with a policy that lets nothing of others in', async (context) => {
  const server = await serving(context);
  for (const path of ['/docs', ...FILES.map((name) => `/docs/${name}`)]) {
    const { status, headers } = await get(server, path);
    assert.equal(status, 200, path);
    const policy = headers['content-security-policy']!;
    assert.match(policy, /^default-src 'none'; script-src 'self';/, path);
    assert.doesNotMatch(policy, /unsafe|https?:|\*|data:/, path);
    const again = await get(server, path, { 'if-none-match': headers.etag! });
    assert.deepEqual([again.status, again.headers['content-type']], [304, undefined], path);
  }
});

test('only the files of the page are given out', async (context) => {
  const server = await serving(context);
  for (const name of ['', 'x', 'index.html', '..%2fapp.ts', '%2e%2e%2fapp.ts', 'docs.css%00', '__proto__']) {
    const { status } = await get(server, `/docs/${name}`);
    assert.ok(status === 404 || status === 400, `${name} ${status}`);
  }
});

test('the page names no other server and writes no markup from texts', () => {
  for (const name of ['index.html', ...FILES]) {
    const text = readFileSync(`${FOLDER}/${name}`, 'utf8').replaceAll('http://www.w3.org/2000/svg', '');
    assert.doesNotMatch(text, /\/\/[a-z]+\.[a-z]/i, name);
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\son\w+=/,
      name,
    );
    assert.doesNotMatch(text, /localStorage|sessionStorage|document\.cookie/, name);
  }
});

test('the page shows the operations of the document with all their parameters', async (context) => {
  const api = await documentOf(await serving(context));
  const shown = page.operationsOf(api);
  const described = operationsOf(api).filter(([, method]) => method !== 'head');
  assert.deepEqual(
    shown.map(({ id, path, parameters }) => [id, path, parameters.length]),
    described.map(([path, , { operationId, parameters = [] }]) => [operationId, path, parameters.length]),
  );
});

test('a request on the page is the one that was meant, whatever is entered', () => {
  const operation = {
    path: '/api/{id}/x',
    parameters: [
      { name: 'id', in: 'path' },
      { name: 'q', in: 'query' },
      { name: 'If-None-Match', in: 'header' },
    ],
  };
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (id, q) => {
      const target = page.targetOf(operation, new Map(Object.entries({ id, q, 'If-None-Match': '"x"' })));
      const [path = '', query = ''] = target.split('?');
      assert.equal(decodeURIComponent(path.split('/')[2]!), id);
      assert.equal(new URLSearchParams(query).get('q') ?? '', q);
      assert.equal(path.split('/').length, 4);
    }),
  );
});

test('a command is the same request to a shell, and holds no key', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (value, body) => {
      fc.pre(!value.includes('\0') && !body.includes('\0'));
      const command = page.curlOf(
        { method: 'POST', keyed: true },
        'http://h.example/x',
        { 'X-A': value },
        body,
      );
      const script = `curl() { printf '%s\\0' "$@"; }; API_KEY=sk; ${command}`;
      const given = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
      const expected = ['-X', 'POST', '-H', 'Authorization: Bearer sk', '-H', `X-A: ${value}`];
      assert.deepEqual(given, [...expected, '--data-binary', body, 'http://h.example/x']);
    }),
    { numRuns: 30 },
  );
});

test('whoever comes to the server itself is led to the page, with or without a key', async (context) => {
  const server = await serving(context);
  for (const method of ['GET', 'HEAD'] as const) {
    for (const headers of [{}, bearer(server.free)]) {
      const answer = await get(server, '/', headers, method);
      assert.deepEqual([answer.status, answer.headers.location, answer.body.length], [303, '/docs', 0]);
    }
  }
  assert.equal((await get(server, '/', {}, 'POST')).status, 405);
});
