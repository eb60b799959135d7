const QUOTE = 0x22;
const SPACE = 0x20;

/** A quoted field that has not ended with its line: its text so far. */
export interface OpenField {
  readonly open: string;
}

/**
 * Splits one line of CSV (RFC 4180) and adds its fields to `fields`. Spaces around a quoted field are dropped, as
 * abuse.ch writes `"a", "b"`; a quote within an unquoted field is a plain character. `carried` is the open field of
 * the line before. Returns the field that is still open at the end; `bad` when more than spaces follows a closing
 * quote. Linear time.
 */
export function splitFields(
  line: string,
  delimiter: string,
  fields: string[],
  carried?: string,
): 'done' | 'bad' | OpenField {
  let at = 0;
  let inherited = carried;
  for (;;) {
    const start = inherited === undefined ? skipSpaces(line, at) : -1;
    if (inherited === undefined && line.charCodeAt(start) !== QUOTE) {
      const end = line.indexOf(delimiter, at);
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return 'done';
      at = end + 1;
      continue;
    }
    const from = start + 1;
    const end = closingQuote(line, from);
    const text = line.slice(from, end < 0 ? undefined : end);
    const whole = inherited === undefined ? text : `${inherited}\n${text}`;
    if (end < 0) return { open: whole };
    fields.push(whole.includes('"') ? whole.replaceAll('""', '"') : whole);
    inherited = undefined;
    at = skipSpaces(line, end + 1);
    if (at >= line.length) return 'done';
    if (line[at] !== delimiter) return 'bad';
    at += 1;
  }
}

function closingQuote(line: string, from: number): number {
  let end = line.indexOf('"', from);
  while (end >= 0 && line.charCodeAt(end + 1) === QUOTE) end = line.indexOf('"', end + 2);
  return end;
}

function skipSpaces(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === SPACE) at += 1;
  return at;
}
