/** @typedef {Node | string | undefined | false} Child */

/**
 * Makes an element. Children that are strings become text, never markup; attributes that are undefined or false are
 * left out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child !== undefined && child !== false) made.append(child);
  }
  return made;
}

/**
 * A text of paragraphs between empty lines, with code between backticks.
 *
 * @param {string} text
 * @returns {HTMLElement[]}
 */
export function prose(text) {
  return text.split(/\n{2,}/).map((paragraph) => element('p', {}, ...words(paragraph.replaceAll('\n', ' '))));
}

/**
 * @param {string} text
 * @returns {Child[]}
 */
export function words(text) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));
}

/**
 * A table that scrolls within itself where it is too wide.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly Child[])[]} rows
 */
export function table(head, rows) {
  const [first, ...others] = head;
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element('tr', {}, ...[first, ...others].map((name) => element('th', { scope: 'col' }, name))),
      ),
      element(
        'tbody',
        {},
        ...rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell)))),
      ),
    ),
  );
}

/**
 * Text as it is, with a button that copies it.
 *
 * @param {string} label names it for those who do not see it
 * @param {string} text
 */
export function codeBlock(label, text) {
  const code = element('code', {}, text);
  const button = element('button', { type: 'button', class: 'copy' }, 'Copy');
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(code.textContent).then(
      () => told(button, 'Copied'),
      () => told(button, 'Not allowed'),
    );
  });
  const block = element(
    'div',
    { class: 'code' },
    element('pre', { tabindex: 0, role: 'region', 'aria-label': label }, code),
    button,
  );
  return { block, code };
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
function told(button, text) {
  button.textContent = text;
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 1_500);
}

/** @param {unknown} value */
export function asText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
