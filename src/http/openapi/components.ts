import type { JsonSchema } from '../operation.ts';

const NAME = /^[A-Z][A-Za-z0-9]+$/;

/** Keys of a schema whose values are data and no schemas. */
const DATA = new Set(['const', 'enum', 'default', 'example', 'examples', 'required']);

type Kind = 'schemas' | 'parameters' | 'headers' | 'responses';

interface Reference {
  readonly $ref: string;
}

/** What several places of a document refer to, each once. */
export class Components {
  readonly #kinds: Readonly<Record<Kind, Map<string, unknown>>> = {
    schemas: new Map(),
    parameters: new Map(),
    headers: new Map(),
    responses: new Map(),
  };

  /** A schema in which every one with a title is a reference. Throws when two of one title differ. */
  schema(schema: JsonSchema): JsonSchema {
    const parts = Object.entries(schema).map(([key, value]) => [
      key,
      DATA.has(key) ? value : this.#within(value),
    ]);
    const whole = Object.fromEntries(parts) as JsonSchema;
    const { title } = schema;
    if (typeof title !== 'string' || !NAME.test(title)) return whole;
    const { schemas } = this.#kinds;
    const known = schemas.get(title);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(whole))
      throw new Error(`two different schemas have the title ${title}`);
    schemas.set(title, whole);
    return { $ref: `#/components/schemas/${title}` };
  }

  /**
   * A reference to `value` under this name, or, where another value has it, with its owner's name in front. Throws when
   * that is taken as well.
   */
  refer(kind: Exclude<Kind, 'schemas'>, name: string, value: object, owner: string): Reference {
    const known = this.#kinds[kind];
    const text = JSON.stringify(value);
    const plain = name.replaceAll(/[^\w.-]+/g, '-').replace(/-$/, '');
    const own = [plain, `${owner}-${plain}`].find(
      (each) => !known.has(each) || JSON.stringify(known.get(each)) === text,
    );
    if (own === undefined) throw new Error(`two different ${kind} of ${owner} are called ${plain}`);
    known.set(own, value);
    return { $ref: `#/components/${kind}/${own}` };
  }

  /** All of them, as the document carries them. */
  all(): Readonly<Record<Kind, object>> {
    const entries = Object.entries(this.#kinds).map(([kind, known]) => [kind, Object.fromEntries(known)]);
    return Object.fromEntries(entries) as Record<Kind, object>;
  }

  #within(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#within(each));
    if (typeof value !== 'object' || value === null) return value;
    return this.schema(value as JsonSchema);
  }
}
