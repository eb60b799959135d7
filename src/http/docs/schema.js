import { resolve, rulesOf, typeOf } from './document.js';
import { element, words } from './elements.js';

/**
 * @typedef {import('./document.js').OpenApi} OpenApi
 * @typedef {import('./document.js').Schema} Schema
 */

/** Deeper than this nobody reads; and a schema may hold itself. */
const DEEPEST = 6;

/**
 * A schema as a list of its properties, each with what it holds.
 *
 * @param {OpenApi} api
 * @param {Schema} schema
 * @param {number} [depth]
 * @returns {HTMLElement | undefined}
 */
export function schemaView(api, schema, depth = 0) {
  if (depth > DEEPEST) return undefined;
  const whole = /** @type {Schema} */ (resolve(api, schema));
  const choices = whole.oneOf ?? whole.anyOf;
  if (Array.isArray(choices)) return choiceView(api, choices, depth);
  if (whole.items !== undefined) return schemaView(api, /** @type {Schema} */ (whole.items), depth);
  const properties = /** @type {Readonly<Record<string, Schema>> | undefined} */ (whole.properties);
  if (properties === undefined) return undefined;
  const required = new Set(/** @type {readonly string[]} */ (whole.required ?? []));
  const entries = Object.entries(properties).map(([name, property]) =>
    propertyView(api, name, property, { required: required.has(name), depth }),
  );
  return element('ul', { class: 'schema' }, ...entries);
}

/**
 * @param {OpenApi} api
 * @param {readonly Schema[]} choices
 * @param {number} depth
 */
function choiceView(api, choices, depth) {
  const views = choices.map((choice) =>
    element(
      'li',
      {},
      element('span', { class: 'type' }, typeOf(choice)),
      ' ',
      ...words(textOf(api, choice)),
      folded('its properties', schemaView(api, choice, depth + 1)),
    ),
  );
  return element('ul', { class: 'schema choices' }, ...views);
}

/**
 * @param {OpenApi} api
 * @param {string} name
 * @param {Schema} property
 * @param {{ readonly required: boolean, readonly depth: number }} place
 */
function propertyView(api, name, property, { required, depth }) {
  const rules = rulesOf(/** @type {Schema} */ (resolve(api, property)));
  return element(
    'li',
    {},
    element('code', { class: 'name' }, name),
    ' ',
    element('span', { class: 'type' }, typeOf(property)),
    required ? undefined : element('span', { class: 'optional' }, 'may be absent'),
    ' ',
    ...words(textOf(api, property)),
    rules.length > 0 && element('span', { class: 'rules' }, rules.join('; ')),
    folded('its properties', schemaView(api, property, depth + 1)),
  );
}

/**
 * @param {OpenApi} api
 * @param {Schema} schema
 */
function textOf(api, schema) {
  const { description } = /** @type {Schema} */ (resolve(api, schema));
  return typeof description === 'string' ? description : '';
}

/**
 * @param {string} label
 * @param {HTMLElement | undefined} content
 */
function folded(label, content) {
  return content && element('details', {}, element('summary', {}, label), content);
}
