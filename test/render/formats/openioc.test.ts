import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isUuid } from '../../../src/model/uuid.ts';
import { corpus, formatNamed, item, render, SETTING } from './nasty.ts';
import { readOpenioc } from './readers/openioc.ts';

test('every value that XML can carry is read back as it was', async () => {
  for (const type of formatNamed('openioc').types) {
    const items = corpus([type]);
    const { text, written } = await render('openioc', items);
    const values = readOpenioc(text).items.map(({ value }) => value);
    assert.equal(values.length, written);
    const carried = items
      .map(({ value }) => value)
      .filter((value) => value !== '' && value.isWellFormed() && value === value.trim())
      .filter((value) => !/[\u0000-\u0008\u000b-\u001f\u0085\u2028\ufffe\uffff]/.test(value))
      .filter((value) => !type.startsWith('ipv') || !value.includes('/'));
    assert.deepEqual([...values].sort(), [...carried].sort());
  }
});

test('items name the term of their type, always whole, under ids that stay', async () => {
  const given = [item('domain', 'bad.example.com'), item('md5', 'd41d8cd98f00b204e9800998ecf8427e')];
  const { root, items } = readOpenioc((await render('openioc', given)).text);
  assert.ok(isUuid(root));
  assert.deepEqual(
    items.map(({ condition, search, type }) => [condition, search, type]),
    [
      ['is', 'DnsEntryItem/Host', 'string'],
      ['is', 'FileItem/Md5sum', 'md5'],
    ],
  );
  const again = readOpenioc((await render('openioc', [given[1]!])).text);
  assert.equal(again.items[0]!.id, items[1]!.id);
  assert.equal(again.root, root);
});

test('a document of nothing says no time, as there is no newest', async () => {
  const { text } = await render('openioc', [], { ...SETTING, lastModified: 0 });
  assert.deepEqual(readOpenioc(text).items, []);
  assert.doesNotMatch(text, /last-modified|authored_date|1970/);
});

test('the name of producer and export cannot leave their elements', async () => {
  const name = '</description><x>&"\'\u0000]]>';
  const setting = { ...SETTING, name, producer: { ...SETTING.producer, name } };
  const { items } = readOpenioc((await render('openioc', [item('domain', 'bad.example.com')], setting)).text);
  assert.equal(items.length, 1);
});
