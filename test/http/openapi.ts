import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { type Answer, get, type Serving } from './serving.ts';

export interface Media {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: { readonly type?: string; readonly [key: string]: unknown };
  readonly example?: unknown;
}

export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly object[];
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, object>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** The document as the server gives it. */
export async function documentOf(server: Serving): Promise<OpenApi> {
  const { body } = await get(server, '/api/openapi.json');
  return JSON.parse(body.toString('utf8')) as OpenApi;
}

export function responseOf(document: OpenApi, value: object): ResponseObject {
  return resolved(document, value) as ResponseObject;
}

export function parameterOf(document: OpenApi, value: object): ParameterObject {
  return resolved(document, value) as ParameterObject;
}

/** What an object of the document is, or what it refers to. */
function resolved(document: OpenApi, value: object): object {
  const { $ref } = value as { readonly $ref?: string };
  if ($ref === undefined) return value;
  const [kind = '', name = ''] = $ref.replace('#/components/', '').split('/');
  return document.components[kind]![name]!;
}

/** Every operation with its path and method. */
export function operationsOf({ paths }: OpenApi): [string, string, OperationObject][] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, string, OperationObject] => [
      path,
      method,
      operation,
    ]),
  );
}

/** Says what is wrong with a value by a schema of the document, where no property may be undocumented. */
export function checker(document: OpenApi): (schema: object, value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const closed = closeObjects(document) as object;
  ajv.addSchema({ $id: 'https://openapi.example/', ...closed });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    const text = JSON.stringify(schema);
    const check = compiled.get(text) ?? ajv.compile(relocated(closeObjects(schema)) as object);
    compiled.set(text, check);
    check(value);
    return (check.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, closeObjects(each)]);
  const whole = Object.fromEntries(entries) as Record<string, unknown>;
  const isClosed = whole.type === 'object' && 'properties' in whole && !('additionalProperties' in whole);
  return isClosed ? { ...whole, additionalProperties: false } : whole;
}

/** A schema whose references lead into the document. */
function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    key === '$ref' ? `https://openapi.example/${each as string}` : relocated(each),
  ]);
  return Object.fromEntries(entries) as object;
}

/** What is wrong with an answer by the document; `path` and `method` name its operation. */
export function faultsOf(
  document: OpenApi,
  check: ReturnType<typeof checker>,
  [path, method]: readonly [string, string],
  { status, headers, body }: Answer,
): string[] {
  const operation = document.paths[path]?.[method];
  const found = operation?.responses[String(status)];
  if (found === undefined) return [`${status} is not described`];
  const response = responseOf(document, found);
  const known = new Set(Object.keys(response.headers).map((name) => name.toLowerCase()));
  const faults = Object.keys(headers)
    .filter((name) => !known.has(name) && !PLAIN_HEADERS.has(name))
    .map((name) => `the header ${name} is not described`);
  const missing = [...known].filter((name) => !(name in headers) && !isOptional(name, status));
  faults.push(...missing.map((name) => `the header ${name} is described, but not there`));
  if (body.length === 0) return faults;
  const type = headers['content-type'] ?? '';
  const media = response.content?.[type] ?? response.content?.[type.replace(/;.*$/, '')];
  if (media === undefined) return [...faults, `the type ${type} is not described`];
  const text = body.toString('utf8');
  const value: unknown = /[/+]json(?:;|$)/.test(type) ? JSON.parse(text) : text;
  return [...faults, ...check(media.schema ?? {}, value)];
}

/** Whether a header that is described need not be there: an error may come before the key is counted. */
function isOptional(name: string, status: number): boolean {
  return SOMETIMES.has(name) || (status >= 400 && name.startsWith('x-ratelimit-'));
}

/** Those whose absence says something too: there is no next page, nothing to date, no coding, nothing to save. */
const SOMETIMES = new Set([
  'content-disposition',
  'link',
  'x-next-since',
  'last-modified',
  'content-encoding',
  'x-iocs-left-out',
]);

/** Those that HTTP itself is made of, and that the description of a content already says. */
const PLAIN_HEADERS = new Set([
  'content-type',
  'content-length',
  'transfer-encoding',
  'connection',
  'date',
  'keep-alive',
]);
