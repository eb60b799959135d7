import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { KeyRecord } from '../../src/store/store.ts';
import { take } from '../store/fixtures.ts';
import { type BrowserPage, NO_BROWSER, startBrowser } from './browser.ts';
import { addresses, bearer, get, PATH, serving } from './serving.ts';
import { makeAccount, PASSWORD } from './signed-in.ts';

/** Where pictures go to be looked at; nowhere unless it is set. */
const PICTURES = process.env.CONSOLE_PICTURES;

const HOSTILE = `"><img src=x onerror="document.title='run'"><script>document.title='run'</script>`;

async function keepPicture(page: BrowserPage, name: string): Promise<void> {
  const picture = await page.picture();
  assert.equal(picture.subarray(1, 4).toString('latin1'), 'PNG');
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  writeFileSync(join(PICTURES, `${name}.png`), picture);
}

/** Types into fields and sends the form that has the last of them. */
function filled(fields: Readonly<Record<string, string>>): string {
  const typed = Object.entries(fields).map(
    ([id, text]) => `document.getElementById(${JSON.stringify(id)}).value = ${JSON.stringify(text)};`,
  );
  const last = JSON.stringify(Object.keys(fields).at(-1));
  return `${typed.join('')} document.getElementById(${last}).form.querySelector('button').click()`;
}

test(
  'a person signs in, makes, uses, rotates and revokes a key, and no script of any value runs',
  { skip: NO_BROWSER },
  async (context) => {
    const server = await serving(context);
    // A browser sends the cookies of the true time; the store goes by the same one.
    server.clock.now = Date.now();
    await makeAccount(server, 'acme');
    await take(server.store, addresses(3, { lastSeen: server.clock.now }), server.clock.now - 7_200_000);
    const home = `http://localhost:${await server.listen()}/console/`;
    const page = await startBrowser(context);
    const text = () => page.read<string>('document.body.innerText');

    await page.open(home);
    assert.match(await page.read('location.pathname'), /sign-in$/);
    await keepPicture(page, '1-sign-in');
    await page.go(filled({ account: 'acme', password: 'wrong horse battery' }));
    assert.match(await text(), /There is no account with this name and password/);
    await keepPicture(page, '2-refused');
    await page.go(filled({ account: 'acme', password: PASSWORD }));
    assert.equal(await page.read('location.pathname'), '/console/');
    assert.match(await text(), /0 of 50 Pro keys/);
    assert.equal(await page.read('document.cookie'), '', 'no script sees the cookie');

    await page.go(filled({ name: HOSTILE, networks: '127.0.0.0/8\n::1' }));
    const key = await page.read<string>('document.getElementById("secret").value');
    assert.equal((await get(server, '', bearer(key))).status, 200);
    await keepPicture(page, '3-new-key');
    await page.go('history.go(0)');
    assert.equal((await server.store.keysOf('acme')).length, 1, 'loading the page again makes no second key');

    const [{ id }] = (await server.store.keysOf('acme')) as readonly [KeyRecord];
    for (let poll = 0; poll < 12; poll += 1) {
      const answer = await fetch(`${home.replace('/console/', PATH)}?limit=${poll === 5 ? 0 : 10}`, {
        headers: bearer(key),
      });
      await answer.arrayBuffer();
    }
    await page.open(`${home}keys/${id}?value=${encodeURIComponent('2001:db8::1')}`);
    assert.match(await text(), /2001:db8::1 \(ipv6\) was sent to this key/);
    assert.match(await text(), /400: 1/);
    await keepPicture(page, '4-key');
    await page.scheme('dark');
    await keepPicture(page, '5-key-dark');
    await page.width(400);
    await keepPicture(page, '6-key-narrow-dark');
    const overflow = await page.read<number>('document.documentElement.scrollWidth - innerWidth');
    assert.ok(overflow <= 0, `${overflow} pixels too wide on a telephone`);
    await page.width(1_100);
    await page.scheme('light');

    await page.go('document.getElementById("ends").form.querySelector("button").click()');
    assert.match(await text(), /The old key sk_live_\S+… goes on until/);
    await page.open(home);
    assert.match(await text(), /rotated/);
    await keepPicture(page, '7-keys');
    await page.open(`${home}keys/${id}`);
    await page.go(
      'document.getElementsByName("sure")[0].click(); document.querySelector("button.danger").click()',
    );
    assert.equal((await get(server, '', bearer(key))).status, 401);

    for (const where of ['', `keys/${id}`, 'password']) {
      await page.open(home + where);
      assert.notEqual(await page.read('document.title'), 'run', where);
      assert.equal(await page.read('document.querySelectorAll("script, img[onerror]").length'), 0, where);
    }
    await page.go('document.querySelector("nav button").click()');
    await page.open(home);
    assert.match(await page.read('location.pathname'), /sign-in$/);
  },
);

test(
  'a page of another site signs nobody in and sends no cookie along',
  { skip: NO_BROWSER },
  async (context) => {
    const server = await serving(context);
    server.clock.now = Date.now();
    await makeAccount(server, 'acme');
    const port = await server.listen();
    const page = await startBrowser(context);
    await page.open(`http://localhost:${port}/console/sign-in`);
    await page.go(filled({ account: 'acme', password: PASSWORD }));
    const form = `<form method=post action=http://localhost:${port}/console/keys><input name=name value=x></form><script>document.forms[0].submit()</script>`;
    await page.open(`data:text/html,${encodeURIComponent(form)}`);
    const deadline = Date.now() + 20_000;
    while (!server.log().includes('"route":"/console/keys"') && Date.now() < deadline) await page.read('0');
    assert.match(server.log(), /"method":"POST","route":"\/console\/keys","status":403/);
    assert.deepEqual(await server.store.keysOf('acme'), []);
  },
);
