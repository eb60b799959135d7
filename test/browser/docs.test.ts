import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { documentOf, operationsOf } from '../http/openapi.ts';
import { type Serving, serving } from '../http/serving.ts';
import { domain, START, take } from '../store/fixtures.ts';
import { type Browser, openBrowser, WITHOUT_CHROMIUM } from './chromium.ts';

const options = { skip: WITHOUT_CHROMIUM };
const HOSTILE = '</pre><img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';

/** `SCREENSHOTS` may name a folder for pictures to be looked at. */
const { SCREENSHOTS } = process.env;

interface Opened {
  readonly server: Serving;
  readonly browser: Browser;
  readonly origin: string;
}

async function open(
  context: TestContext,
  { width = 1280, height = 900, dark = false, hash = '' } = {},
): Promise<Opened> {
  const server = await serving(context);
  await take(server.store, [domain(1, { comment: HOSTILE, tags: ['elf'], confidence: 90 })], START);
  const origin = `http://127.0.0.1:${await server.listen()}`;
  const browser = await openBrowser(context);
  const scheme = dark ? 'dark' : 'light';
  await browser.send('Emulation.setDeviceMetricsOverride', {
    width,
    height,
    deviceScaleFactor: 1,
    mobile: width < 500,
  });
  await browser.send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-color-scheme', value: scheme }],
  });
  await browser.send('Page.navigate', { url: `${origin}/docs${hash}` });
  await browser.until(`document.querySelector('.operation') !== null`);
  return { server, browser, origin };
}

async function picture({ browser }: Opened, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  const { data } = await browser.send('Page.captureScreenshot', { format: 'png' });
  writeFileSync(join(SCREENSHOTS, `${name}.png`), Buffer.from(data as string, 'base64'));
}

test(
  'the page shows every operation, asks nobody else, and its policy has nothing to complain of',
  options,
  async (context) => {
    const opened = await open(context);
    const { server, browser, origin } = opened;
    const shown = await browser.evaluate(`[...document.querySelectorAll('.operation')].map(({ id }) => id)`);
    const described = operationsOf(await documentOf(server)).filter(([, method]) => method !== 'head');
    assert.deepEqual(
      (shown as string[]).sort(),
      described.map(([, , { operationId }]) => operationId).sort(),
    );
    await picture(opened, 'docs');
    assert.deepEqual(browser.complaints, []);
    assert.ok(browser.requested.length > 5);
    for (const url of browser.requested) assert.ok(url.startsWith(`${origin}/`), url);
  },
);

/** Enters a key, fills the form of an operation, sends it, and waits for the answer. */
async function tryOut(
  { browser }: Opened,
  id: string,
  key: string,
  values: Record<string, string>,
): Promise<void> {
  await browser.evaluate(`{
    const set = (field, value) => {
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    set(document.getElementById('key'), ${JSON.stringify(key)});
    const form = document.querySelector('#${id} form');
    form.closest('details').open = true;
    for (const [name, value] of Object.entries(${JSON.stringify(values)})) {
      const label = [...form.querySelectorAll('label')].find((each) => each.querySelector('code').textContent === name);
      set(label.querySelector('input, select'), value);
    }
    form.requestSubmit();
  }`);
  await browser.until(`document.querySelector('#${id} .result .status') !== null`);
}

test('a request that is tried is answered as text, whatever the answer holds', options, async (context) => {
  const opened = await open(context, { hash: '#lookUp' });
  const { server, browser } = opened;
  await tryOut(opened, 'lookUp', server.free, { value: 'host-1[.]example[.]com' });
  await browser.evaluate(`document.querySelector('#lookUp form').scrollIntoView()`);
  await picture(opened, 'docs-tried');
  const result = (selector: string) =>
    browser.evaluate(`document.querySelector('#lookUp .result ${selector}').textContent`);
  assert.equal(await result('.status'), '200');
  const answer = JSON.parse(String(await result('pre'))) as {
    found: boolean;
    sources: { comment: string }[];
  };
  assert.equal(answer.found, true);
  assert.equal(answer.sources[0]?.comment, HOSTILE);
  assert.match(String(await result('details')), /x-ratelimit-remaining/);
  assert.equal(await browser.evaluate('window.harmed'), undefined);
  assert.equal(await browser.evaluate(`document.querySelectorAll('.result img, .result script').length`), 0);
  assert.deepEqual(browser.complaints, []);
});

test('an error is shown as well, and a request without a key is refused', options, async (context) => {
  const opened = await open(context);
  const { browser } = opened;
  await tryOut(opened, 'listIocs', '', { limit: '1' });
  const text = await browser.evaluate(`document.querySelector('#listIocs .result').textContent`);
  assert.match(String(text), /^401 .*missing_api_key/s);
});

test(
  'the key is in the request alone: not in the page, its address, its memory on disk, or a command',
  options,
  async (context) => {
    const opened = await open(context);
    const { server, browser } = opened;
    await tryOut(opened, 'countIocs', server.pro, { type: 'domain' });
    const kept = await browser.evaluate(`JSON.stringify([
    document.documentElement.outerHTML, location.href, { ...localStorage }, { ...sessionStorage }, document.cookie,
  ])`);
    assert.ok(!String(kept).includes(server.pro.slice(8, 20)));
    for (const url of browser.requested) assert.ok(!url.includes('sk_live'), url);
    const command = await browser.evaluate(`document.querySelector('#countIocs form .code').textContent`);
    assert.match(String(command), /curl .*\$API_KEY.*\/api\/v1\/iocs\/count\?type=domain/s);
  },
);

test('every field and button has a name, and headings go down step by step', options, async (context) => {
  const { browser } = await open(context);
  const { nodes } = await browser.send('Accessibility.getFullAXTree');
  const parts = nodes as { role?: { value: string }; name?: { value: string }; ignored: boolean }[];
  const roles = new Set(['textbox', 'searchbox', 'button', 'combobox', 'link', 'spinbutton', 'navigation']);
  const named = parts.filter(({ role, ignored }) => !ignored && roles.has(role?.value ?? ''));
  assert.ok(named.length > 50);
  assert.deepEqual(
    named.filter(({ name }) => (name?.value ?? '') === ''),
    [],
  );
  const levels = (await browser.evaluate(
    `[...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]))`,
  )) as number[];
  assert.equal(levels[0], 1);
  for (const [index, level] of levels.entries())
    assert.ok(level <= (levels[index - 1] ?? 0) + 1, String(index));
  assert.deepEqual(
    await browser.evaluate(`[...document.querySelectorAll('[id]')].map(({ id }) => id)
      .filter((id, index, all) => all.indexOf(id) !== index)`),
    [],
  );
});

for (const dark of [false, true]) {
  test(
    `what is ${dark ? 'light on dark' : 'dark on light'} can be read: contrast is 4.5 to 1 at least`,
    options,
    async (context) => {
      const opened = await open(context, { dark, hash: '#exportStix' });
      const { browser } = opened;
      await tryOut(opened, 'countIocs', '', {});
      await picture(opened, dark ? 'docs-dark' : 'docs-light');
      const poor = await browser.evaluate(`{
      const canvas = document.createElement('canvas').getContext('2d');
      const rgb = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
      };
      const luminance = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((each) => {
          const part = each / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
      };
      const behind = (element) => {
        for (let each = element; each !== null; each = each.parentElement) {
          const color = rgb(getComputedStyle(each).backgroundColor);
          if (color[3] === 255) return color;
        }
        return rgb('white');
      };
      [...new Set([...document.querySelectorAll('body *')]
        .filter((each) => [...each.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== ''))
        .filter((each) => each.checkVisibility({ opacityProperty: true }) && !each.matches(':disabled'))
        .filter((each) => {
          const [one, two] = [luminance(rgb(getComputedStyle(each).color)), luminance(behind(each))];
          return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05) < 4.5;
        })
        .map((each) => each.tagName + '.' + each.className + ' ' + each.textContent.slice(0, 30)))].slice(0, 10);
    }`);
      assert.deepEqual(poor, []);
    },
  );
}

test(
  'on a phone nothing is wider than the screen, and the operations are in a menu',
  options,
  async (context) => {
    const opened = await open(context, { width: 360, height: 740 });
    const { browser } = opened;
    await picture(opened, 'docs-phone');
    assert.equal(await browser.evaluate('document.documentElement.scrollWidth'), 360);
    assert.equal(await browser.evaluate(`document.getElementById('menu').open`), false);
    await browser.evaluate(`document.querySelector('#menu > summary').click()`);
    await picture(opened, 'docs-phone-menu');
    await browser.evaluate(`document.querySelector('a[data-operation="listIocs"]').click()`);
    await browser.until(`location.hash === '#listIocs' && !document.getElementById('menu').open`);
    await browser.until(`Math.abs(document.getElementById('listIocs').getBoundingClientRect().top) < 200`);
    await picture(opened, 'docs-phone-operation');
  },
);

test(
  'operations are found by what they are called, where they are, and what they take',
  options,
  async (context) => {
    const { browser } = await open(context);
    const found = async (text: string) =>
      await browser.evaluate(`{
      const filter = document.getElementById('filter');
      filter.value = ${JSON.stringify(text)};
      filter.dispatchEvent(new Event('input'));
      [...document.querySelectorAll('nav li')].filter((each) => each.checkVisibility())
        .map((each) => each.querySelector('a').dataset.operation);
    }`);
    assert.deepEqual(await found('iocs/search'), ['searchIocs']);
    assert.deepEqual(await found('tlp_version'), ['exportStix']);
    assert.deepEqual(await found('nothing of the kind'), []);
  },
);

test('on paper every example is there, and no form', options, async (context) => {
  const { browser } = await open(context);
  await browser.send('Emulation.setEmulatedMedia', { media: 'print' });
  await browser.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  const state = await browser.evaluate(`[
    [...document.querySelectorAll('.content > details')].every((each) => each.open),
    [...document.querySelectorAll('form, nav, .key')].some((each) => each.checkVisibility()),
  ]`);
  assert.deepEqual(state, [true, false]);
});
