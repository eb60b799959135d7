import { allows, type JsonPath, type JsonStep } from './json-path.ts';

const DEEPEST = 6;
const MOST_PLACES = 5_000;
/** A string, possibly cut off by the end, a bracket, a mark, or a bare word. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[[\]{},:]|[^\s"[\]{},:]+/gs;

interface Container {
  /** The index in an array, the last key in an object. */
  step: JsonStep;
  hasKey: boolean;
}

/** Which keys a JSON text has where, as far as its beginning shows; for telling formats apart. */
export class JsonOutline {
  /** Whether the text begins as a JSON object or as an array of objects, arrays or strings. */
  readonly isJson: boolean;
  readonly #places: readonly (readonly JsonStep[])[];

  constructor(head: string) {
    this.isJson = /^\s*(?:\{\s*["}]|\[\s*[[{"\]])/.test(head);
    this.#places = this.isJson ? placesIn(head) : [];
  }

  /** Whether a value stands at the path. */
  has(...path: JsonPath): boolean {
    return this.#places.some(
      (steps) => steps.length === path.length && steps.every((step, index) => allows(path[index], step)),
    );
  }
}

function placesIn(head: string): JsonStep[][] {
  const places: JsonStep[][] = [];
  const open: Container[] = [];
  for (const [token] of head.matchAll(TOKEN)) {
    const container = open.at(-1);
    if (token === '{' || token === '[') {
      note(places, open);
      open.push({ step: token === '[' ? 0 : '', hasKey: false });
    } else if (token === '}' || token === ']') open.pop();
    else if (container !== undefined && token !== ':') takeToken(token, container, places, open);
    if (places.length >= MOST_PLACES) break;
  }
  return places;
}

function takeToken(
  token: string,
  container: Container,
  places: JsonStep[][],
  open: readonly Container[],
): void {
  if (token === ',') {
    if (typeof container.step === 'number') container.step += 1;
  } else if (typeof container.step === 'string' && !container.hasKey) {
    container.step = token.slice(1, -1);
    container.hasKey = true;
  } else note(places, open);
}

/** Notes the place of a value, of which an object has one to each key. */
function note(places: JsonStep[][], open: readonly Container[]): void {
  const container = open.at(-1);
  if (container === undefined) return;
  container.hasKey = false;
  if (open.length <= DEEPEST) places.push(open.map(({ step }) => step));
}
