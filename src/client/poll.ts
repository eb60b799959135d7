import { nextLink, queryOfLink } from './query.ts';
import { type Answer, jsonOf } from './transport.ts';
import type { Bundle, StixIndicator, StixObject } from './types.ts';

/** Asks for one page of a bundle. */
type Ask = (query: URLSearchParams) => Promise<Answer>;

/**
 * Indicators, page after page, and where to go on next time: `for await (const indicator of poll) …`. It is gone through
 * once.
 */
export class Poll implements AsyncIterable<StixIndicator> {
  readonly #ask: Ask;
  readonly #first: URLSearchParams;
  #nextSince: string | undefined;
  #begun = false;

  constructor(ask: Ask, query: URLSearchParams) {
    this.#ask = ask;
    this.#first = query;
    this.#nextSince = query.get('since') ?? undefined;
  }

  /**
   * What to send as `since` next time, so that every version comes once. With `since` it moves on with each indicator
   * that was dealt with: where the loop ends early, the next begins with the one that it ended in. Without `since`,
   * that is on a first download, it is known when all of it has come; it stays undefined where there was nothing.
   */
  get nextSince(): string | undefined {
    return this.#nextSince;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StixIndicator, void, undefined> {
    if (this.#begun)
      throw new TypeError('this poll was gone through already: begin another with its nextSince');
    this.#begun = true;
    const isPoll = this.#first.has('since');
    let newest: string | undefined;
    for (let query: URLSearchParams | undefined = this.#first; query !== undefined;) {
      const answer: Answer = await this.#ask(query);
      for (const indicator of indicatorsOf(answer)) {
        newest ??= indicator.modified;
        yield indicator;
        if (isPoll) this.#nextSince = indicator.modified;
      }
      const link = nextLink(answer.headers.get('link'));
      query = link === undefined ? undefined : queryOfLink(link);
    }
    if (!isPoll) this.#nextSince = newest;
  }
}

function indicatorsOf(answer: Answer): StixIndicator[] {
  const { objects = [] } = jsonOf(answer) as Partial<Bundle>;
  return objects.filter(isIndicator);
}

/** Whether an object of a bundle is an indicator. */
export function isIndicator(object: StixIndicator | StixObject): object is StixIndicator {
  return object.type === 'indicator';
}
