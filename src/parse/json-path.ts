/**
 * Where records stand in a JSON document: object keys, `*` for any key, `[]` for any element of an array. The empty
 * path is the whole document, or each of several one after another.
 */
export type JsonPath = readonly string[];

/** A step on the way to a value: a key, or an index. */
export type JsonStep = string | number;

/** Whether a path's segment allows a step. */
export function allows(segment: string | undefined, step: JsonStep): boolean {
  return typeof step === 'number' ? segment === '[]' : segment === '*' || segment === step;
}

/** A place for people: `objects[3] (line 12)`. */
export function placeOf(steps: readonly JsonStep[], line: number): string {
  const path = steps.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = step.replaceAll(/[\p{C}\p{Z}]+/gu, ' ');
    return text === '' ? key : `${text}.${key}`;
  }, '');
  return path === '' ? `line ${line}` : `${path} (line ${line})`;
}
