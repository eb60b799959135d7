import type { RunRecord, Store } from '../store/store.ts';

/** So many runs are read at once. */
const STEP = 1_000;

/** So many sources are told apart; what others did is told as one. */
const MOST_SOURCES = 500;
const OTHERS = '(others)';

/** What became of what a source reported, as runs count it. */
export const RUN_RESULTS = ['added', 'updated', 'unchanged', 'held', 'withdrawn', 'quarantined'] as const;

/** How a run may have ended. */
const OUTCOMES: ReadonlySet<string> = new Set(['done', 'failed', 'discarded']);

/** All runs of one source together. */
export interface SourceTotals {
  readonly results: Record<(typeof RUN_RESULTS)[number], number>;
  readonly outcomes: Map<string, number>;
}

/** So many runs may be open at once; of more, the oldest were cut off and are taken as they are. */
const MOST_OPEN = 200;

/**
 * Sums up runs by source. A run that has ended is read once and never again, so that it does not matter how many
 * there have been.
 */
export class RunTotals {
  readonly #store: Pick<Store, 'runsAfter' | 'findRun'>;
  readonly #ended = new Map<string, SourceTotals>();
  /** Runs that had not ended when they were last looked at, in the order of their ids. */
  readonly #open = new Map<number, RunRecord>();
  #last = 0;

  constructor(store: Pick<Store, 'runsAfter' | 'findRun'>) {
    this.#store = store;
  }

  /** The totals now, by source. Not to be called again before it is done. Rejects with `StoreError`. */
  async read(): Promise<ReadonlyMap<string, SourceTotals>> {
    for (const id of this.#open.keys()) {
      const run = await this.#store.findRun(id);
      if (run !== undefined) this.#note(run);
    }
    for (;;) {
      const runs = await this.#store.runsAfter(this.#last, STEP);
      for (const run of runs) this.#note(run);
      if (runs.length < STEP) break;
      // Of years of runs, the first look takes a while: others come in between.
      await new Promise(setImmediate);
    }
    const totals = structuredClone(this.#ended);
    for (const run of this.#open.values()) add(totals, run);
    return totals;
  }

  #note(run: RunRecord): void {
    this.#last = Math.max(this.#last, run.id);
    if (OUTCOMES.has(run.state)) this.#settle(run);
    else this.#open.set(run.id, run);
    const [oldest] = this.#open.values();
    if (this.#open.size > MOST_OPEN) this.#settle(oldest!);
  }

  #settle(run: RunRecord): void {
    this.#open.delete(run.id);
    add(this.#ended, run);
  }
}

function add(totals: Map<string, SourceTotals>, run: RunRecord): void {
  const name = totals.has(run.source) || totals.size < MOST_SOURCES ? run.source : OTHERS;
  let total = totals.get(name);
  if (total === undefined) {
    const results = { added: 0, updated: 0, unchanged: 0, held: 0, withdrawn: 0, quarantined: 0 };
    total = { results, outcomes: new Map() };
    totals.set(name, total);
  }
  for (const result of RUN_RESULTS) total.results[result] += run[result];
  if (OUTCOMES.has(run.state)) total.outcomes.set(run.state, (total.outcomes.get(run.state) ?? 0) + 1);
}
