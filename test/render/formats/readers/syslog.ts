import assert from 'node:assert/strict';

const HEADER =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[/;

/** Reads one message by the grammar of RFC 5424 §6: the parameters of its one structured-data element, and the text. */
export function readSyslog(line: string): {
  parameters: Map<string, string>;
  message: string;
  priority: number;
} {
  const header = HEADER.exec(line);
  assert.ok(header, `a header is expected: ${line.slice(0, 80)}`);
  const name = /[^\s="\]]{1,32}/y;
  name.lastIndex = header[0].length;
  const id = name.exec(line)?.[0] ?? '';
  assert.match(id, /^[a-z]+@\d+$/);
  let at = header[0].length + id.length;
  const parameters = new Map<string, string>();
  while (line[at] === ' ') {
    const parameter = /([^\s="\]]{1,32})="((?:[^"\\\]]|\\.)*)"/suy;
    parameter.lastIndex = at + 1;
    const match = parameter.exec(line);
    assert.ok(match, `a parameter is expected at ${at}: ${line}`);
    parameters.set(match[1]!, match[2]!.replaceAll(/\\(["\\\]])/g, '$1'));
    at = parameter.lastIndex;
  }
  assert.equal(line[at], ']');
  assert.match(line.slice(at + 1), /^(?: |$)/);
  return { parameters, message: line.slice(at + 2), priority: Number(header[1]) };
}
