/**
 * An OpenAPI document, as far as the page reads it.
 *
 * @typedef {{ readonly [key: string]: unknown }} Schema
 * @typedef {{ readonly schema?: Schema, readonly example?: unknown,
 *   readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }} Media
 * @typedef {Readonly<Record<string, Media>>} Content
 * @typedef {{ readonly name: string, readonly in: string, readonly required?: boolean, readonly description: string,
 *   readonly schema: Schema, readonly example?: unknown }} Parameter
 * @typedef {{ readonly description?: string, readonly schema?: Schema }} Header
 * @typedef {{ readonly description: string, readonly headers?: Readonly<Record<string, object>>,
 *   readonly content?: Content }} Answer
 * @typedef {{ readonly operationId: string, readonly tags: readonly string[], readonly summary: string,
 *   readonly description?: string, readonly parameters?: readonly object[],
 *   readonly requestBody?: { readonly content: Content },
 *   readonly security: readonly Readonly<Record<string, unknown>>[],
 *   readonly responses: Readonly<Record<string, object>> }} Operation
 * @typedef {{ readonly info: { readonly title: string, readonly description?: string },
 *   readonly tags: readonly { readonly name: string }[],
 *   readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>,
 *   readonly components: Readonly<Record<string, Readonly<Record<string, object>>>> }} OpenApi
 */

/**
 * An operation with all that it refers to.
 *
 * @typedef {{ readonly id: string, readonly tag: string, readonly method: string, readonly path: string,
 *   readonly hasHead: boolean, readonly summary: string, readonly description: string,
 *   readonly parameters: readonly Parameter[], readonly body?: Content, readonly keyed: boolean,
 *   readonly answers: readonly { readonly status: string, readonly answer: Answer }[] }} Described
 */

/**
 * What an object of the document is, or what it refers to.
 *
 * @param {OpenApi} api
 * @param {object} value
 * @returns {object}
 */
export function resolve(api, value) {
  const reference = /** @type {{ $ref?: string }} */ (value).$ref;
  if (reference === undefined) return value;
  const [kind = '', name = ''] = reference.replace('#/components/', '').split('/');
  const found = api.components[kind]?.[name];
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found;
}

/**
 * All operations in the order of the document. Those for HEAD are told beside those for GET.
 *
 * @param {OpenApi} api
 * @returns {Described[]}
 */
export function operationsOf(api) {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'head' || item.get === undefined)
      .map(([method, operation]) => describe(api, path, method, operation, item.head !== undefined)),
  );
}

/**
 * @param {OpenApi} api
 * @param {string} path
 * @param {string} method
 * @param {Operation} operation
 * @param {boolean} hasHead
 * @returns {Described}
 */
function describe(api, path, method, operation, hasHead) {
  const { operationId, tags, summary, description = '', parameters = [], requestBody, security } = operation;
  return {
    id: operationId,
    tag: tags[0] ?? '',
    method: method.toUpperCase(),
    path,
    hasHead: hasHead && method === 'get',
    summary,
    description,
    parameters: parameters.map((each) => /** @type {Parameter} */ (resolve(api, each))),
    ...(requestBody !== undefined && { body: requestBody.content }),
    keyed: security.length > 0,
    answers: Object.entries(operation.responses).map(([status, answer]) => ({
      status,
      answer: /** @type {Answer} */ (resolve(api, answer)),
    })),
  };
}

/**
 * The target of a request: the path with its names filled in, and the query. Empty values are left out.
 *
 * @param {Described} operation
 * @param {ReadonlyMap<string, string>} values by the parameters' names
 */
export function targetOf({ path, parameters }, values) {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place } of parameters) {
    const value = values.get(name) ?? '';
    if (place === 'path')
      filled = filled.replace(`{${name}}`, value === '' ? `{${name}}` : encodeURIComponent(value));
    else if (place === 'query' && value !== '') query.append(name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

/**
 * A request as a command for a POSIX shell. The key is left to a variable, so that it is not in the history.
 *
 * @param {Described} operation
 * @param {string} url
 * @param {Readonly<Record<string, string>>} headers
 * @param {string | undefined} body
 */
export function curlOf({ method, keyed }, url, headers, body) {
  const begin = method === 'GET' ? 'curl' : `curl -X ${method}`;
  const lines = [keyed ? `${begin} -H "Authorization: Bearer $API_KEY"` : begin];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`--data-binary ${quoted(body)}`);
  return [...lines, quoted(url)].join(lines.length > 1 || keyed ? ' \\\n  ' : ' ');
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * The values that parameters have in examples: those that must be given.
 *
 * @param {Described} operation
 */
export function exampleValues({ parameters }) {
  const needed = parameters.filter(({ required, example }) => required === true && example !== undefined);
  return new Map(needed.map(({ name, example }) => [name, String(example)]));
}

/**
 * What a schema is, in a few words.
 *
 * @param {Schema} schema
 * @returns {string}
 */
export function typeOf(schema) {
  const reference = /** @type {string | undefined} */ (schema.$ref);
  if (reference !== undefined) return reference.replace(/^.*\//, '');
  const { type, format, items, title } = schema;
  if ('const' in schema) return JSON.stringify(schema.const);
  const choices = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(choices)) return choices.map((each) => typeOf(/** @type {Schema} */ (each))).join(' or ');
  const named = [type].flat().join(' or ');
  if (named === 'array' && items !== undefined) return `array of ${typeOf(/** @type {Schema} */ (items))}`;
  if (typeof title === 'string' && named === 'object') return title;
  return [named, format].filter((word) => word !== undefined && word !== '').join(', ') || 'anything';
}

/**
 * What a value must keep to beside its type, in words.
 *
 * @param {Schema} schema
 * @returns {string[]}
 */
export function rulesOf(schema) {
  const { minimum, maximum, pattern, minItems, maxItems } = schema;
  const inner = /** @type {Schema | undefined} */ (schema.items);
  const words = /** @type {readonly unknown[] | undefined} */ (schema.enum ?? inner?.enum);
  return [
    ...(words === undefined ? [] : [`${inner?.enum === undefined ? 'one' : 'some'} of ${words.join(', ')}`]),
    ...(minimum === undefined && maximum === undefined ? [] : [range(minimum, maximum)]),
    ...(maxItems === undefined ? [] : [`${range(minItems, maxItems)} of them`]),
    ...(typeof pattern === 'string' ? [`matches ${pattern}`] : []),
    ...('default' in schema ? [`default ${String(schema.default)}`] : []),
  ];
}

/**
 * @param {unknown} least
 * @param {unknown} most
 */
function range(least, most) {
  if (most === undefined) return `at least ${String(least)}`;
  return least === undefined ? `at most ${String(most)}` : `${String(least)} to ${String(most)}`;
}
