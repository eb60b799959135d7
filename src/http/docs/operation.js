import { curlOf, exampleValues, resolve, rulesOf, targetOf, typeOf } from './document.js';
import { asText, codeBlock, element, prose, table, words } from './elements.js';
import { schemaView } from './schema.js';
import { tryIt } from './try-it.js';

/**
 * @typedef {import('./document.js').OpenApi} OpenApi
 * @typedef {import('./document.js').Described} Described
 * @typedef {import('./document.js').Answer} Answer
 * @typedef {import('./document.js').Content} Content
 * @typedef {import('./document.js').Header} Header
 */

/**
 * All there is to say of an operation, and a form to try it.
 *
 * @param {OpenApi} api
 * @param {Described} operation
 * @param {() => string} key the key that was entered
 */
export function operationView(api, operation, key) {
  const { id, method, path, hasHead, summary, description, parameters, body, answers, keyed } = operation;
  const good = answers.filter(({ status }) => Number(status) < 400);
  const errors = answers.filter(({ status }) => Number(status) >= 400);
  return element(
    'section',
    { id, class: 'operation', 'aria-labelledby': `${id}-title` },
    element(
      'h3',
      { id: `${id}-title` },
      summary,
      ' ',
      element('a', { class: 'anchor', href: `#${id}`, 'aria-label': `Link to ${summary}` }, '#'),
    ),
    element(
      'p',
      { class: 'path' },
      element('span', { class: `method ${method.toLowerCase()}` }, method),
      hasHead && element('span', { class: 'method' }, 'HEAD'),
      element('code', {}, path),
      element('span', { class: 'access' }, keyed ? 'needs a key' : 'open to all'),
    ),
    ...prose(description),
    parameters.length > 0 && element('h4', {}, 'Parameters'),
    parameters.length > 0 && parameterTable(parameters),
    ...(body === undefined ? [] : [element('h4', {}, 'Body'), contentView(api, body, true)]),
    element('h4', {}, 'Example'),
    exampleCommand(operation),
    tryIt(operation, key),
    element('h4', {}, 'Answers'),
    ...good.map(({ status, answer }, index) => answerView(api, status, answer, index === 0)),
    element(
      'details',
      { class: 'errors' },
      element('summary', {}, `Errors: ${errors.map(({ status }) => status).join(', ')}`),
      ...errors.map(({ status, answer }) => answerView(api, status, answer)),
    ),
  );
}

/** @param {readonly import('./document.js').Parameter[]} parameters */
function parameterTable(parameters) {
  return table(
    ['name', 'in', 'what it is', 'what it does'],
    parameters.map(({ name, in: place, required, description, schema, example }) => [
      element(
        'span',
        {},
        element('code', { class: 'name' }, name),
        required === true && element('span', { class: 'needed' }, 'needed'),
      ),
      place,
      element(
        'span',
        {},
        element('span', { class: 'type' }, typeOf(schema).replace(/^array of .*$/, 'words with commas')),
        ...rulesOf(schema).map((rule) => element('span', { class: 'rules' }, rule)),
      ),
      element(
        'span',
        {},
        ...words(description),
        example !== undefined &&
          element('span', { class: 'rules' }, 'for example ', element('code', {}, String(example))),
      ),
    ]),
  );
}

/** @param {Described} operation */
function exampleCommand(operation) {
  const { body, summary } = operation;
  const [type, media] = Object.entries(body ?? {})[0] ?? [];
  const url = new URL(targetOf(operation, exampleValues(operation)).slice(1), document.baseURI).href;
  const sent = media?.example === undefined ? undefined : JSON.stringify(media.example);
  /** @type {Record<string, string>} */
  const headers = type === undefined ? {} : { 'Content-Type': type };
  return codeBlock(`Command: ${summary}`, curlOf(operation, decodeBraces(url), headers, sent)).block;
}

/**
 * Names of a path stay readable.
 *
 * @param {string} url
 */
function decodeBraces(url) {
  return url.replaceAll('%7B', '{').replaceAll('%7D', '}');
}

/**
 * @param {OpenApi} api
 * @param {string} status
 * @param {Answer} answer
 * @param {boolean} [unfolded] whether its first example is
 */
function answerView(api, status, { description, headers = {}, content }, unfolded = false) {
  const rows = Object.entries(headers).map(([name, header]) => {
    const { description: text = '' } = /** @type {Header} */ (resolve(api, header));
    return [element('code', {}, name), text];
  });
  return element(
    'div',
    { class: 'answer' },
    element('p', {}, element('span', { class: `status s${status[0]}` }, status), ' ', ...words(description)),
    content && contentView(api, content, unfolded),
    rows.length > 0 &&
      element(
        'details',
        {},
        element('summary', {}, `${rows.length} headers`),
        table(['header', 'what it says'], rows),
      ),
  );
}

/**
 * @param {OpenApi} api
 * @param {Content} content
 * @param {boolean} unfolded whether the first example is
 */
function contentView(api, content, unfolded) {
  const views = Object.entries(content).map(([type, { schema, example, examples = {} }], place) => {
    const named = Object.entries(examples).map(([name, { value }]) => /** @type {const} */ ([name, value]));
    const all = example === undefined ? named : [/** @type {const} */ (['example', example]), ...named];
    const properties = schema && schemaView(api, schema);
    return element(
      'div',
      { class: 'content' },
      element(
        'p',
        {},
        element('code', {}, type),
        ' ',
        element('span', { class: 'type' }, schema && typeOf(schema)),
      ),
      properties && element('details', {}, element('summary', {}, 'Properties'), properties),
      ...all.map(([name, value], index) =>
        element(
          'details',
          { open: unfolded && place === 0 && index === 0 },
          element('summary', {}, name === 'example' ? 'Example' : `Example: ${name}`),
          codeBlock(`Example of ${type}: ${name}`, asText(value)).block,
        ),
      ),
    );
  });
  return element('div', { class: 'contents' }, ...views);
}
