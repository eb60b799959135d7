import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DOMParser } from '@xmldom/xmldom';

import { isUuid } from '../../../src/model/uuid.ts';
import { corpus, formatNamed, item, render, SETTING } from './nasty.ts';

const NAMESPACE = 'http://schemas.mandiant.com/2010/ioc';

interface Read {
  readonly root: string;
  readonly items: readonly { id: string; condition: string; search: string; type: string; value: string }[];
}

/** Reads a document with a parser that stops at every mistake. */
function readOpenioc(text: string): Read {
  const parser = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  });
  const { documentElement: root } = parser.parseFromString(text, 'application/xml');
  assert.equal(root!.namespaceURI, NAMESPACE);
  const items = [...root!.getElementsByTagNameNS(NAMESPACE, 'IndicatorItem')].map((element) => {
    const content = element.getElementsByTagNameNS(NAMESPACE, 'Content')[0]!;
    assert.equal(content.childNodes.length, 1, 'text alone');
    return {
      id: element.getAttribute('id')!,
      condition: element.getAttribute('condition')!,
      search: element.getElementsByTagNameNS(NAMESPACE, 'Context')[0]!.getAttribute('search')!,
      type: content.getAttribute('type')!,
      value: content.textContent!,
    };
  });
  return { root: root!.getAttribute('id')!, items };
}

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

test('the name of producer and export cannot leave their elements', async () => {
  const name = '</description><x>&"\'\u0000]]>';
  const setting = { ...SETTING, name, producer: { ...SETTING.producer, name } };
  const { items } = readOpenioc((await render('openioc', [item('domain', 'bad.example.com')], setting)).text);
  assert.equal(items.length, 1);
});
