import { ApiError, type ApiErrorCode } from '../../errors.ts';
import { COLLECTIONS } from '../../model/collection.ts';
import { OBJECT_PARAMETERS, OBJECTS_PARAMETERS, VERSIONS_PARAMETERS } from '../../model/taxii-parameters.ts';
import type { AnswerDescription, ErrorForm, JsonSchema, Operation } from '../operation.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers } from '../schemas/page-answers.ts';
import { taxiiErrorBody } from './error-message.ts';
import { TAXII_MEDIA_TYPE } from './media-type.ts';
import { TAXII_SITES } from './paths.ts';
import { apiRootOf, collectionOf, discoveryOf } from './resources.ts';

const TAG = 'TAXII';
const PRODUCER = 'SOC Defenders';

const text: JsonSchema = { type: 'string' };
const flag: JsonSchema = { type: 'boolean' };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

const COLLECTION: JsonSchema = object(
  {
    id: { type: 'string', format: 'uuid' },
    title: text,
    description: text,
    alias: text,
    can_read: flag,
    can_write: flag,
    media_types: listOf(text),
  },
  ['id', 'title', 'can_read', 'can_write'],
);

const PATH = {
  collection: 'The id of a collection, or its alias.',
  object: 'The id of a STIX object.',
} as const;

const DATES = {
  'X-TAXII-Date-Added-First':
    'When the first indicator of the page was added; on an empty page, what was asked for.',
  'X-TAXII-Date-Added-Last':
    'When the last indicator of the page was added: a poller goes on from there with `added_after`.',
} as const;

const INDICATOR = {
  type: 'indicator',
  spec_version: '2.1',
  id: 'indicator--1b5f2a3e-7d8c-5a4b-9c3d-2e1f0a9b8c7d',
  created: '2026-01-15T10:00:00.000Z',
  modified: '2026-01-15T10:00:00.000Z',
  name: '192.0.2.7',
  pattern: "[ipv4-addr:value = '192.0.2.7']",
  pattern_type: 'stix',
  valid_from: '2026-01-15T09:30:00.000Z',
};

const ENVELOPE_EXAMPLE = { more: true, next: 'AgGbwN-1mAAAAAAAAADh9VqQJ0', objects: [INDICATOR] };

const DETAILS = listOf(object({ id: text, version: text, message: text }, ['id', 'version']));
const STATUS: JsonSchema = object(
  {
    id: { type: 'string', format: 'uuid' },
    status: { type: 'string', enum: ['complete', 'pending'] },
    request_timestamp: time,
    total_count: { type: 'integer' },
    success_count: { type: 'integer' },
    successes: DETAILS,
    failure_count: { type: 'integer' },
    failures: DETAILS,
    pending_count: { type: 'integer' },
    pendings: DETAILS,
  },
  ['id', 'status', 'total_count', 'success_count', 'failure_count', 'pending_count'],
);

const ERROR_FORM: ErrorForm = {
  name: 'taxii',
  mediaType: TAXII_MEDIA_TYPE,
  schema: {
    title: 'TaxiiError',
    ...object(
      {
        title: text,
        description: text,
        error_id: text,
        error_code: text,
        http_status: text,
        details: { type: 'object' },
      },
      ['title', 'error_id', 'error_code', 'http_status'],
    ),
  },
  example: ({ code, message }) =>
    JSON.parse(
      taxiiErrorBody(new ApiError(code, { message }), 'req_00000000-0000-4000-8000-000000000000'),
    ) as object,
};

const STATUS_EXAMPLE = {
  id: '4a8340d5-db7c-4c5e-9671-226ceb5d0153',
  status: 'complete',
  request_timestamp: '2026-01-15T10:00:00.000000Z',
  total_count: 1,
  success_count: 1,
  successes: [{ id: INDICATOR.id, version: INDICATOR.modified, message: 'Taken: 192.0.2.7.' }],
  failure_count: 0,
  pending_count: 0,
};

/** What each resource is for. */
export const TAXII_OPERATIONS = {
  discovery: operation('taxiiDiscovery', 'Find the TAXII server', {
    answers: found(
      'What the server is, and its API roots.',
      object({ title: text, description: text, default: text, api_roots: listOf(text) }, ['title']),
      discoveryOf(TAXII_SITES[0]!, 'https://iocs.example.com', PRODUCER),
    ),
  }),
  apiRoot: operation('taxiiApiRoot', 'Read what the API root offers', {
    answers: found(
      'The API root.',
      object(
        { title: text, description: text, versions: listOf(text), max_content_length: { type: 'integer' } },
        ['title', 'versions', 'max_content_length'],
      ),
      apiRootOf(PRODUCER),
    ),
  }),
  collections: operation('taxiiCollections', 'List the collections', {
    answers: found('Every collection.', object({ collections: listOf(COLLECTION) }), {
      collections: COLLECTIONS.slice(0, 2).map((each) => collectionOf(each, false)),
    }),
  }),
  collection: operation('taxiiCollection', 'Read one collection', {
    path: { collection: PATH.collection },
    answers: found('The collection.', COLLECTION, collectionOf(COLLECTIONS[0]!, false)),
  }),
  objects: operation('taxiiObjects', 'Poll the objects of a collection', {
    description:
      'Objects in the order in which they were added. With `added_after`, retractions are among them.',
    path: { collection: PATH.collection },
    query: OBJECTS_PARAMETERS,
    answers: found(
      'A page of objects.',
      object({ more: flag, next: text, objects: listOf({ type: 'object' }) }),
      ENVELOPE_EXAMPLE,
      { place: DATES },
    ),
  }),
  manifest: operation('taxiiManifest', 'List which objects a collection has', {
    path: { collection: PATH.collection },
    query: OBJECTS_PARAMETERS,
    answers: found(
      'A page of entries.',
      object({
        more: flag,
        next: text,
        objects: listOf(
          object({ id: text, date_added: time, version: text, media_type: text }, [
            'id',
            'date_added',
            'version',
          ]),
        ),
      }),
      {
        more: false,
        objects: [
          {
            id: INDICATOR.id,
            date_added: '2026-01-15T10:00:00.000000Z',
            version: INDICATOR.modified,
            media_type: 'application/stix+json;version=2.1',
          },
        ],
      },
      { place: DATES },
    ),
  }),
  object: operation('taxiiObject', 'Read one object', {
    path: PATH,
    query: OBJECT_PARAMETERS,
    answers: found(
      'The object, in the versions asked for.',
      object({ more: flag, next: text, objects: listOf({ type: 'object' }) }),
      { more: false, objects: [INDICATOR] },
      { paged: false, place: DATES },
    ),
  }),
  versions: operation('taxiiVersions', 'List the versions of one object', {
    path: PATH,
    query: VERSIONS_PARAMETERS,
    answers: found(
      'Its versions, the oldest first.',
      object({ more: flag, next: text, versions: listOf(time) }),
      { versions: ['2026-01-15T10:00:00.000Z', '2026-02-01T08:15:00.250Z'] },
      { paged: false, place: DATES },
    ),
  }),
  contribute: operation('taxiiContribute', 'Contribute indicators', {
    description:
      'For keys with the write permission. Objects are taken like those of any source: normalised, screened, and published as indicators of this server.',
    path: { collection: PATH.collection },
    body: {
      mediaType: TAXII_MEDIA_TYPE,
      schema: object({ objects: listOf({ type: 'object' }) }, ['objects']),
      example: { objects: [INDICATOR] },
    },
    answers: [
      {
        ...answer('What became of each object.', STATUS, STATUS_EXAMPLE),
        status: 202,
        headers: { 'Cache-Control': 'no-store: it is not kept.' },
      },
    ],
    errors: [
      'not_acceptable',
      'not_permitted',
      'not_found',
      'unsupported_media_type',
      'payload_too_large',
      'unprocessable',
    ],
  }),
  status: operation('taxiiStatus', 'Read what became of a contribution', {
    path: { status: 'The id of the status, as its contribution was answered with; kept for 30 days.' },
    answers: found('What became of each object.', STATUS, STATUS_EXAMPLE),
    errors: ['not_acceptable', 'not_found'],
  }),
} as const satisfies Record<string, Operation>;

function operation(id: string, summary: string, rest: Omit<Operation, 'id' | 'tag' | 'summary'>): Operation {
  const errors: readonly ApiErrorCode[] =
    rest.path === undefined ? ['not_acceptable'] : ['not_acceptable', 'not_found'];
  return {
    id,
    tag: TAG,
    summary,
    errors,
    errorForm: ERROR_FORM,
    requestHeaders: PAGE_REQUEST_HEADERS,
    ...rest,
  };
}

/** The answers of a resource that is read; `pages` says which headers it has. */
function found(
  description: string,
  schema: JsonSchema,
  example: unknown,
  pages: Parameters<typeof pageAnswers>[1] = { paged: false },
): AnswerDescription[] {
  return pageAnswers([answer(description, schema, example)], pages);
}

function answer(description: string, schema: JsonSchema, example: unknown): AnswerDescription {
  return { status: 200, description, mediaType: TAXII_MEDIA_TYPE, schema, example };
}

function object(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}
