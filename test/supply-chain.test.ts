import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Package {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly [field: string]: unknown;
}

interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const PACKAGE = read('package.json') as Package;
const LOCK = read('package-lock.json') as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked & Partial<Package>>>;
};

const DIRECT = { ...PACKAGE.dependencies, ...PACKAGE.devDependencies };
const LOCKED = Object.entries(LOCK.packages).filter(([path]) => path !== '');

/** `node_modules/a/node_modules/@b/c` → `@b/c`. */
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('every dependency is named by one exact version, and none from elsewhere than the registry', () => {
  for (const [name, version] of Object.entries(DIRECT)) {
    assert.match(version, /^\d+\.\d+\.\d+$/, `${name}: ${version}`);
  }
  for (const field of [
    'optionalDependencies',
    'peerDependencies',
    'bundleDependencies',
    'overrides',
    'workspaces',
  ]) {
    assert.equal(PACKAGE[field], undefined, field);
  }
});

test('the lock file is of this package, and holds exactly the versions that it names', () => {
  const { dependencies, devDependencies } = LOCK.packages['']!;
  assert.deepEqual(dependencies, PACKAGE.dependencies);
  assert.deepEqual(devDependencies, PACKAGE.devDependencies);
  assert.ok(LOCK.lockfileVersion >= 3);
  for (const [name, version] of Object.entries(DIRECT)) {
    assert.equal(LOCK.packages[`node_modules/${name}`]?.version, version, name);
  }
});

test('every locked package is of the registry and has the digest that it is checked by', () => {
  for (const [path, { version, resolved, integrity, link, optional, os, cpu }] of LOCKED) {
    assert.match(version, /^\d+\.\d+\.\d+(?:-[\w.]+)?$/, path);
    assert.equal(link, undefined, path);
    if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, path);
    if (integrity !== undefined) assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/, path);
    else {
      // Programs for other platforms, of tools that check the code: npm installs none of them here.
      assert.ok(optional === true && (os ?? cpu) !== undefined, `${path} has no digest`);
      assert.match(nameOf(path), /^@(?:oxfmt|oxlint|oxlint-tsgolint)\//, `${path} has no digest`);
    }
  }
});

test('what the server runs on is digested whole, and small enough to be read', () => {
  const running = LOCKED.filter(([, { dev }]) => dev !== true);
  for (const [path, { integrity, hasInstallScript }] of running) {
    assert.ok(integrity !== undefined, path);
    assert.equal(hasInstallScript, undefined, `${path} runs a script when it is installed`);
  }
  assert.ok(running.length > 5 && running.length <= 80, `${running.length} packages`);
});

test('only those packages run scripts when they are installed that are allowed to', () => {
  const running = LOCKED.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) =>
    nameOf(path),
  );
  assert.deepEqual([...new Set(running)].sort(), Object.keys(PACKAGE.allowScripts).sort());
  assert.deepEqual(PACKAGE.allowScripts, { node: true });
  for (const [name, script] of Object.entries(PACKAGE.scripts)) {
    assert.doesNotMatch(name, /^(?:pre|post)?install$|^prepare$/, script);
  }
});

test('no installed package has an install script that the lock file does not tell of', () => {
  for (const [path, { hasInstallScript }] of LOCKED) {
    const manifest = join(path, 'package.json');
    if (!existsSync(join(ROOT, manifest))) continue;
    const { scripts = {}, version } = read(manifest) as { scripts?: Record<string, string>; version: string };
    const hooks = ['preinstall', 'install', 'postinstall'].filter((hook) => hook in scripts);
    if (hasInstallScript !== true) assert.deepEqual(hooks, [], path);
    assert.equal(version, LOCK.packages[path]!.version, `${path} is not what the lock file says: run npm ci`);
  }
});

test('what decides whether a change lands installs by the lock file alone', () => {
  const commands = text('.ci/run')
    .split('\n')
    .filter((line) => /\bnpm\b/.test(line) && !line.startsWith('#'));
  assert.deepEqual(commands[0], 'npm ci');
  for (const command of commands)
    assert.doesNotMatch(command, /npm (?:i|install|update|exec)\b|\bnpx\b/, command);
  for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/operating.md']) {
    assert.doesNotMatch(text(page), /npm (?:i|install)(?! …)(?:\s|$)/, page);
    assert.match(text(page), /npm ci/, page);
  }
});

test('scripts of the package fetch nothing and run what is installed', () => {
  for (const [name, script] of Object.entries(PACKAGE.scripts)) {
    assert.doesNotMatch(script, /\bnpx\b|\bcurl\b|\bwget\b|npm (?:i|install|exec)\b|https?:/, name);
  }
});

test('what is published is the built program and its notices', () => {
  assert.deepEqual(PACKAGE.files, ['dist', 'NOTICE']);
});

test('SECURITY.md says how packages are held, and why one of them runs a script', () => {
  const page = text('SECURITY.md');
  assert.match(page, /npm ci/);
  assert.match(page, /--ignore-scripts/);
  for (const name of Object.keys(PACKAGE.allowScripts)) assert.ok(page.includes(`\`${name}\``), name);
});
