import type { FetchOutcome, FetchTrouble } from './fetcher.ts';

/** A download that came to nothing, thrown where it is found out. `reason` is for people and holds no secret. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly state: FetchTrouble;
  readonly retryAt: number | undefined;

  constructor(state: FetchTrouble, reason: string, retryAt?: number) {
    super(reason);
    this.state = state;
    this.retryAt = retryAt;
  }

  get outcome(): FetchOutcome {
    const { state, message: reason, retryAt } = this;
    return { state, reason, ...(retryAt !== undefined && { retryAt }) };
  }
}
