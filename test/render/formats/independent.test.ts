import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { EXPORT_FORMATS } from '../../../src/render/formats.ts';
import { formatNamed, GOOD, item, lines, NASTY, render } from './nasty.ts';
import { networkOf } from './readers/rpz.ts';
import { keptByEngine, loadedByEngine, reportedByEngine } from './readers/suricata-engine.ts';
import { expected } from './readings.ts';

/** A program or package of others that reads formats. Values come in any order. */
interface Parser {
  readonly formats: readonly string[];
  /** Undefined where it is here, else what is missing. */
  readonly missing: () => string | undefined;
  readonly values: (text: string, directory: string) => readonly string[];
}

const SCRIPT = fileURLToPath(new URL('../../../scripts/interop/formats.py', import.meta.url));
/** An interpreter that has what `scripts/interop/formats.txt` names, or some of it, as `npm run test:interop` gives one. */
const { PYTHON = '' } = process.env;
/** No export of the corpus takes a reader a second; in milliseconds. */
const LONGEST = 60_000;

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    timeout: LONGEST,
    maxBuffer: 2 ** 26,
  });
  assert.equal(status, 0, `${program} refuses it: ${stderr.slice(-2_000)}`);
  return stdout;
}

function program(name: string): () => string | undefined {
  return () => (spawnSync(name, ['-h']).error === undefined ? undefined : `${name} is not installed`);
}

/** A parser of `formats.py`, which needs a module. */
function python(parser: string, module: string, formats: readonly string[]): Parser {
  return {
    formats,
    missing: () => {
      if (PYTHON === '') return 'PYTHON does not name an interpreter';
      const { status } = spawnSync(PYTHON, ['-I', '-c', `import ${module}`]);
      return status === 0 ? undefined : `${PYTHON} with ${module} is not installed`;
    },
    values: (text) => JSON.parse(run(PYTHON, ['-I', SCRIPT, parser], text)) as string[],
  };
}

const ORIGIN = 'rpz.soc.example';

/** BIND's own reader of zones writes each record it has read as a line of its own, with all names whole. */
function compiled(text: string, directory: string): string[] {
  const zone = join(directory, 'zone');
  const file = join(directory, 'compiled');
  writeFileSync(zone, text);
  run('named-compilezone', ['-F', 'text', '-s', 'full', '-o', file, ORIGIN, zone]);
  const records = lines(readFileSync(file, 'utf8')).map((line) => line.split(/\s+/));
  const triggers = records.filter(([, , , kind]) => kind === 'CNAME');
  assert.ok(triggers.every(([, , , , target]) => target === '.'));
  return triggers
    .map(([owner]) => owner!.replace(`.${ORIGIN}.`, ''))
    .filter((owner) => !owner.startsWith('*.'))
    .map((owner) => (owner.endsWith('.rpz-ip') ? networkOf(owner) : owner));
}

const SYSLOG_NG = `@version: current
options { keep-hostname(yes); log-msg-size(65536); };
source in { stdin(flags(syslog-protocol)); };
destination out { file("OUT" template("$(format-json value=\${.SDATA.ioc@32473.value})\\n")); };
log { source(in); destination(out); };
`;

/** syslog-ng reads messages from a pipe as from a socket, and tells of each what it has for the value. */
function received(text: string, directory: string): string[] {
  const at = (name: string): string => join(directory, name);
  writeFileSync(at('conf'), SYSLOG_NG.replace('OUT', at('out')));
  const own = ['-f', at('conf'), '-R', at('persist'), '-c', at('control'), '--pidfile', at('pid')];
  // A file descriptor that it can wait for is a pipe; what a child process is given here is a socket.
  run('sh', ['-c', 'cat | syslog-ng -F --no-caps "$@"', 'syslog-ng', ...own], text);
  return lines(readFileSync(at('out'), 'utf8')).map((line) => (JSON.parse(line) as { value: string }).value);
}

/** Suricata's own reader of datasets. */
function dataset(type: Parameters<typeof keptByEngine>[1], format: string): Parser {
  return {
    formats: [format],
    missing: program('suricata'),
    values: (text, directory) => keptByEngine(run, type, text, directory),
  };
}

const PARSERS: Readonly<Record<string, Parser>> = {
  'named-compilezone': {
    formats: ['rpz'],
    missing: program('named-compilezone'),
    values: compiled,
  },
  'syslog-ng': { formats: ['syslog'], missing: program('syslog-ng'), values: received },
  Suricata: {
    formats: ['suricata'],
    missing: program('suricata'),
    values: (text, directory) => reportedByEngine(run, text, directory),
  },
  'Suricata for addresses': dataset('ip', 'suricata-ip'),
  'Suricata for domains': dataset('string', 'suricata-domain'),
  'Suricata for MD5': dataset('md5', 'suricata-md5'),
  'Suricata for SHA-256': dataset('sha256', 'suricata-sha256'),
  ipaddress: python('addresses', 'ipaddress', [
    'suricata-ip',
    'paloalto-ip',
    'fortigate-ip',
    'pfsense',
    'opnsense',
  ]),
  dnspython: python('names', 'dns', ['paloalto-domain', 'fortigate-domain']),
  'dnspython of zones': python('zone', 'dns', ['rpz']),
  'python-hosts': python('hosts', 'python_hosts', ['hosts']),
  pySigma: python('sigma', 'sigma', ['sigma']),
  suricataparser: python('suricataparser', 'suricataparser', ['suricata']),
  idstools: python('idstools', 'idstools', ['suricata']),
  pycef: python('cef', 'pycef', ['cef']),
  base64: python('strings', 'base64', ['suricata-domain']),
  iocextract: python('hashes', 'iocextract', ['suricata-md5', 'suricata-sha256', 'fortigate-hash']),
  Faup: python('urls', 'pyfaup', ['paloalto-url', 'fortigate-url']),
  csv: python('rows', 'csv', ['splunk']),
  jsonlines: python('documents', 'jsonlines', ['ecs']),
  PyMISP: python('event', 'pymisp', ['misp']),
  expat: python('openioc', 'xml.etree.ElementTree', ['openioc']),
  'stix2-patterns': python('bodies', 'stix2patterns', ['sentinel']),
};

test('every format is read by a parser of others', () => {
  const read = new Set(Object.values(PARSERS).flatMap(({ formats }) => formats));
  assert.deepEqual([...read].sort(), EXPORT_FORMATS.map(({ name }) => name).sort());
});

function folder(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-parser-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

for (const [name, parser] of Object.entries(PARSERS)) {
  for (const format of parser.formats.map(formatNamed)) {
    test(`${name} reads every value of the hostile corpus from ${format.name}, as it was`, async (context) => {
      const missing = parser.missing();
      if (missing !== undefined) return context.skip(missing);
      for (const type of format.types) {
        const iocs = [...new Set([...GOOD[type], ...NASTY])].map((value) => ({ type, value }));
        const { text } = await render(
          format.name,
          iocs.map(({ value }) => item(type, value)),
        );
        const texts = expected(format, iocs);
        assert.ok(texts.length > 0);
        assert.deepEqual([...parser.values(text, folder(context))].sort(), texts, type);
      }
    });
  }
}

for (const page of ['formats.md', 'guides/suricata.md']) {
  test(`Suricata takes the rules for datasets that docs/${page} shows`, async (context) => {
    const missing = program('suricata')();
    if (missing !== undefined) return context.skip(missing);
    const directory = folder(context);
    const shown = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
    const rules = shown.match(/(?<=^ *)alert .*dataset:.*$/gm)?.join('\n') ?? '';
    assert.ok(lines(`${rules}\n`).length >= 3);
    for (const kind of ['ip', 'domain', 'md5', 'sha256']) {
      const type = kind === 'ip' ? 'ipv4' : (kind as 'domain');
      const { text } = await render(`suricata-${kind}`, [item(type, GOOD[type][0]!)]);
      for (const name of [`suricata-${kind}.lst`, `soc-${kind}.lst`])
        writeFileSync(join(directory, name), text);
    }
    loadedByEngine(run, `${rules.replaceAll('/var/lib/suricata/datasets', directory)}\n`, directory);
    assert.throws(() => loadedByEngine(run, `${rules.replaceAll('.lst', '.none')}\n`, directory));
  });
}
