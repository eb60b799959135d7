import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { DOMParser } from '@xmldom/xmldom';
import { parse as parseYaml } from 'yaml';

import { loadCommands } from '../src/cli/run.ts';
import { FIREWALL_PROFILES } from '../src/render/firewall/profiles.ts';
import { EXPORT_FORMATS } from '../src/render/formats.ts';
import { LIST_FORMATS } from '../src/model/list-parameters.ts';
import { start } from './cli/program.ts';
import { bearer, get, serving } from './http/serving.ts';
import { START, take } from './store/fixtures.ts';

const COMMANDS = await loadCommands();

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL('../docs/guides/', import.meta.url));
const SCRIPT = join(FOLDER, 'soc-fetch.sh');
const PAGES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
const PRODUCTS = PAGES.filter((name) => name !== 'README.md' && name !== 'quick-start.md');

/** Paths that guides speak of before this tree has them. Those that are there are checked like all others. */
/** Where other products have paths that begin alike. */
const FOREIGN = /qradar\.example\.com$/;
const LONGEST = 120;

function read(page: string): string {
  return readFileSync(join(FOLDER, page), 'utf8');
}

/** Fenced blocks of a language, with the page that they are on. */
function blocks(language: string): { readonly page: string; readonly text: string }[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms');
  return PAGES.flatMap((page) => [...read(page).matchAll(fence)].map(([, text = '']) => ({ page, text })));
}

/** Every path of ours that a page names, with its query, as a client would send it. */
function pathsIn(page: string): string[] {
  const text = read(page)
    .replaceAll(/\$\([^)]*\)/g, '2026-01-01T00:00:00Z')
    .replaceAll('&amp;', '&');
  return [...text.matchAll(/\/api\/[^\s"'`<>)|]*/g)]
    .filter(({ index }) => !FOREIGN.test(text.slice(0, index)))
    .map(([path]) => path.replace(/[.,;:]+$/, ''))
    .map((path) => (path === '/api/v1/misp/feed' ? `${path}/manifest.json` : path));
}

/** Commands of a text that a reader is to type, continued lines joined. */
function commandsIn(text: string): string[] {
  return text
    .replaceAll(/ \\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim());
}

function withoutCurl(context: TestContext): boolean {
  if (spawnSync('curl', ['--version']).status === 0) return false;
  context.skip('curl is not installed');
  return true;
}

test('there is a guide for every product, and the table of guides leads to each', () => {
  const products = ['opencti', 'misp', 'sentinel', 'splunk', 'elastic', 'qradar', 'palo-alto', 'fortigate'];
  assert.deepEqual(
    PRODUCTS.toSorted(),
    [...products, 'pfsense', 'suricata', 'bind'].map((name) => `${name}.md`).toSorted(),
  );
  const table = read('README.md');
  for (const page of [...PRODUCTS, 'quick-start.md', 'soc-fetch.sh'])
    assert.ok(table.includes(`](${page})`), page);
});

test('every guide is short, says what it holds for, what to fill in, how to see it, and what may happen', () => {
  for (const page of PAGES) assert.ok(read(page).split('\n').length <= LONGEST, `${page} is too long`);
  for (const page of PRODUCTS) {
    const text = read(page);
    assert.match(text, /^# .+\n\nHolds for .*\d/, `${page}: versions come first`);
    for (const heading of ['## See that it works', '## What happens when'])
      assert.ok(text.includes(heading), page);
    for (const matter of [/\*\*The key expires or is revoked:/, /\*\*The server is down/, /is taken back/])
      assert.match(text, matter, page);
    assert.match(text, /hour|minutes/i, `${page}: how often`);
  }
});

test('every path, parameter and format that a guide names is there', async (context) => {
  const server = await serving(context);
  await take(server.store, [{ type: 'domain', value: 'bad.example.com' }], START);
  let checked = 0;
  for (const page of [...PRODUCTS, 'README.md']) {
    for (const path of pathsIn(page)) {
      const { status, body } = await get(server, path, bearer(server.pro));
      assert.equal(status, 200, `${page}: ${path}: ${body.toString()}`);
      checked += 1;
    }
  }
  assert.ok(checked > 30, `${checked} paths are found`);
});

test('every profile and format that is named in part is there as well', () => {
  const profiles = new Set(FIREWALL_PROFILES.map(({ name }) => name));
  const formats = new Set<string>([...EXPORT_FORMATS.map(({ name }) => name), ...LIST_FORMATS]);
  for (const page of PAGES) {
    for (const [, kind, name = ''] of read(page).matchAll(/\b(profile|format)=([a-z0-9-]+)/g)) {
      assert.ok((kind === 'profile' ? profiles : formats).has(name), `${page}: ${kind}=${name}`);
    }
  }
  const named = PAGES.map(read).join('');
  for (const profile of profiles) assert.ok(named.includes(`profile=${profile}`), `no guide uses ${profile}`);
});

test('every command and option of ours that a guide names is there', () => {
  for (const page of PAGES) {
    const commands = read(page).matchAll(/(?:\bsoc-defenders|run -s cli --) ([a-z]+)\b([^`#\n]*)/g);
    for (const [whole, name, rest = ''] of commands) {
      const command = COMMANDS.find((each) => each.name === name);
      assert.ok(command !== undefined, `${page}: ${whole}`);
      for (const [, option = ''] of rest.matchAll(/ --([a-z-]+)/g)) {
        assert.ok(Object.hasOwn(command.options, option), `${page}: ${whole}`);
      }
    }
  }
});

test('every snippet of JSON, YAML and XML is well-formed', () => {
  const json = blocks('json');
  const yaml = blocks('yaml');
  const xml = blocks('xml');
  assert.ok(json.length > 1 && yaml.length > 1 && xml.length > 0);
  for (const { page, text } of json) assert.doesNotThrow(() => void JSON.parse(text), page);
  for (const { page, text } of yaml) assert.equal(typeof parseYaml(text), 'object', page);
  const fail = (level: string, message: unknown): never => assert.fail(`${level}: ${String(message)}`);
  for (const { text } of xml) new DOMParser({ onError: fail }).parseFromString(text, 'text/xml');
});

test('every shell script can be read by a shell', async () => {
  const scripts = blocks('sh');
  assert.ok(scripts.length > 5);
  for (const { page, text } of [...scripts, { page: 'soc-fetch.sh', text: readFileSync(SCRIPT, 'utf8') }]) {
    await assert.doesNotReject(run('sh', ['-n', '-c', text]), page);
  }
});

test('every curl line of the quick start does what it says at the demo', async (context) => {
  if (withoutCurl(context)) return;
  const program = start(context, ['demo', '--port', '0']);
  const server = await program.says(/at (http:\/\/\S+)/);
  const key = await program.says(/Pro key {3}(\S+)/);
  const lines = commandsIn(read('quick-start.md')).filter((line) => line.startsWith('curl '));
  assert.ok(lines.length >= 8);
  const shell = `curl() { command curl -sS -o "$BODY" -w '%{http_code}' "$@"; }\n`;
  const directory = mkdtempSync(join(tmpdir(), 'soc-guides-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const BODY = join(directory, 'body');
  for (const line of lines) {
    const env = { PATH: process.env.PATH, SERVER: server, KEY: key, BODY };
    const { stdout } = await run('sh', ['-c', shell + line], { env });
    const body = readFileSync(BODY, 'utf8');
    assert.equal(stdout, /# (\d{3})$/.exec(line)?.[1] ?? '200', `${line}: ${body}`);
    assert.notEqual(body, '', line);
  }
});

test('soc-fetch follows all pages, keeps the head of the first alone, and replaces nothing when it fails', async (context) => {
  if (withoutCurl(context)) return;
  const server = await serving(context);
  const names = ['a', 'b', 'c', 'd', 'e'].map((label) => `${label}.example.com`);
  for (const value of names) await take(server.store, [{ type: 'domain', value }], START);
  const directory = mkdtempSync(join(tmpdir(), 'soc-guides-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const [config, file] = [join(directory, 'curl'), join(directory, 'list')];
  const INTEL_URL = `http://127.0.0.1:${await server.listen()}`;
  const env = { PATH: process.env.PATH, INTEL_URL, INTEL_CURL: config };
  const fetch = (...args: readonly string[]) => run('sh', [SCRIPT, ...args], { env });
  const useKey = (key: string): void => writeFileSync(config, `header = "Authorization: Bearer ${key}"\n`);

  useKey(server.pro);
  await fetch('/api/v1/iocs/firewall?profile=paloalto-domain&limit=10', file);
  assert.deepEqual(readFileSync(file, 'utf8').trim().split('\n').toSorted(), names);
  await fetch('/api/v1/iocs?format=txt&limit=2', file);
  assert.deepEqual(readFileSync(file, 'utf8').trim().split('\n').toSorted(), names);
  await fetch('/api/v1/iocs/splunk?limit=2', file, '1');
  assert.equal(readFileSync(file, 'utf8').match(/^indicator,/gm)?.length, 1);
  assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 1 + names.length);
  await fetch('/api/v1/iocs/rpz?type=domain&limit=2', file, '3');
  const zone = readFileSync(file, 'utf8');
  assert.equal(zone.match(/ SOA /g)?.length, 1);
  assert.equal(zone.match(/^\*?\.?[a-e]\.example\.com CNAME \.$/gm)?.length, 2 * names.length);

  useKey('sk_live_nonsense');
  await assert.rejects(fetch('/api/v1/iocs?format=txt&limit=2', file), { code: 22 });
  assert.equal(readFileSync(file, 'utf8'), zone);
  assert.deepEqual(readdirSync(directory).toSorted(), ['curl', 'list']);
});

test('the zone of the guide for BIND gets a serial that rises', async () => {
  const script = blocks('sh').find(({ page }) => page === 'bind.md');
  const expression = /sed -i "(.*)" /.exec(script!.text)![1]!.replace('$(date +%s)', '4000000000');
  const head = '$TTL 300\n@ IN SOA localhost. hostmaster.localhost. (1767225600 3600 600 604800 300)\n';
  const directory = mkdtempSync(join(tmpdir(), 'soc-guides-'));
  const file = join(directory, 'zone');
  writeFileSync(file, head);
  const { stdout } = await run('sed', [expression, file]);
  rmSync(directory, { recursive: true });
  assert.equal(stdout, head.replace('1767225600', '4000000000'));
});
