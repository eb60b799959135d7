import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import type { Collection } from '../../model/collection.ts';
import type { KeyRecord } from '../../store/store.ts';
import type { RouteParts } from '../app.ts';
import type { RouteAuth } from '../auth.ts';
import { requireTaxiiAccepted, requireTaxiiContent, TAXII_MEDIA_TYPE } from './media-type.ts';
import { TAXII_OPERATIONS } from './operations.ts';
import type { TaxiiRequests } from './requests.ts';
import { MAX_CONTENT_LENGTH } from './resources.ts';
import { statusOf } from './status.ts';

/** Whether a key may contribute to a collection: partners' indicators all come in by one. */
export function mayContribute({ takes }: Collection, key: KeyRecord, { contribute }: RouteParts): boolean {
  return contribute !== undefined && takes === true && key.canWrite === true;
}

/** `POST …/objects/` at these paths (TAXII 2.1 §5.5): what partners contribute. */
export function contributing(
  app: FastifyInstance,
  parts: RouteParts,
  auth: RouteAuth,
  paths: readonly string[],
  requests: TaxiiRequests,
): void {
  const { store, contribute, clock } = parts;
  app.addContentTypeParser(
    'application/taxii+json',
    { parseAs: 'buffer', bodyLimit: MAX_CONTENT_LENGTH },
    (_request, body, done) => done(null, body),
  );
  // Before the body is read: what is refused in any case is not waited for.
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    requireTaxiiAccepted(request.headers.accept);
    const collection = requests.collection(request);
    if (!mayContribute(collection, request.apiKey!, parts)) throw refusal(collection, request.apiKey!);
    requireTaxiiContent(request.headers);
  };
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const { account } = request.apiKey!;
    if (!(request.body instanceof Uint8Array))
      throw new ApiError('unprocessable', { message: 'The request has no body.' });
    const outcome = await contribute!({ bytes: request.body, account });
    if (!outcome.readable)
      throw new ApiError('unprocessable', { message: `Nothing was taken: ${outcome.reason}.` });
    const record = statusOf(outcome.objects, account, now);
    await store.keepContribution(record, now);
    return await reply
      .code(202)
      .headers({ 'content-type': TAXII_MEDIA_TYPE, 'cache-control': 'no-store' })
      .send(Buffer.from(record.status));
  };
  for (const [index, url] of paths.entries()) {
    const operation = index === 0 ? TAXII_OPERATIONS.contribute : 'none';
    const config = { auth, operation } as const;
    app.route({ method: 'POST', url, config, onRequest, handler, bodyLimit: MAX_CONTENT_LENGTH });
  }
}

/** `DELETE …/objects/{id}/` at these paths: nobody may, whether or not they may contribute (TAXII 2.1 §5.7). */
export function refuseDeletion(
  app: FastifyInstance,
  auth: RouteAuth,
  paths: readonly string[],
  requests: TaxiiRequests,
): void {
  const refuse = async (request: FastifyRequest): Promise<void> => {
    requests.collection(request);
    const message =
      'Objects are not deleted here. To take back what you contributed, send it with "revoked": true.';
    throw new ApiError('not_permitted', { message });
  };
  for (const url of paths)
    app.route({
      method: 'DELETE',
      url,
      config: { auth, operation: 'none' },
      onRequest: refuse,
      handler: refuse,
    });
}

function refusal({ title, takes }: Collection, { canWrite }: KeyRecord): ApiError {
  const message =
    canWrite === true && takes !== true
      ? `${title} is read-only: see can_write in collections/ for the one that takes contributions.`
      : 'The API key may read, and not contribute.';
  return new ApiError('not_permitted', { message });
}
