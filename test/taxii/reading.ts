import assert from 'node:assert/strict';

import { COLLECTIONS } from '../../src/model/collection.ts';
import { TAXII_MEDIA_TYPE } from '../../src/http/taxii/media-type.ts';
import { type Answer, bearer, get, type Serving, type StixObject } from '../http/serving.ts';

export const ROOT = '/api/taxii2/api/';
export const ACCEPT = { accept: TAXII_MEDIA_TYPE };

/** A page of objects, or of entries of a manifest. */
export interface Envelope<T = StixObject> {
  readonly more: boolean;
  readonly next?: string;
  readonly objects: readonly T[];
}

export interface Entry {
  readonly id: string;
  readonly date_added: string;
  readonly version: string;
  readonly media_type: string;
}

/** The path of a collection, by its alias: by its id, as consumers have it. */
export function collectionPath(alias = 'all', root = ROOT): string {
  const { id } = COLLECTIONS.find((collection) => collection.alias === alias)!;
  return `${root}collections/${id}/`;
}

/** Asks with the Pro key and the Accept header of the standard, unless told otherwise. */
export async function ask(
  here: Serving,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return await get(here, path, { ...bearer(here.pro), ...ACCEPT, ...headers });
}

/** The JSON of an answer, after checking that it is one of TAXII's. */
export function taxiiBody({ status, headers, body }: Answer): unknown {
  assert.equal(status, 200, body.toString('utf8'));
  assert.equal(headers['content-type'], TAXII_MEDIA_TYPE);
  return JSON.parse(body.toString('utf8')) as unknown;
}

/** The objects of one page, of the path of a collection and a query. */
export async function readObjects(here: Serving, query = '', alias = 'all'): Promise<Envelope> {
  return taxiiBody(await ask(here, `${collectionPath(alias)}objects/${query}`)) as Envelope;
}

export function indicatorsIn({ objects }: Envelope): StixObject[] {
  return objects.filter(({ type }) => type === 'indicator');
}

export interface ErrorMessage {
  readonly title: string;
  readonly description: string;
  readonly error_id: string;
  readonly error_code: string;
  readonly http_status: string;
  readonly details?: {
    readonly problems: readonly { readonly parameter: string; readonly reason: string }[];
  };
}

/** The error message of an answer, after checking its shape (TAXII 2.1 §3.6). */
export function taxiiError({ status, headers, body }: Answer): ErrorMessage {
  assert.equal(headers['content-type'], TAXII_MEDIA_TYPE);
  const message = JSON.parse(body.toString('utf8')) as ErrorMessage;
  assert.equal(message.http_status, String(status));
  assert.equal(message.error_id, headers['x-request-id']);
  assert.ok(message.title.length > 0 && message.description.length > 0);
  return message;
}
