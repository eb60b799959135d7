import assert from 'node:assert/strict';

import { DOMParser } from '@xmldom/xmldom';

const NAMESPACE = 'http://schemas.mandiant.com/2010/ioc';

interface Read {
  readonly root: string;
  readonly items: readonly { id: string; condition: string; search: string; type: string; value: string }[];
}

/** Reads a document with a parser that stops at every mistake. */
export function readOpenioc(text: string): Read {
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
