import { curlOf, exampleValues, targetOf } from './document.js';
import { asText, codeBlock, element, table } from './elements.js';

/**
 * @typedef {import('./document.js').Described} Described
 * @typedef {import('./document.js').Parameter} Parameter
 * @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field
 */

/** So much of an answer is shown, in bytes: a browser slows down with more. */
const MOST_SHOWN = 500_000;

/**
 * A form that sends the operation's request to this server and shows the answer as text.
 *
 * @param {Described} operation
 * @param {() => string} key
 */
export function tryIt(operation, key) {
  const { id, method, summary } = operation;
  // A browser chooses codings by itself.
  const sent = operation.parameters.filter(({ name }) => name !== 'Accept-Encoding');
  const examples = exampleValues(operation);
  const fields = new Map(sent.map((parameter) => [parameter.name, fieldFor(parameter, examples)]));
  const [type, media] = Object.entries(operation.body ?? {})[0] ?? [];
  const body =
    type === undefined
      ? undefined
      : element('textarea', { rows: 8, spellcheck: 'false' }, asText(media?.example ?? ''));
  const command = codeBlock(`Command of this request: ${summary}`, '');
  const send = element('button', { type: 'submit', class: 'send' }, 'Send');
  const stop = element('button', { type: 'button', disabled: true }, 'Stop');
  const result = element('div', { class: 'result', 'aria-live': 'polite' });

  const request = () => {
    const values = new Map([...fields].map(([name, field]) => [name, field.value.trim()]));
    /** @type {Record<string, string>} */
    const headers = type === undefined ? {} : { 'Content-Type': type };
    for (const { name, in: place } of sent) {
      const value = values.get(name) ?? '';
      if (place === 'header' && value !== '') headers[name] = value;
    }
    return { target: targetOf(operation, values).slice(1), headers, body: body?.value };
  };
  const tell = () => {
    const { target, headers, body: text } = request();
    command.code.textContent = curlOf(operation, new URL(target, document.baseURI).href, headers, text);
  };

  /** @type {AbortController | undefined} */
  let running;
  stop.addEventListener('click', () => running?.abort());
  const form = element(
    'form',
    {},
    element(
      'div',
      { class: 'fields' },
      ...sent.map((parameter) => labelled(parameter, fields.get(parameter.name))),
    ),
    body && element('label', { class: 'body' }, element('span', {}, `Body, ${type}`), body),
    command.block,
    element('p', { class: 'actions' }, send, stop),
    result,
  );
  form.addEventListener('input', tell);
  const submit = async () => {
    running?.abort();
    const own = new AbortController();
    running = own;
    stop.disabled = false;
    const { target, headers, body: text } = request();
    const withKey =
      operation.keyed && key() !== '' ? { ...headers, Authorization: `Bearer ${key()}` } : headers;
    const init = { method, headers: withKey, ...(text !== undefined && { body: text }) };
    const shown = await ask(target, init, own.signal);
    if (running !== own) return;
    result.replaceChildren(...shown);
    stop.disabled = true;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  tell();
  return element('details', { class: 'try', id: `${id}-try` }, element('summary', {}, 'Try it'), form);
}

/**
 * @param {Parameter} parameter
 * @param {Field | undefined} field
 */
function labelled({ name, in: place, required }, field) {
  const hint = required === true ? ' (needed)' : place === 'query' ? '' : ` (${place})`;
  return element('label', {}, element('span', {}, element('code', {}, name), hint), field);
}

/**
 * @param {Parameter} parameter
 * @param {ReadonlyMap<string, string>} examples
 * @returns {Field}
 */
function fieldFor({ name, required, schema, example }, examples) {
  const words = schema.type === 'boolean' ? ['true', 'false'] : schema.enum;
  const value = examples.get(name) ?? '';
  if (Array.isArray(words)) {
    const options = words.map((word) =>
      element('option', { value: String(word), selected: String(word) === value }, String(word)),
    );
    return element(
      'select',
      { required: required === true },
      element('option', { value: '' }, ''),
      ...options,
    );
  }
  const bounds =
    schema.type === 'integer' ? { min: Number(schema.minimum), max: Number(schema.maximum) } : {};
  return element('input', {
    type: schema.type === 'integer' ? 'number' : 'text',
    value,
    required: required === true,
    placeholder: example === undefined ? '' : String(example),
    autocomplete: 'off',
    spellcheck: 'false',
    ...bounds,
  });
}

/**
 * Sends a request and resolves with what to show of its answer. Does not reject.
 *
 * @param {string} target
 * @param {RequestInit} request
 * @param {AbortSignal} signal
 * @returns {Promise<HTMLElement[]>}
 */
async function ask(target, request, signal) {
  const started = performance.now();
  try {
    const answer = await fetch(new URL(target, document.baseURI), {
      ...request,
      signal,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    const { text, whole } = await firstPart(answer);
    const took = Math.round(performance.now() - started);
    return answerView(answer, whole ? text : `${text}\n… shortened`, took);
  } catch (error) {
    const reason = signal.aborted
      ? 'Stopped.'
      : `No answer: ${error instanceof Error ? error.message : 'it failed'}.`;
    return [element('p', { class: 'failed' }, reason)];
  }
}

/**
 * @param {Response} answer
 * @param {string} text
 * @param {number} took in milliseconds
 */
function answerView(answer, text, took) {
  const { status, statusText, headers } = answer;
  const rows = [...headers].map(([name, value]) => [element('code', {}, name), element('code', {}, value)]);
  const json = /[/+]json\b/.test(headers.get('content-type') ?? '');
  return [
    element(
      'p',
      {},
      element('span', { class: `status s${String(status)[0]}` }, String(status)),
      ` ${statusText} in ${took} ms`,
    ),
    element(
      'details',
      {},
      element('summary', {}, `${rows.length} headers`),
      table(['header', 'value'], rows),
    ),
    codeBlock('Body of the answer', json ? indented(text) : text).block,
  ];
}

/** @param {string} text */
function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/**
 * The beginning of an answer's body as text, and whether it is all of it.
 *
 * @param {Response} answer
 */
async function firstPart({ body }) {
  const decoder = new TextDecoder();
  let text = '';
  if (body === null) return { text, whole: true };
  const reader = body.getReader();
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (bytes > MOST_SHOWN) {
      await reader.cancel();
      return { text: text.slice(0, MOST_SHOWN), whole: false };
    }
  }
}
