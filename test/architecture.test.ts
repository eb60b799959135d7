import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

/** What others may know of the store: everything behind it is its own. */
const SEAM = 'store/store.ts';

/**
 * What each folder, and each file beside them, may import besides itself: folders, single files, and with `type` in
 * front only their types. In the order of the flow, so that nothing uses what comes after it; but for the store's
 * interface, which names what its readers and writers are given. `docs/architecture.md` has the same table.
 */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  model: [],
  'config.ts': ['model'],
  'errors.ts': [],
  normalise: ['model'],
  parse: ['model', 'normalise'],
  enrich: ['model'],
  gate: ['model', 'normalise'],
  score: ['model'],
  render: ['model', 'normalise', 'score', `type ${SEAM}`],
  store: ['model', 'score', 'render'],
  feeds: ['model', 'normalise', 'parse', 'enrich', 'gate', SEAM],
  observe: ['config.ts', `type ${SEAM}`],
  http: ['errors.ts', 'model', 'normalise', 'render', 'observe', SEAM],
  cli: [
    'config.ts',
    'errors.ts',
    'model',
    'normalise',
    'parse',
    'enrich',
    'gate',
    'score',
    'render',
    'store',
    'feeds',
    'observe',
    'http',
  ],
  'main.ts': ['cli'],
  // For other programs: it knows the API alone.
  client: [],
};

/** Who may use what reaches out of the program, or is meant for one folder. */
const RESERVED: Readonly<Record<string, readonly string[]>> = {
  fastify: ['http'],
  'email-providers': ['gate'],
  'modern-tar': ['gate'],
  re2js: ['gate'],
  tldts: ['normalise', 'gate'],
  'fast-xml-builder': ['render'],
  feedsmith: ['parse'],
  htmlparser2: ['parse'],
  unpdf: ['parse'],
  yaml: ['render'],
  'node:http': ['http'],
  'node:http2': [],
  'node:https': [],
  'node:tls': [],
  'node:dns': ['feeds/fetch'],
  undici: ['feeds/fetch'],
  yauzl: ['feeds/fetch'],
  'node:dgram': [],
  'node:child_process': [],
  'node:vm': [],
  'node:sqlite': ['store'],
  'node:worker_threads': ['store', 'cli'],
  'node:fs': ['store', 'cli', 'feeds', 'gate', 'http/console', 'http/routes/docs.ts', 'config.ts'],
};

/** Who may make requests: of other servers, and, in programs of others, of ours. */
const MAY_FETCH = ['feeds/fetch', 'client'];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

const FILES = globSync('**/*.ts', { cwd: SOURCE }).map((file) => file.replaceAll('\\', '/'));
const IMPORTS = FILES.flatMap(importsOf);

test('every folder of the source has its place in the flow', () => {
  assert.deepEqual([...new Set(FILES.map(partOf))].sort(), Object.keys(MAY_USE).sort());
});

test('no folder imports what stands to its right in the flow', () => {
  const inside = IMPORTS.filter(({ from }) => from.startsWith('.'));
  assert.ok(inside.length > 100, 'imports are found');
  const wrong = inside.filter((each) => !isAllowed(each)).map(({ file, from }) => `${file} imports ${from}`);
  assert.deepEqual(wrong, []);
});

test('the rules themselves have no cycle but through the interface of the store', () => {
  const order = Object.keys(MAY_USE);
  for (const [part, used] of Object.entries(MAY_USE)) {
    for (const other of used.filter((name) => !name.endsWith(SEAM))) {
      assert.ok(order.indexOf(other) < order.indexOf(part), `${part} may use ${other}, which comes after it`);
    }
  }
});

test('what reaches out of the program is imported only where it belongs', () => {
  const wrong = IMPORTS.filter(({ file, from }) => {
    const allowed = RESERVED[packageOf(from)];
    const within = (place: string): boolean => file === place || file.startsWith(`${place}/`);
    return allowed !== undefined && !allowed.some(within);
  });
  assert.deepEqual(
    wrong.map(({ file, from }) => `${file} imports ${from}`),
    [],
  );
});

test('only the fetcher and the client make requests', () => {
  const fetching = FILES.filter((file) =>
    /(?<![\w.#])fetch\(|globalThis\.fetch|\bnew (?:WebSocket|EventSource)\b/.test(code(file)),
  );
  assert.deepEqual(
    fetching.filter((file) => !MAY_FETCH.some((folder) => file.startsWith(`${folder}/`))),
    [],
  );
});

test('built-in modules are imported by their whole name', () => {
  const packages = IMPORTS.filter(({ from }) => !from.startsWith('.') && !from.startsWith('node:'));
  assert.deepEqual([...new Set(packages.map(({ from }) => packageOf(from)))].sort(), [
    'email-providers',
    'fast-xml-builder',
    'fastify',
    'feedsmith',
    'find-my-way',
    'htmlparser2',
    'modern-tar',
    're2js',
    'tldts',
    'undici',
    'unpdf',
    'yaml',
    'yauzl',
  ]);
});

/** `node:fs` of `node:fs/promises`, `fastify` of a file of it. */
function packageOf(from: string): string {
  return from.replace(/^((?:@[^/]+\/)?[^/]+)\/.*$/, '$1');
}

/** The folder that a file stands in, or the file itself where it stands beside them. */
function partOf(file: string): string {
  return file.split('/')[0]!;
}

function isAllowed({ file, from, typeOnly }: Import): boolean {
  const target = normalize(join(dirname(file), from)).replaceAll('\\', '/');
  const part = partOf(file);
  if (target.startsWith('..')) return part === 'cli' && target === '../package.json';
  if (partOf(target) === part) return true;
  return MAY_USE[part]!.some((rule) => {
    const name = rule.replace(/^type /, '');
    return (typeOnly || name === rule) && (target === name || partOf(target) === name);
  });
}

/** What a file imports or passes on, dynamically too. */
function importsOf(file: string): Import[] {
  const text = code(file);
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'/gm);
  const bare = text.matchAll(/(?:^import\s+|\bimport\()'([^']+)'/gm);
  return [
    ...[...statements].map(([, type, from = '']) => ({ file, from, typeOnly: type !== undefined })),
    ...[...bare].map(([, from = '']) => ({ file, from, typeOnly: false })),
  ];
}

/** A file's text without its comments. */
function code(file: string): string {
  return readFileSync(join(SOURCE, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
