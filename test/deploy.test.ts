import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { load } from 'js-yaml';

import { isSecret, loadConfig, SETTINGS } from '../src/config.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const DOCKERFILE = read('Dockerfile');
const UNIT = read('deploy/soc-defenders.service');
const COMPOSE = load(read('compose.yaml')) as {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
const SERVICE = COMPOSE.services['soc-defenders']!;

/** `A=1 B=2` as an object. */
function assignments(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]));
}

const IMAGE = assignments(/^ENV (.*)$/m.exec(DOCKERFILE)![1]!);
const UNIT_ENV = assignments(/^Environment=(.*)$/m.exec(UNIT)![1]!);
const COMPOSE_ENV = SERVICE.environment as Readonly<Record<string, string>>;

test('the settings that image, compose file and unit set are settings, with values that can be', () => {
  for (const env of [IMAGE, UNIT_ENV, { ...IMAGE, ...COMPOSE_ENV }]) {
    const config = loadConfig(env);
    assert.notEqual(config.admin, undefined);
    assert.equal(config.admin!.host, '127.0.0.1', 'health and metrics are told to this machine only');
  }
});

test('no file that is there to be copied holds a secret, or a place where one would be left in', () => {
  const secrets = SETTINGS.map(({ name }) => name).filter(isSecret);
  assert.ok(secrets.length > 0);
  for (const path of ['Dockerfile', 'compose.yaml', ...globSync('deploy/*', { cwd: ROOT })]) {
    const text = read(path);
    for (const secret of [...secrets, 'sk_live_', 'password', 'POSTGRES'])
      assert.ok(!new RegExp(`${secret}(?!_FILE)`, 'i').test(text), `${path}: ${secret}`);
  }
  assert.deepEqual(globSync(['.env*', '**/.env*'], { cwd: ROOT, exclude: ['node_modules/**'] }), []);
});

test('the image runs as a user without rights on a Node that is new enough, and is healthy while livez answers', () => {
  const last = DOCKERFILE.split(/^FROM /m).at(-1)!;
  assert.match(last, /^USER node$/m);
  assert.match(last, /^VOLUME \/data$/m);
  assert.equal(IMAGE.SOC_DATA_DIR, '/data');
  assert.match(last, /^HEALTHCHECK [\s\S]*SOC_ADMIN_PORT}\/livez/m);
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  assert.equal(/^ARG NODE=(.*)$/m.exec(DOCKERFILE)?.[1], devDependencies.node);
});

test('what the image is built of is what the build file lets in', () => {
  const let_in = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, list = '']) =>
    list.split(' '),
  );
  assert.deepEqual(let_in.sort(), copied.sort());
});

test('the container can write to its volume alone, and is given time to let answers finish', () => {
  assert.equal(SERVICE.read_only, true);
  assert.deepEqual(SERVICE.cap_drop, ['ALL']);
  assert.deepEqual(SERVICE.security_opt, ['no-new-privileges:true']);
  assert.deepEqual(SERVICE.volumes, ['data:/data']);
  for (const port of SERVICE.ports as string[]) assert.match(port, /^127\.0\.0\.1:/);
  assert.ok(Number.parseInt(SERVICE.stop_grace_period as string, 10) > 15);
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(UNIT)?.[1]) > 15);
});

/** Every metric of our own, as the source names it. */
const METRICS = new Set(
  globSync(['src/observe/*.ts', 'src/cli/operations.ts'], { cwd: ROOT }).flatMap((path) =>
    [...read(path).matchAll(/'((?:soc|process|nodejs)_\w+)'/g)].map(([, name = '']) => name),
  ),
);

test('every metric is documented with its labels, and none that does not exist', () => {
  const [, section = ''] = read('docs/operating.md').split('### Measure it');
  const table = section.split('### ')[0]!;
  const documented = new Set(
    [...table.matchAll(/`((?:soc|process|nodejs)_[a-z0-9_]+)`/g)].map(([, name = '']) => name),
  );
  const own = [...METRICS].filter((name) => name.startsWith('soc_'));
  assert.ok(own.length > 15);
  assert.deepEqual([...documented].filter((name) => name.startsWith('soc_')).sort(), own.sort());
  for (const name of documented) assert.ok(METRICS.has(name), name);
});

test('alerts go by metrics that there are, and name what to do', () => {
  const { groups } = load(read('deploy/alerts.yaml')) as {
    readonly groups: readonly {
      readonly rules: readonly { alert: string; expr: string; annotations: Record<string, string> }[];
    }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  assert.equal(rules.length, 3);
  for (const { alert, expr, annotations } of rules) {
    const named = [...expr.matchAll(/\bsoc_\w+/g)].map(([name]) => name);
    assert.ok(named.length > 0, alert);
    for (const name of named) assert.ok(METRICS.has(name), `${alert}: ${name}`);
    assert.ok(annotations.summary !== undefined && annotations.description !== undefined, alert);
  }
});
