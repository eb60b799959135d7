import type { JsonSchema } from '../operation.ts';

export const TEXT: JsonSchema = { type: 'string' };
export const TIME: JsonSchema = { type: 'string', format: 'date-time' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
export const YES_NO: JsonSchema = { type: 'boolean' };
/** 0 to 100. */
export const SCORE: JsonSchema = { type: 'integer', minimum: 0, maximum: 100 };

export function arrayOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** One of these words. */
export function oneOf(...words: readonly string[]): JsonSchema {
  return { type: 'string', enum: words };
}

/** What `schema` says, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [schema.type, 'null'] };
}

export function described(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description };
}

/** What lists, counts and statistics call `generated_at`. */
export const GENERATED_AT = described(
  TIME,
  'When the newest version in the store was published; now, while there is none.',
);

/** An object of these properties; those of `optional` may be absent. With a `title` it is a component of its own. */
export function objectOf(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
  named: { readonly title?: string; readonly description?: string } = {},
): JsonSchema {
  return {
    ...named,
    type: 'object',
    properties: { ...properties, ...optional },
    required: Object.keys(properties),
  };
}
