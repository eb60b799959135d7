import { ARTICLE_PARAMETERS } from '../../model/article-parameters.ts';
import { ARTICLE_CATEGORIES, SEVERITIES } from '../../model/article.ts';
import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import { SECTORS } from '../../model/sector.ts';
import { ARTICLE_COLUMNS } from '../../render/article.ts';
import type { JsonSchema, Operation } from '../operation.ts';
import { SAVED, SHORT_ANSWER_HEADERS } from '../schemas/page-answers.ts';

const STRINGS: JsonSchema = { type: 'array', items: { type: 'string' } };

const ITEM_PROPERTIES: JsonSchema = {
  id: { type: 'string', format: 'uuid', description: 'The same for the same address or content for ever.' },
  title: { type: 'string', maxLength: 300 },
  url: { type: ['string', 'null'], description: 'A web address; null where the article has none.' },
  source: { type: 'string', description: 'The feed that announced it, or the file that it was read from.' },
  published_at: { type: 'string', format: 'date-time' },
  summary: { type: ['string', 'null'], maxLength: 500, description: 'The publisher’s words.' },
  categories: { type: 'array', items: { enum: ARTICLE_CATEGORIES } },
  severity: { enum: SEVERITIES },
  tags: STRINGS,
  has_iocs: { type: 'boolean' },
};

const ITEM: JsonSchema = {
  title: 'ArticleItem',
  description: 'A report as it is listed.',
  type: 'object',
  required: Object.keys(ITEM_PROPERTIES),
  properties: ITEM_PROPERTIES,
};

const EVIDENCE: JsonSchema = {
  type: ['object', 'null'],
  required: ['sentence', 'offset', 'defanged'],
  properties: {
    sentence: {
      type: 'string',
      maxLength: 500,
      description: 'The sentence, row or list item that holds it.',
    },
    offset: { type: 'integer', minimum: 0, description: 'UTF-16 units before it in the document.' },
    defanged: { type: 'boolean' },
  },
};

const DETAIL_PROPERTIES: JsonSchema = {
  ...ITEM_PROPERTIES,
  iocs: {
    type: 'array',
    items: {
      type: 'object',
      required: ['type', 'value', 'confidence', 'status', 'evidence'],
      properties: {
        type: { enum: IOC_TYPES },
        value: { type: 'string' },
        confidence: { enum: CONFIDENCE_LEVEL_NAMES },
        status: { enum: ['published', 'expired'] },
        evidence: EVIDENCE,
      },
    },
  },
  ioc_count: { type: 'integer', minimum: 0, description: 'How many IOCs there are, shown or not.' },
  cves: STRINGS,
  threat_actors: STRINGS,
  malware_families: STRINGS,
  mitre_techniques: {
    type: 'array',
    items: {
      type: 'object',
      required: ['id', 'name'],
      properties: { id: { type: 'string' }, name: { type: ['string', 'null'] } },
    },
  },
  industries: { type: 'array', items: { enum: SECTORS } },
};

const EXAMPLE = {
  id: '6f6f7d5b-2a3d-5c0c-9a51-0c4d1c1d8e11',
  title: 'Inside a loader campaign',
  url: 'https://labs.example.com/loader-campaign',
  source: 'Example Labs',
  published_at: '2026-11-23T10:00:00.000Z',
  summary: 'A loader spread by e-mail fetches its next stage from compromised sites.',
  categories: ['malware', 'phishing'],
  severity: 'medium',
  tags: ['loader', 'Matanbuchus'],
  has_iocs: true,
};

const PAGE_HEADERS = {
  ...SHORT_ANSWER_HEADERS,
  Link: 'The next page, with rel="next", as a path on this server; absent on the last page.',
};
const FILE_HEADERS = { ...PAGE_HEADERS, ...SAVED };

/** What the list of articles is for. */
export const ARTICLES_OPERATION: Operation = {
  id: 'listArticles',
  tag: 'Articles',
  summary: 'List the reports that IOCs were extracted from',
  description:
    'The newest first. Free keys see those of the last 7 days as JSON, Pro keys those of the last 365 days in every format. ' +
    'A since further back is a 403.',
  query: ARTICLE_PARAMETERS,
  answers: [
    {
      status: 200,
      description: 'A page of articles.',
      mediaType: 'application/json',
      schema: {
        title: 'ArticleList',
        description: 'A page of a list of articles.',
        type: 'object',
        required: ['meta', 'data'],
        properties: {
          meta: {
            type: 'object',
            required: ['count', 'limit', 'since', 'next_cursor', 'filters'],
            properties: {
              count: { type: 'integer' },
              limit: { type: 'integer' },
              since: { type: 'string', format: 'date-time' },
              next_cursor: { type: ['string', 'null'] },
              filters: { type: 'object', additionalProperties: { type: 'string' } },
            },
          },
          data: { type: 'array', items: ITEM },
        },
      },
      example: {
        meta: {
          count: 1,
          limit: 30,
          since: '2026-11-17T00:00:00.000Z',
          next_cursor: null,
          filters: { category: 'malware' },
        },
        data: [EXAMPLE],
      },
      headers: PAGE_HEADERS,
    },
    {
      status: 200,
      description: 'The same with format=ndjson: one article a line.',
      mediaType: 'application/x-ndjson',
      schema: { type: 'string' },
      example: `${JSON.stringify(EXAMPLE)}\n`,
      headers: FILE_HEADERS,
    },
    {
      status: 200,
      description: 'The same with format=csv (RFC 4180).',
      mediaType: 'text/csv',
      schema: { type: 'string' },
      example: `${ARTICLE_COLUMNS.join(',')}\r\n`,
      headers: FILE_HEADERS,
    },
  ],
  errors: ['lookback_exceeded', 'not_acceptable'],
};

/** What one article is for. */
export const ARTICLE_OPERATION: Operation = {
  id: 'getArticle',
  tag: 'Articles',
  summary: 'Get one article with the IOCs that were found in it',
  description:
    'Never the publisher’s text: follow url for that. Up to 100 IOCs for Free keys and 10,000 for Pro keys; ioc_count says how many there are.',
  query: {},
  path: { id: 'The article’s id, as lists give it.' },
  answers: [
    {
      status: 200,
      description: 'The article.',
      mediaType: 'application/json',
      schema: {
        title: 'Article',
        description: 'A report with what was found in it.',
        type: 'object',
        required: Object.keys(DETAIL_PROPERTIES),
        properties: DETAIL_PROPERTIES,
      },
      example: {
        ...EXAMPLE,
        iocs: [
          {
            type: 'domain',
            value: 'stage.example.net',
            confidence: 'medium',
            status: 'published',
            evidence: {
              sentence: 'The next stage comes from stage[.]example[.]net.',
              offset: 1204,
              defanged: true,
            },
          },
        ],
        ioc_count: 1,
        cves: [],
        threat_actors: [],
        malware_families: ['Matanbuchus'],
        mitre_techniques: [{ id: 'T1566', name: 'Phishing' }],
        industries: [],
      },
      headers: SHORT_ANSWER_HEADERS,
    },
  ],
  errors: ['article_not_found', 'lookback_exceeded'],
};
