import type { FastifyRequest } from 'fastify';
import findMyWay from 'find-my-way';

import { ApiError } from '../errors.ts';
import { ROUTER } from './server.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The route whose path was asked for with a method that it does not have; null where there is no such path either. */
    otherRoute: string | null;
  }
}

interface KnownPath {
  readonly url: string;
  readonly methods: Set<string>;
}

/** Knows the paths of all routes whatever the method: fastify's own router, asked by path alone. */
export class KnownPaths {
  readonly #paths = new Map<string, KnownPath>();
  readonly #router = findMyWay(ROUTER);

  /** Takes a route in; `url` is its pattern. */
  add(url: string, methods: readonly string[]): void {
    const known = this.#paths.get(url) ?? this.#begin(url);
    for (const method of methods) known.methods.add(method);
  }

  /**
   * Why a request has no route. A path that has others answers 405 and names its methods (RFC 9110 §15.5.6), and becomes
   * the request's `otherRoute`; any other path answers 404.
   */
  refusal(request: FastifyRequest): ApiError {
    const known = this.#router.find('GET', request.url)?.store as KnownPath | undefined;
    if (known === undefined) return new ApiError('not_found');
    request.otherRoute = known.url;
    const allow = [...known.methods].sort().join(', ');
    return new ApiError('method_not_allowed', {
      message: `This path does not take ${request.method}, only ${allow}.`,
      headers: { allow },
    });
  }

  #begin(url: string): KnownPath {
    const known = { url, methods: new Set<string>() };
    this.#paths.set(url, known);
    this.#router.on('GET', url, () => undefined, known);
    return known;
  }
}
