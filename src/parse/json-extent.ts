/** What a byte can mean outside of a string. */
const ORDINARY = 0;
const STRING = 1;
const OPENS = 2;
const CLOSES = 3;
const NEWLINE = 4;

const MEANING = new Uint8Array(256);
MEANING[0x22] = STRING;
MEANING[0x5b] = OPENS;
MEANING[0x7b] = OPENS;
MEANING[0x5d] = CLOSES;
MEANING[0x7d] = CLOSES;
MEANING[0x0a] = NEWLINE;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;

/**
 * Finds where an object, array or string ends, over any number of chunks, without understanding more than strings
 * and brackets. A broken value is to spoil as little after it as possible: a raw line end, which no JSON string may
 * hold, ends a string, and on the value's first line the value; a bracket that closes the wrong kind ends everything
 * up to the one that it fits.
 */
export class JsonExtent {
  /** Line ends passed so far. */
  newlines = 0;
  /** Whether the value is nested deeper than allowed. Its end is still found. */
  tooDeep = false;
  #depth = 0;
  #inString = false;
  #escaped = false;
  readonly #opened: Uint8Array;

  /** `deepest` is how many brackets may be open at a time. */
  constructor(deepest: number) {
    this.#opened = new Uint8Array(deepest);
  }

  /** Prepares for a value of which the first byte is still to come. */
  reset(): void {
    this.newlines = 0;
    this.tooDeep = false;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
  }

  /**
   * Goes on at `from`. Returns the position after the value, or -1 when it does not end in this chunk. When a bracket
   * that belongs to something around the value ends it, the position is the bracket's.
   */
  scan(bytes: Uint8Array, from: number): number {
    const opened = this.#opened;
    let depth = this.#depth;
    let inString = this.#inString;
    let end = -1;
    let at = from;
    for (; at < bytes.length; at += 1) {
      if (inString) {
        const onFirstLine = this.newlines === 0;
        at = this.#endOfString(bytes, at);
        if (at < 0) break;
        inString = false;
        if (depth > 0 && !(onFirstLine && bytes[at] === LF)) continue;
        end = at + 1;
        break;
      }
      const meaning = MEANING[bytes[at]!]!;
      if (meaning === ORDINARY) continue;
      if (meaning === STRING) inString = true;
      else if (meaning === NEWLINE) this.newlines += 1;
      else if (meaning === OPENS) {
        if (depth < opened.length) opened[depth] = bytes[at]!;
        else this.tooDeep = true;
        depth += 1;
      } else {
        depth = depth > opened.length ? depth - 1 : closed(opened, depth, bytes[at]!);
        if (depth > 0) continue;
        end = depth < 0 ? at : at + 1;
        break;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    return end;
  }

  /** The position of the quote, or of the line end, that ends a string; -1 when neither is here. */
  #endOfString(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      if (bytes[at] !== LF) at += 1;
    }
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) {
        at += 1;
        if (at >= bytes.length) {
          this.#escaped = true;
          return -1;
        }
        if (bytes[at] !== LF) continue;
      } else if (byte !== LF) continue;
      this.newlines += 1;
      return at;
    }
    return -1;
  }
}

/** The depth after a closing bracket: -1 when nothing open fits it. */
function closed(opened: Uint8Array, depth: number, bracket: number): number {
  // In ASCII both closing brackets come two after the bracket that they close.
  let left = depth - 1;
  while (left >= 0 && opened[left] !== bracket - 2) left -= 1;
  return left;
}
