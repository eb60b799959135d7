import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadCommands } from '../src/cli/run.ts';
import { SETTINGS } from '../src/config.ts';
import { SEVERITY_RULES } from '../src/enrich/report.ts';
import { API_ERRORS } from '../src/errors.ts';
import { KEY_SETTINGS } from '../src/feeds/catalogue/index.ts';
import { FEED_STATES } from '../src/feeds/states.ts';
import { ARTICLE_PARAMETERS } from '../src/model/article-parameters.ts';
import { ARTICLE_CATEGORIES } from '../src/model/article.ts';
import { IOC_TYPES } from '../src/model/ioc.ts';
import { SEARCH_PARAMETERS } from '../src/http/routes/iocs-search.ts';
import { LOOKUP_PARAMETERS } from '../src/http/routes/lookup.ts';
import { LIST_PARAMETERS } from '../src/model/list-parameters.ts';
import { INDICATOR_PARAMETERS } from '../src/model/query-parameters.ts';
import { REJECTION_CODES } from '../src/model/sighting.ts';
import { CSV_FIELDS } from '../src/parse/format.ts';
import { FORMATS } from '../src/parse/formats.ts';
import { EXPORT_FORMATS } from '../src/render/formats.ts';

const COMMANDS = await loadCommands();

const ROOT = fileURLToPath(new URL('..', import.meta.url));

test('every setting is documented with its default', () => {
  const rows = rowsOf('docs/configuration.md');
  for (const { name, fallback } of SETTINGS) {
    const [, given] = rows.get(name) ?? [];
    assert.equal(given, fallback === '' ? 'empty' : `\`${fallback}\``, `docs/configuration.md: ${name}`);
  }
});

test('every setting that is documented exists', () => {
  const known = new Set<string>([...SETTINGS.map(({ name }) => name), ...KEY_SETTINGS]);
  for (const page of pages()) {
    const named = [...read(page).matchAll(/\bSOC_[A-Z_]+\b/g)].map(([name]) => name);
    const unknown = named.filter(
      (name) =>
        !known.has(name.replace(/_FILE$/, '')) &&
        !name.startsWith('SOC_FEED_KEY_') &&
        name !== 'SOC_' &&
        name !== 'SOC_PROT',
    );
    assert.deepEqual(unknown, [], page);
  }
});

test('every query parameter is documented, and none that does not exist', () => {
  const rows = rowsOf('docs/api.md', 'Filter and shape the answer');
  assert.deepEqual([...rows.keys()].sort(), Object.keys(INDICATOR_PARAMETERS).sort());
});

test('every state of a feed is documented with what to do, and none that does not exist', () => {
  const [table = ''] = section('docs/feeds.md', 'See how they fare').split('### ');
  const rows = [...table.matchAll(/^\| (`.*?)\|/gm)].map(([, cell = '']) => cell);
  const states = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
  assert.deepEqual(states.sort(), Object.keys(FEED_STATES).sort());
});

test('every parameter of a list is documented, and none that does not exist', () => {
  const rows = rowsOf('docs/api.md', 'List IOCs');
  const own = Object.keys(LIST_PARAMETERS).filter(
    (name) => name === 'format' || !(name in INDICATOR_PARAMETERS),
  );
  assert.deepEqual([...rows.keys()].sort(), own.sort());
});

test('every parameter of a look-up is documented, and none that does not exist', () => {
  const rows = rowsOf('docs/api.md', 'Look one value up');
  assert.deepEqual([...rows.keys()].sort(), Object.keys(LOOKUP_PARAMETERS).sort());
});

test('every parameter of a search is documented, and none that does not exist', () => {
  const rows = rowsOf('docs/api.md', 'Search');
  assert.deepEqual([...rows.keys()].sort(), Object.keys(SEARCH_PARAMETERS).sort());
});

test('every parameter of a list of articles is documented, and none that does not exist', () => {
  const rows = rowsOf('docs/api.md', 'Read articles');
  assert.deepEqual([...rows.keys()].sort(), Object.keys(ARTICLE_PARAMETERS).sort());
});

test('every category of articles is documented, and severities by the rules that hold', () => {
  assertNamed('docs/articles.md', ARTICLE_CATEGORIES);
  const rules = rowLines(section('docs/articles.md', 'How severe it is')).slice(2);
  assert.deepEqual(
    rules,
    SEVERITY_RULES.map(({ severity, says }) => [`\`${severity}\``, says]),
  );
});

test('every IOC type is documented', () => {
  assertNamed('docs/api.md', IOC_TYPES);
});

test('every error is documented with its status, and none that does not exist', () => {
  const documented = rowLines(section('docs/api.md', 'Mend errors')).map(
    ([status, code]) => `${status} ${code}`,
  );
  const errors = Object.entries(API_ERRORS).map(([code, { status }]) => `${status} \`${code}\``);
  assert.deepEqual(documented.filter((row) => /^\d/.test(row)).sort(), errors.sort());
});

for (const { name, options } of COMMANDS) {
  test(`the command ${name} is documented with all its options, and no others`, () => {
    const text = section('docs/commands.md', name);
    const documented = new Set(
      [...text.matchAll(/(?<=[\s`])--([a-z][a-z-]*)/g)].map(([, option = '']) => option),
    );
    assert.deepEqual([...documented].sort(), Object.keys(options).sort());
  });
}

test('every command is documented, and none that does not exist', () => {
  const headings = [...read('docs/commands.md').matchAll(/^## (.+)$/gm)].map(([, name = '']) => name);
  assert.deepEqual(headings.sort(), COMMANDS.map(({ name }) => name).sort());
});

test('every export format is documented with its content type, and none that does not exist', () => {
  const rows = rowsOf('docs/formats.md');
  assert.deepEqual([...rows.keys()].sort(), EXPORT_FORMATS.map(({ name }) => name).sort());
  for (const { name, mediaType } of EXPORT_FORMATS) {
    assert.equal(rows.get(name)?.[3], `\`${mediaType.split(';')[0]}\``, `docs/formats.md: ${name}`);
  }
});

test('every format is documented', () => {
  assertNamed(
    'docs/importing.md',
    FORMATS.map(({ name }) => name),
  );
});

test('every CSV field and every reason for quarantine is documented', () => {
  assertNamed('docs/importing.md', [...CSV_FIELDS, ...Object.keys(REJECTION_CODES)]);
});

test('every dependency has its reason, and no reason is without a dependency', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
  const documented = [...rowsOf('docs/decisions/dependencies.md').keys()];
  assert.deepEqual(documented.sort(), Object.keys({ ...dependencies, ...devDependencies }).sort());
});

test('every relative link leads to a file, and to a heading where it names one', () => {
  for (const page of pages()) {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', heading] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(join(ROOT, file)), `${page} links to ${target}, which is not there`);
      if (heading !== undefined) {
        assert.ok(anchors(file).has(heading), `${page} links to ${target}: no such heading`);
      }
    }
  }
});

function pages(): string[] {
  return globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The text below a heading of the second level. */
function section(path: string, heading: string): string {
  const found = read(path)
    .split(/^## /m)
    .find((part) => part.startsWith(`${heading}\n`));
  assert.ok(found !== undefined, `${path} has no heading "${heading}"`);
  return found;
}

/** Cells of the rows of all tables in a text. */
function rowLines(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Rows whose first cell is one name in backticks, by that name. */
function rowsOf(path: string, heading?: string): Map<string, string[]> {
  const rows = rowLines(heading === undefined ? read(path) : section(path, heading));
  return new Map(
    rows.flatMap((cells) => {
      const name = /^`([^`]+)`$/.exec(cells[0] ?? '')?.[1];
      return name === undefined ? [] : [[name, cells] as const];
    }),
  );
}

function assertNamed(path: string, names: readonly string[]): void {
  const text = read(path);
  const missing = names.filter((name) => !text.includes(`\`${name}\``));
  assert.deepEqual(missing, [], `not named in ${path}`);
}

function anchors(path: string): Set<string> {
  const headings = [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
