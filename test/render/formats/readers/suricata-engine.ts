import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { normaliseIpv6 } from '../../../../src/normalise/ipv6.ts';
import { lines } from '../nasty.ts';

/** Runs a program that must succeed. */
type Run = (program: string, args: readonly string[]) => string;

const CONFIGURATION = `%YAML 1.1
---
vars: { address-groups: { HOME_NET: any, EXTERNAL_NET: any } }
classification-file: class.config
reference-config-file: reference.config
threshold-file: threshold.config
app-layer: { protocols: { http: { enabled: yes }, dns: { udp: { enabled: yes }, tcp: { enabled: yes } } } }
engine-analysis: { rules: yes }
`;

/** Starts Suricata with rules in a directory of its own, where it also keeps its datasets. */
function suricata(run: Run, directory: string, rules: string, ...args: readonly string[]): string {
  const at = (name: string): string => join(directory, name);
  const files = { 'class.config': 'config classification: trojan-activity,A trojan,1\n', 'soc.rules': rules };
  for (const name of ['class.config', 'reference.config', 'threshold.config', 'soc.rules'])
    writeFileSync(at(name), files[name as keyof typeof files] ?? '');
  const paths = CONFIGURATION.replaceAll(/\b\w+\.config$/gm, (name) => at(name));
  writeFileSync(at('suricata.yaml'), paths);
  mkdirSync(at('log'), { recursive: true });
  const own = ['-c', at('suricata.yaml'), '-S', at('soc.rules'), '-l', at('log'), '--data-dir', directory];
  return run('suricata', [...own, ...args]);
}

/** Whether Suricata takes rules that are in a directory with the files they name; else it fails with the reason. */
export function loadedByEngine(run: Run, rules: string, directory: string): void {
  assert.match(suricata(run, directory, rules, '-T'), /\b0 rules failed\b/);
}

interface AnalysedRule {
  readonly raw: string;
  readonly engines?: readonly {
    readonly name: string;
    readonly matches: readonly { readonly content?: { readonly pattern: string } }[];
  }[];
}

/** What Suricata's rules report: its engine takes every one, and tells what it will look for. */
export function reportedByEngine(run: Run, text: string, directory: string): string[] {
  loadedByEngine(run, text, directory);
  suricata(run, directory, text, '--engine-analysis');
  const rules = lines(readFileSync(join(directory, 'log', 'rules.json'), 'utf8'));
  assert.equal(rules.length, lines(text).length);
  return rules.map((line) => reportedBy(JSON.parse(line) as AnalysedRule));
}

function reportedBy({ raw, engines = [] }: AnalysedRule): string {
  const [, protocol, , , , target, port] = raw.split(' ');
  if (protocol === 'ip') return target!;
  const looked = new Map(
    engines.map(({ name, matches }) => [
      name,
      bytes(matches.find(({ content }) => content)!.content!.pattern),
    ]),
  );
  if (protocol === 'dns') return looked.get('dns_query')!;
  return `http://${looked.get('http_host')}${port === 'any' ? '' : `:${port}`}${looked.get('http_raw_uri')}`;
}

/** A pattern as the engine tells it: some bytes in hexadecimal between bars. */
function bytes(pattern: string): string {
  return pattern.replaceAll(/\|([0-9A-F ]+)\|/g, (_, hex: string) =>
    Buffer.from(hex.replaceAll(' ', ''), 'hex').toString(),
  );
}

/** A capture of one packet of zeros: enough for the engine to start, and to write its datasets when it ends. */
const CAPTURE = Buffer.concat([
  Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'),
  Buffer.from('00f1536500000000' + '3c000000'.repeat(2), 'hex'),
  Buffer.alloc(60),
]);

/** What a dataset of each type looks at: the values are not seen, so that any traffic does. */
const LOOKED_AT = {
  ip: 'ip any any -> any any (ip.dst;',
  string: 'dns any any -> any any (dns.query;',
  md5: 'http any any -> any any (file.data; to_md5;',
  sha256: 'http any any -> any any (file.data; to_sha256;',
} as const;

/** What Suricata has in a dataset once it has read it, as it writes it down again when it ends. */
export function keptByEngine(
  run: Run,
  type: keyof typeof LOOKED_AT,
  text: string,
  directory: string,
): string[] {
  const list = join(directory, 'soc.lst');
  const capture = join(directory, 'capture.pcap');
  writeFileSync(list, text);
  utimesSync(list, 0, 0);
  writeFileSync(capture, CAPTURE);
  const rule = `alert ${LOOKED_AT[type]} dataset:isset,soc,type ${type},state soc.lst; sid:1; rev:1;)\n`;
  suricata(run, directory, rule, '--init-errors-fatal', '-r', capture);
  assert.ok(statSync(list).mtimeMs > 0, 'it is written anew');
  const kept = lines(readFileSync(list, 'utf8'));
  if (type === 'string') return kept.map((line) => Buffer.from(line, 'base64').toString());
  return type === 'ip' ? kept.map((address) => addressOf(address, text)) : kept;
}

/** It writes all eight groups of IPv6, and takes an IPv4-mapped address for the IPv4 address that it stands for. */
function addressOf(address: string, text: string): string {
  const long = normaliseIpv6(address);
  if (long.ok) return long.value;
  return lines(text).includes(address) ? address : `::ffff:${address}`;
}
