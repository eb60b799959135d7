import { operationsOf } from './document.js';
import { element, prose } from './elements.js';
import { operationView } from './operation.js';

/** @typedef {import('./document.js').Described} Described */

/** The key that was entered: it is kept here alone, and gone with the page. */
let key = '';

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

async function show() {
  const answer = await fetch(new URL('api/openapi.json', document.baseURI));
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  const api = /** @type {import('./document.js').OpenApi} */ (await answer.json());
  const operations = operationsOf(api);
  document.title = `${api.info.title}: reference`;
  byId('title').textContent = api.info.title;
  const tags = api.tags.map(({ name }) => ({
    name,
    operations: operations.filter(({ tag }) => tag === name),
  }));
  byId('content').replaceChildren(
    element('section', { class: 'about' }, ...prose(api.info.description ?? ''), downloadLink()),
    keyForm(),
    ...tags.flatMap((tag) => [
      element('h2', { id: slug(tag.name) }, tag.name),
      ...tag.operations.map((operation) => operationView(api, operation, () => key)),
    ]),
  );
  showNavigation(tags);
  // What the address names is there only now.
  if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function downloadLink() {
  return element(
    'p',
    {},
    'All of this as OpenAPI 3.1: ',
    element('a', { href: 'api/openapi.json' }, 'openapi.json'),
    '.',
  );
}

function keyForm() {
  const input = element('input', {
    id: 'key',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'sk_live_…',
    'aria-describedby': 'key-hint',
  });
  input.addEventListener('input', () => {
    key = input.value.trim();
  });
  const form = element(
    'form',
    { class: 'key', autocomplete: 'off' },
    element('label', { for: 'key' }, 'API key'),
    input,
    element(
      'p',
      { id: 'key-hint' },
      'For “Try it”. It stays in this page’s memory, and is sent to this server only.',
    ),
  );
  form.addEventListener('submit', (event) => event.preventDefault());
  return form;
}

/** @param {string} name */
function slug(name) {
  return `tag-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

/** @param {readonly { readonly name: string, readonly operations: readonly Described[] }[]} tags */
function showNavigation(tags) {
  const groups = tags.map(({ name, operations }) => {
    const items = operations.map((operation) => ({ operation, view: linkTo(operation) }));
    const heading = element('a', { class: 'group', href: `#${slug(name)}` }, name);
    return { view: element('div', {}, heading, element('ul', {}, ...items.map(({ view }) => view))), items };
  });
  byId('links').replaceChildren(...groups.map(({ view }) => view));
  const filter = /** @type {HTMLInputElement} */ (byId('filter'));
  filter.addEventListener('input', () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const { view, items } of groups) {
      for (const item of items) item.view.hidden = !matches(item.operation, wanted);
      view.hidden = items.every((item) => item.view.hidden);
    }
  });
  const menu = /** @type {HTMLDetailsElement} */ (byId('menu'));
  const wide = matchMedia('(min-width: 60rem)');
  const fit = () => {
    menu.open = wide.matches;
  };
  wide.addEventListener('change', fit);
  menu.addEventListener('click', ({ target }) => {
    if (!wide.matches && target instanceof HTMLAnchorElement) menu.open = false;
  });
  fit();
  byId('navigation').hidden = false;
  followReading(tags.flatMap(({ operations }) => operations));
}

/** @param {Described} operation */
function linkTo({ id, method, summary, path }) {
  return element(
    'li',
    {},
    element(
      'a',
      { href: `#${id}`, 'data-operation': id, title: path },
      element('span', { class: `method ${method.toLowerCase()}` }, method),
      element('span', {}, summary),
    ),
  );
}

/**
 * @param {Described} operation
 * @param {string} wanted in lower case
 */
function matches({ id, path, summary, parameters }, wanted) {
  const texts = [id, path, summary, ...parameters.map(({ name }) => name)];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

/**
 * Marks the operation that is read in the navigation.
 *
 * @param {readonly Described[]} operations
 */
function followReading(operations) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = document.querySelector(`a[data-operation="${CSS.escape(target.id)}"]`);
        if (isIntersecting) link?.setAttribute('aria-current', 'true');
        else link?.removeAttribute('aria-current');
      }
    },
    { rootMargin: '-15% 0px -80% 0px' },
  );
  for (const { id } of operations) observer.observe(byId(id));
}

/** Themes in the order in which the button goes through them. */
const THEMES = /** @type {const} */ (['light dark', 'light', 'dark']);
const LABELS = ['Theme: auto', 'Theme: light', 'Theme: dark'];

function offerThemes() {
  const button = /** @type {HTMLButtonElement} */ (byId('theme'));
  let chosen = 0;
  const use = () => {
    document.documentElement.style.colorScheme = THEMES[chosen] ?? '';
    button.textContent = LABELS[chosen] ?? '';
  };
  button.addEventListener('click', () => {
    chosen = (chosen + 1) % THEMES.length;
    use();
  });
  use();
  button.hidden = false;
}

/** On paper examples and the properties of answers are unfolded. */
function unfoldForPrint() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details')].filter(
      (each) => !each.open && each.matches('.content > details'),
    );
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
}

offerThemes();
unfoldForPrint();
show().catch((/** @type {unknown} */ error) => {
  const reason = error instanceof Error ? error.message : 'unknown';
  byId('state').textContent =
    `The description of the API cannot be read: ${reason}. Reload the page to try again.`;
});
