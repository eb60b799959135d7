import { InputError } from './format.ts';
import { JsonCapture } from './json-capture.ts';
import { JsonExtent } from './json-extent.ts';
import type { JsonItem, JsonLimits } from './json-item.ts';
import { allows, type JsonPath, type JsonStep } from './json-path.ts';

/** A container on the way to records. */
interface Frame {
  readonly isArray: boolean;
  /** The wanted paths that lead here and further. */
  readonly paths: readonly JsonPath[];
  step: JsonStep;
  /** What may come next. */
  expects: 'key' | 'colon' | 'value' | 'comma';
}

type Mode = 'between' | 'key' | 'record' | 'skipped' | 'scalar record' | 'scalar skipped';

const LONGEST_KEY = 200;
const WHITE_SPACE = new Set([0x20, 0x09, 0x0d]);
const SCALAR_ENDS = new Set(Buffer.from(',]}{["\n\r\t '));

/** Walks through JSON text in chunks and picks out the records at the wanted paths; see `readJson`. */
export class JsonScanner {
  /** Whether a place where records stand has been met. */
  found = false;
  /** Why nothing more can be read. */
  failure: InputError | undefined;
  readonly #paths: readonly JsonPath[];
  readonly #limits: JsonLimits;
  readonly #extent: JsonExtent;
  readonly #record: JsonCapture;
  readonly #key = new JsonCapture(6 * LONGEST_KEY);
  readonly #frames: Frame[] = [];
  #items: JsonItem[] = [];
  #mode: Mode = 'between';
  #line = 1;
  #startLine = 1;

  constructor(paths: readonly JsonPath[], limits: JsonLimits) {
    this.#paths = paths;
    this.#limits = limits;
    this.#extent = new JsonExtent(limits.deepest);
    this.#record = new JsonCapture(limits.largest);
    this.found = paths.some((path) => path.length === 0);
  }

  /** Takes the next chunk and returns the records that end in it. */
  push(bytes: Buffer): JsonItem[] {
    let at = 0;
    while (at < bytes.length && this.failure === undefined) {
      if (this.#mode === 'between') at = this.#between(bytes, at);
      else if (this.#mode === 'scalar record' || this.#mode === 'scalar skipped')
        at = this.#scalar(bytes, at);
      else at = this.#enclosed(bytes, at);
    }
    return this.#handOver();
  }

  /** Takes the end of the input and returns what it completes. */
  end(): JsonItem[] {
    if (this.#mode === 'scalar record') this.#finish();
    if (this.failure === undefined && (this.#mode !== 'between' || this.#frames.length > 0)) {
      this.#fail('the JSON ends in the middle of a record: it is truncated; fetch it again');
    }
    return this.#handOver();
  }

  #handOver(): JsonItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #fail(reason: string): void {
    this.failure ??= new InputError(`line ${this.#line}`, reason);
  }

  /** One byte between values: white space, structure, or the first of a key or value, which is not consumed. */
  #between(bytes: Buffer, at: number): number {
    const byte = bytes[at]!;
    if (byte === 0x0a) this.#line += 1;
    else if (!WHITE_SPACE.has(byte)) {
      const frame = this.#frames.at(-1);
      const character = String.fromCharCode(byte);
      if (frame !== undefined && (character === ']' || character === '}')) this.#close(frame, character);
      else if (frame === undefined || (frame.isArray && character !== ',')) return this.#begin(bytes, at);
      else if (frame.isArray) frame.expects = 'value';
      else return this.#inObject(frame, character, bytes, at);
    }
    return at + 1;
  }

  #close(frame: Frame, bracket: string): void {
    if (frame.isArray !== (bracket === ']') || frame.expects === 'colon')
      this.#fail(`not JSON: an unexpected ${bracket}`);
    this.#frames.pop();
    this.#afterValue();
  }

  #inObject(frame: Frame, character: string, bytes: Buffer, at: number): number {
    if (frame.expects === 'value') return this.#begin(bytes, at);
    if (character === ':' && frame.expects === 'colon') frame.expects = 'value';
    else if (character === ',') frame.expects = 'key';
    else if (character === '"' && frame.expects !== 'colon') {
      this.#mode = 'key';
      this.#start();
      return at;
    } else this.#fail('not JSON: a key in quotes is expected here');
    return at + 1;
  }

  /** At the first byte of a value: goes into a container that leads to records, takes a record, or skips. */
  #begin(bytes: Buffer, at: number): number {
    const byte = bytes[at]!;
    const frame = this.#frames.at(-1);
    if (frame?.isArray === true) frame.step = (frame.step as number) + 1;
    const depth = this.#frames.length;
    const paths =
      frame === undefined ? this.#paths : frame.paths.filter((path) => allows(path[depth - 1], frame.step));
    const isRecord = paths.some((path) => path.length === depth);
    const isContainer = byte === 0x7b || byte === 0x5b;
    if (!isRecord && isContainer && paths.length > 0) {
      this.#enter(byte === 0x5b, paths, depth);
      return at + 1;
    }
    if (frame === undefined && (byte === 0x5d || byte === 0x7d || (!isRecord && !isContainer))) {
      this.#fail('not JSON: an object or array is expected here');
      return at + 1;
    }
    if (isContainer || byte === 0x22) this.#mode = isRecord ? 'record' : 'skipped';
    else this.#mode = isRecord ? 'scalar record' : 'scalar skipped';
    this.#start();
    return at;
  }

  #enter(isArray: boolean, paths: readonly JsonPath[], depth: number): void {
    const segment = (path: JsonPath): boolean => isArray === (path[depth] === '[]');
    const further = paths.filter(segment);
    this.found ||= further.some((path) => path.length === depth + 1);
    this.#frames.push({
      isArray,
      paths: further,
      step: isArray ? -1 : '',
      expects: isArray ? 'value' : 'key',
    });
  }

  #start(): void {
    this.#startLine = this.#line;
    this.#record.clear();
    this.#key.clear();
    this.#extent.reset();
  }

  #enclosed(bytes: Buffer, from: number): number {
    const end = this.#extent.scan(bytes, from);
    const capture = this.#mode === 'key' ? this.#key : this.#record;
    if (this.#mode !== 'skipped') capture.add(bytes.subarray(from, end < 0 ? bytes.length : end));
    if (end < 0) return bytes.length;
    this.#line += this.#extent.newlines;
    this.#finish();
    return end;
  }

  #scalar(bytes: Buffer, from: number): number {
    let end = from;
    // The first byte belongs to the value whatever it is.
    while (end < bytes.length && (!SCALAR_ENDS.has(bytes[end]!) || this.#record.size + end - from === 0))
      end += 1;
    this.#record.add(bytes.subarray(from, end));
    if (end < bytes.length) this.#finish();
    return end;
  }

  #finish(): void {
    const mode = this.#mode;
    this.#mode = 'between';
    if (mode === 'key') this.#takeKey();
    else {
      if (mode === 'record' || mode === 'scalar record') this.#items.push(this.#item());
      this.#afterValue();
    }
  }

  #afterValue(): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) frame.expects = frame.isArray ? 'value' : 'comma';
  }

  #takeKey(): void {
    const frame = this.#frames.at(-1)!;
    const text = this.#key.text();
    frame.step = (parsed(text) ?? text).slice(0, LONGEST_KEY);
    frame.expects = 'colon';
  }

  #item(): JsonItem {
    const place = { steps: this.#frames.map(({ step }) => step), line: this.#startLine };
    if (this.#record.isTooLarge) {
      const detail = `larger than ${this.#limits.largest / 1024 / 1024} MiB`;
      return { kind: 'bad', ...place, code: 'oversized_record', detail, sample: this.#record.sample() };
    }
    if (this.#extent.tooDeep) {
      const detail = `more than ${this.#limits.deepest} levels`;
      return { kind: 'bad', ...place, code: 'nested_too_deep', detail, sample: this.#record.sample() };
    }
    try {
      return { kind: 'record', ...place, value: JSON.parse(this.#record.text()) };
    } catch {
      return {
        kind: 'bad',
        ...place,
        code: 'malformed_record',
        detail: 'it is not JSON',
        sample: this.#record.sample(),
      };
    }
  }
}

function parsed(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}
