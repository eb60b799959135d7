import type { FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import type { Collection } from '../../model/collection.ts';
import { parseTaxiiRequest, type TaxiiRequest, type TaxiiTable } from '../../model/taxii-parameters.ts';
import type { RouteParts } from '../app.ts';
import { rawQuery } from '../credentials.ts';
import { Readings } from '../readings.ts';

/** The names in a path. */
interface Names {
  readonly collection: string;
  readonly object: string;
  readonly status: string;
}

/** What a request asks for of a collection, or of an object in it. */
export interface Asked {
  readonly collection: Collection;
  /** The id of the object in the path; empty where it names none. */
  readonly object: string;
  /** What it means at a time: how far it reaches back moves on. Throws `ParameterError`. */
  readonly at: (now: number) => TaxiiRequest;
}

/** Reads what requests name and ask for. */
export class TaxiiRequests {
  readonly #apiKeyInQuery: boolean;
  readonly #collections: ReadonlyMap<string, Collection>;

  constructor({ config }: Pick<RouteParts, 'config'>) {
    this.#apiKeyInQuery = config.apiKeyInQuery;
    this.#collections = new Map(
      config.taxii.collections.flatMap((each) => [each.id, each.alias].map((name) => [name, each] as const)),
    );
  }

  /** The collection in the path, by its id or alias. Throws `ApiError` when there is none. */
  collection(request: FastifyRequest): Collection {
    const wanted = namesOf(request).collection;
    const found = this.#collections.get(wanted) ?? this.#byId(wanted.toLowerCase());
    if (found !== undefined) return found;
    throw new ApiError('not_found', {
      message: 'There is no such collection: collections/ lists those that there are.',
    });
  }

  /** An id may be written in capitals (RFC 9562 §4), an alias may not. */
  #byId(wanted: string): Collection | undefined {
    const found = this.#collections.get(wanted);
    return found?.id === wanted ? found : undefined;
  }

  /** What reads requests of a route that takes these parameters. It throws `ApiError` where there is no such collection. */
  reader(table: TaxiiTable): (request: FastifyRequest) => Asked {
    const readings = new Readings(this.#apiKeyInQuery, (pairs, context, where) =>
      parseTaxiiRequest(table, pairs, where, context),
    );
    return (request) => {
      const collection = this.collection(request);
      const { object = '' } = namesOf(request);
      const where = `${collection.id} ${object}`;
      const { tier } = request.apiKey!;
      const query = rawQuery(request.raw.url);
      return { collection, object, at: (now) => readings.read(query, tier, now, where) };
    };
  }

  /** The id of the status in the path. */
  status(request: FastifyRequest): string {
    return namesOf(request).status ?? '';
  }
}

function namesOf(request: FastifyRequest): Partial<Names> & Pick<Names, 'collection'> {
  return request.params as Partial<Names> & Pick<Names, 'collection'>;
}
