import { renderItemJson } from '../../render/list/item-json.ts';
import { EXAMPLE_ITEM, ITEM } from './item.ts';
import { arrayOf, COUNT, described, GENERATED_AT, objectOf, oneOf, orNull, TEXT, YES_NO } from './schema.ts';

const FILTERS = described(
  { type: 'object', additionalProperties: TEXT },
  'The filters as they were given; a since from before the look-back as it was applied.',
);

export const LIST = objectOf(
  {
    meta: objectOf({
      total: described(COUNT, 'How many there are without limit and offset.'),
      limit: COUNT,
      offset: COUNT,
      generated_at: GENERATED_AT,
      feed_version: described(
        TEXT,
        'The same as a number in a text: it rises with everything that is published.',
      ),
      source: described(TEXT, 'The producer.'),
      filters: FILTERS,
    }),
    data: arrayOf(ITEM),
    links: objectOf({
      self: TEXT,
      next: described(orNull(TEXT), 'The next page, as a path on this server; null on the last.'),
    }),
  },
  {},
  { title: 'IocList', description: 'A page of a list of IOCs.' },
);

export const EXAMPLE_ITEM_JSON = JSON.parse(renderItemJson(EXAMPLE_ITEM)) as unknown;

export const LIST_EXAMPLE = {
  meta: {
    total: 1,
    limit: 100,
    offset: 0,
    generated_at: '2026-11-23T20:05:19.358Z',
    feed_version: '1795464319358',
    source: 'SOC Defenders',
    filters: { type: 'ipv4', confidence: 'high' },
  },
  data: [EXAMPLE_ITEM_JSON],
  links: { self: '/api/v1/iocs?type=ipv4&confidence=high', next: null },
};

export const COUNTED = objectOf(
  {
    count: COUNT,
    generated_at: GENERATED_AT,
    filters: FILTERS,
  },
  {},
  { title: 'IocCount', description: 'How many IOCs a filter yields.' },
);

export const COUNTED_EXAMPLE = {
  count: 121,
  generated_at: '2026-11-23T20:05:19.358Z',
  filters: { type: 'ipv4' },
};

export const SEARCH = objectOf(
  {
    meta: objectOf({
      query: described(TEXT, 'What was searched for, refanged.'),
      match: described(
        oneOf('exact', 'substring'),
        'Whether it is the value itself that was found, or values that hold it.',
      ),
      count: COUNT,
      limit: COUNT,
      more: described(YES_NO, 'Whether there are more than these.'),
      next_cursor: described(orNull(TEXT), 'The cursor that leads on; null where there are no more.'),
    }),
    data: arrayOf(ITEM),
    related: described(arrayOf(ITEM), 'Others from the same source document.'),
  },
  {},
  { title: 'IocSearch', description: 'What a search found.' },
);

export const SEARCH_EXAMPLE = {
  meta: { query: '192.0.2.7', match: 'exact', count: 1, limit: 100, more: false, next_cursor: null },
  data: [EXAMPLE_ITEM_JSON],
  related: [],
};
