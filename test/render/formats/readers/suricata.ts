import assert from 'node:assert/strict';

export interface Rule {
  readonly protocol: string;
  readonly target: string;
  readonly port: string;
  readonly options: readonly (readonly [string, string])[];
}

const HEADER = /^alert (ip|dns|http) \$HOME_NET any -> (\S+) (any|\d{1,5}) \((.*);\)$/;

/** Reads a rule by Suricata's grammar: options end in `;`, and quoted ones hold none of `"`, `;` and `\`. */
export function readRule(line: string): Rule {
  const [, protocol = '', target = '', port = '', body = ''] = HEADER.exec(line) ?? assert.fail(line);
  const options = body.split('; ').map((option) => {
    const [, name = '', value = ''] = /^([a-z._]+)(?::(.*))?$/.exec(option) ?? assert.fail(option);
    if (value.startsWith('"')) assert.match(value, /^"[^";\\]*"$/);
    else assert.doesNotMatch(value, /["\\;]/);
    return [name, value.replaceAll('"', '')] as const;
  });
  return { protocol, target, port, options };
}

export function valueOf(rule: Rule, name: string): string {
  return rule.options.find(([option]) => option === name)?.[1] ?? '';
}

/** The buffers of a rule with the bytes that each must be, whole. */
function buffersOf({ options }: Rule): Map<string, string> {
  const buffers = new Map<string, string>();
  for (const [at, [name, value]] of options.entries()) {
    if (name !== 'content') continue;
    const text = value.replaceAll(/\|([0-9a-f ]+)\|/g, (_, hex: string) =>
      Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1'),
    );
    assert.deepEqual(options[at + 1], ['bsize', String(text.length)], 'the whole buffer');
    buffers.set(options[at - 1]![0], text);
  }
  return buffers;
}

/** The value that a rule reports. */
export function reported(rule: Rule): string {
  if (rule.protocol === 'ip') return rule.target;
  assert.equal(rule.target, 'any');
  const buffers = buffersOf(rule);
  if (rule.protocol === 'dns') return buffers.get('dns.query')!;
  const port = rule.port === 'any' ? '' : `:${rule.port}`;
  return `http://${buffers.get('http.host')}${port}${buffers.get('http.uri.raw')}`;
}
