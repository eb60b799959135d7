/** Writes the types of the client from the API's own OpenAPI document: `npm run client-types`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildApp } from '../src/http/app.ts';
import { HTTP_DEFAULTS } from '../src/http/config.ts';
import { SILENT } from '../src/observe/log.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';

const FILE = fileURLToPath(new URL('../src/client/types.ts', import.meta.url));

type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Schema[];
}

/** As much of an OpenAPI document as types are made of. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, object>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** The text of the types: each named schema, the query of each GET operation, and the paths of all of them. */
export function clientTypes(document: ApiDocument): string {
  const schemas = Object.entries(document.components.schemas!) as [string, Schema][];
  const words = new Map(
    schemas.flatMap(([name, { enum: all }]) => (all === undefined ? [] : [[wordsOf(all), name]])),
  );
  const operations = Object.entries(document.paths).flatMap(([path, item]) => {
    const { get } = item as { readonly get?: Operation };
    // TAXII has clients of its own.
    if (get === undefined || path.startsWith('/api/taxii2/')) return [];
    return [{ path, operation: get, query: queryOf(document, get) }];
  });
  const queried = operations.filter(({ query }) => query.length > 0);
  const text = [
    '/* Made from the OpenAPI document by `npm run client-types`. */\n',
    ...schemas.map(([name, schema]) => named(name, schema)),
    ...queried.map(({ operation, query }) => queryInterface(operation, query)),
    '/** The query of each operation that takes one. */\nexport interface Queries {\n' +
      queried
        .map(({ operation }) => `  readonly ${operation.operationId}: ${queryName(operation)};\n`)
        .join('') +
      '}\n',
    '/** The path of each operation that reads. */\nexport const PATHS = {\n' +
      operations.map(({ path, operation }) => `  ${operation.operationId}: '${path}',\n`).join('') +
      '} as const;\n',
  ].join('\n');
  // The words of a parameter are those of a schema that has a name.
  return text.replaceAll(
    /(?<!^export type \w+ = )'[\w+-]+'(?: \| '[\w+-]+')+/gm,
    (each) => words.get(each) ?? each,
  );
}

function wordsOf(all: unknown): string {
  return (all as readonly string[]).map((word) => `'${word}'`).join(' | ');
}

function named(name: string, schema: Schema): string {
  const { description, properties } = schema;
  const comment = typeof description === 'string' ? `/** ${description} */\n` : '';
  const own = typeOf(schema, '');
  return properties !== undefined && own.startsWith('{')
    ? `${comment}export interface ${name} ${own}\n`
    : `${comment}export type ${name} = ${own};\n`;
}

function queryOf({ components }: ApiDocument, { parameters = [] }: Operation): Parameter[] {
  return parameters
    .map(({ $ref }) => components.parameters![String($ref).replace(/^.*\//, '')] as Parameter)
    .filter((parameter) => parameter.in === 'query');
}

function queryName({ operationId }: Operation): string {
  return `${operationId.slice(0, 1).toUpperCase()}${operationId.slice(1)}Query`;
}

function queryInterface(operation: Operation, query: readonly Parameter[]): string {
  const members = query.map(
    ({ name: key, description, required, schema }) =>
      `  /** ${description} */\n  readonly ${key}${required === true ? '' : '?'}: ${givenType(schema)}${required === true ? '' : ' | undefined'};\n`,
  );
  return `/** The query of: ${operation.summary}. */\nexport interface ${queryName(operation)} {\n${members.join('')}}\n`;
}

/** What a caller may give: a time as a `Date` too, and one word where several may be. */
function givenType(schema: Schema): string {
  const { anyOf, items, type } = schema;
  if (JSON.stringify(anyOf ?? null).includes('date-time')) return 'string | Date';
  if (type !== 'array') return typeOf(schema, '  ');
  const item = typeOf(items as Schema, '  ');
  return `${item} | ${arrayOf(item)}`;
}

function typeOf(schema: Schema, indent: string): string {
  const { $ref, type, items, properties, additionalProperties } = schema;
  if (typeof $ref === 'string') return $ref.replace(/^.*\//, '');
  if ('const' in schema) return JSON.stringify(schema.const).replaceAll('"', "'");
  if (schema.enum !== undefined) return wordsOf(schema.enum);
  const choices = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(choices)) return choices.map((each) => typeOf(each as Schema, indent)).join(' | ');
  if (Array.isArray(type))
    return type.map((each) => typeOf({ ...schema, type: each as string }, indent)).join(' | ');
  if (type === 'null') return 'null';
  if (type === 'array') return items === undefined ? 'readonly []' : arrayOf(typeOf(items as Schema, indent));
  if (properties !== undefined) return objectOf(schema, indent);
  if (type === 'object' && typeof additionalProperties === 'object' && additionalProperties !== null)
    return `Readonly<Record<string, ${typeOf(additionalProperties as Schema, indent)}>>`;
  return PRIMITIVES[String(type)] ?? 'unknown';
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
  object: 'Readonly<Record<string, unknown>>',
};

function arrayOf(item: string): string {
  return / \| /.test(item) ? `readonly (${item})[]` : `readonly ${item}[]`;
}

function objectOf(schema: Schema, indent: string): string {
  const required = new Set(schema.required as readonly string[] | undefined);
  const inner = `${indent}  `;
  const members = Object.entries(schema.properties as Readonly<Record<string, Schema>>).map(
    ([name, property]) => {
      const { description } = property;
      const comment = typeof description === 'string' ? `${inner}/** ${description} */\n` : '';
      const key = /^\w+$/.test(name) ? name : `'${name}'`;
      return `${comment}${inner}readonly ${key}${required.has(name) ? '' : '?'}: ${typeOf(property, inner)};\n`;
    },
  );
  const open = schema.additionalProperties === true ? `${inner}readonly [property: string]: unknown;\n` : '';
  return `{\n${members.join('')}${open}${indent}}`;
}

/** The document of a server over an empty store. */
async function ownDocument(): Promise<ApiDocument> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-types-'));
  const { producer } = HTTP_DEFAULTS;
  const store = await openSqliteStore({ directory, producer, clock: Date.now, writer: 'in-thread' });
  const app = buildApp({ store, config: HTTP_DEFAULTS, clock: Date.now, log: SILENT });
  try {
    return (await app.inject('/api/openapi.json')).json<ApiDocument>();
  } finally {
    await app.close();
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

if (import.meta.main) writeFileSync(FILE, clientTypes(await ownDocument()));
