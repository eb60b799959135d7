import type { FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import type { Collection } from '../../model/collection.ts';
import { parseTaxiiRequest, type TaxiiRequest, type TaxiiTable } from '../../model/taxii-parameters.ts';
import { TIERS } from '../../model/tier.ts';
import type { RouteParts } from '../app.ts';
import { pairsOf } from '../parameters.ts';

/** The names in a path. */
interface Names {
  readonly collection: string;
  readonly object: string;
  readonly status: string;
}

/** Reads what requests name and ask for. */
export class TaxiiRequests {
  readonly #parts: Pick<RouteParts, 'config' | 'clock'>;

  constructor(parts: Pick<RouteParts, 'config' | 'clock'>) {
    this.#parts = parts;
  }

  /** The collection in the path, by its id or alias. Throws `ApiError` when there is none. */
  collection(request: FastifyRequest): Collection {
    const wanted = namesOf(request).collection;
    const { collections } = this.#parts.config.taxii;
    const found = collections.find(({ id, alias }) => alias === wanted || id === wanted.toLowerCase());
    if (found !== undefined) return found;
    throw new ApiError('not_found', {
      message: 'There is no such collection: collections/ lists those that there are.',
    });
  }

  /** What a request asks for of the collection, or of the object, in its path. Throws `ApiError` and `ParameterError`. */
  read(table: TaxiiTable, request: FastifyRequest): TaxiiRequest {
    const { config, clock } = this.#parts;
    const where = `${this.collection(request).id} ${namesOf(request).object ?? ''}`;
    const context = { tier: TIERS[request.apiKey!.tier], now: clock() };
    return parseTaxiiRequest(table, pairsOf(request, config.apiKeyInQuery), where, context);
  }

  /** The id of the object in the path. */
  object(request: FastifyRequest): string {
    return namesOf(request).object ?? '';
  }

  /** The id of the status in the path. */
  status(request: FastifyRequest): string {
    return namesOf(request).status ?? '';
  }
}

function namesOf(request: FastifyRequest): Partial<Names> & Pick<Names, 'collection'> {
  return request.params as Partial<Names> & Pick<Names, 'collection'>;
}
