import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { SocDefenders } from '../src/client/client.ts';
import { documentOf, operationsOf, type ParameterObject, parameterOf } from './http/openapi.ts';
import { serving } from './http/serving.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = globSync(['README.md', 'docs/*.md'], { cwd: ROOT }).map((path) => read(path));

function read(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}

/** Pages that name a path, with or without its method or a query. */
function pagesAbout(path: string): string[] {
  const name = path.replaceAll(/[.{}]/g, String.raw`\$&`);
  return PAGES.filter((text) => new RegExp(`(?:\`|[A-Z] |:8080)${name}(?=[\`?"\\s])`).test(text));
}

function isNamed(name: string, pages: readonly string[]): boolean {
  return pages.some(
    (text) => text.includes(`\`${name}\``) || text.includes(`\`${name}=`) || text.includes(`?${name}=`),
  );
}

test('every route is named in the documentation, with each of its parameters', async (context) => {
  const document = await documentOf(await serving(context));
  const missing: string[] = [];
  for (const [path, method, { parameters = [] }] of operationsOf(document)) {
    // What a page loads is no matter of its readers.
    if (method === 'head' || path === '/docs/{asset}') continue;
    const pages = pagesAbout(path);
    if (pages.length === 0) missing.push(`${method} ${path}`);
    const asked = parameters
      .map((each): ParameterObject => parameterOf(document, each))
      .filter((parameter) => parameter.in === 'query');
    for (const { name } of asked) if (!isNamed(name, pages)) missing.push(`${name} of ${path}`);
  }
  assert.deepEqual(missing, []);
});

test('no route is named that does not exist', async (context) => {
  const { paths } = await documentOf(await serving(context));
  const known = new Set(Object.keys(paths));
  const named = PAGES.flatMap((text) =>
    [...text.matchAll(/`(?:[A-Z]+ )?(\/(?:api|docs)\b[^\s`?]*)/g)].map(([, path = '']) => path),
  );
  assert.ok(named.length > 10);
  assert.deepEqual(
    named.filter((path) => !known.has(path)),
    [],
  );
});

test('every method and every option of the client is documented, and none that does not exist', () => {
  const page = read('docs/client.md');
  const rows = (heading: string): string[] => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`))!;
    return [...section.matchAll(/^\| `(\w+)/gm)].map(([, name = '']) => name).sort();
  };
  const methods = Object.getOwnPropertyNames(SocDefenders.prototype).filter((name) => name !== 'constructor');
  assert.deepEqual(rows('Ask'), methods.sort());
  const [, options = ''] =
    /interface TransportOptions \{([^]*?)\n\}/.exec(read('src/client/transport.ts')) ?? [];
  const names = [...options.matchAll(/readonly (\w+)\??:/g)].map(([, name = '']) => name);
  assert.ok(names.length > 4);
  assert.deepEqual(rows('Set it up'), names.sort());
});
