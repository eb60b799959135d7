import assert from 'node:assert/strict';

export interface CefEvent {
  readonly header: readonly string[];
  readonly extension: ReadonlyMap<string, string>;
}

/** Reads a line as the CEF implementation standard says, and refuses what it does not allow. */
export function readCef(line: string): CefEvent {
  const header: string[] = [];
  let at = 0;
  while (header.length < 7) {
    let field = '';
    for (; line[at] !== '|'; at += 1) {
      assert.ok(at < line.length, `seven bars are expected: ${line}`);
      if (line[at] === '\\') {
        at += 1;
        assert.match(line[at] ?? '', /[\\|]/, 'only \\ and | are escaped in a header');
      }
      field += line[at];
    }
    header.push(field);
    at += 1;
  }
  const extension = new Map<string, string>();
  const rest = line.slice(at);
  const keys = [...rest.matchAll(/(?:^| )(\w+)=/g)];
  assert.equal(keys[0]?.index, 0);
  for (const [n, key] of keys.entries()) {
    const text = rest.slice(key.index + key[0].length, keys[n + 1]?.index ?? rest.length);
    assert.match(text, /^(?:[^\\=]|\\[\\=nr])*$/, 'only \\, = and line breaks are escaped in an extension');
    assert.ok(!extension.has(key[1]!), `${key[1]} once`);
    extension.set(
      key[1]!,
      text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : char)),
    );
  }
  return { header, extension };
}
