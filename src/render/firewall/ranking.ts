/** An entry of a list and its rank. */
interface Ranked {
  readonly line: string;
  readonly confidence: number;
  readonly lastSeen: number;
}

/** A time in milliseconds is smaller than this until the year 2109, so that confidence and time fit into one number. */
const TIMES = 2 ** 42;

/**
 * The best entries of however many there are: those of higher confidence, then those seen later, then by text, so that
 * the same entries are the same list in whatever order they come. Keeps up to twice as many meanwhile.
 */
export class Ranking {
  readonly #most: number;
  #kept = new Map<string, Ranked>();
  /** The rank of the worst that is kept, as soon as there are enough: what is worse need not be looked at. */
  #worst = -Infinity;

  /** `most` entries are the best. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many different entries are kept. As soon as they are `most`, what is worse than all of them changes nothing. */
  get size(): number {
    return this.#kept.size;
  }

  /** `confidence` from 0 to 100, `lastSeen` in UTC milliseconds. An entry that comes twice has the better of its ranks. */
  add(line: string, confidence: number, lastSeen: number): void {
    const ranked = { line, confidence, lastSeen };
    if (rankOf(ranked) < this.#worst) return;
    const other = this.#kept.get(line);
    if (other === undefined || rankOf(ranked) > rankOf(other)) this.#kept.set(line, ranked);
    if (this.#kept.size >= 2 * this.#most) this.#prune();
  }

  /** The best, best first, in pieces: those of one confidence are sorted at once. */
  *best(): Generator<readonly string[]> {
    this.#prune();
    const bands = Map.groupBy(this.#kept.values(), ({ confidence }) => confidence);
    for (const [, band] of [...bands].sort(([a], [b]) => b - a))
      yield band.sort(byRank).map(({ line }) => line);
  }

  /** Numbers are sorted far faster than entries, so that only those of the last rank are compared by their text. */
  #prune(): void {
    if (this.#kept.size <= this.#most) return;
    const all = [...this.#kept.values()];
    const worst = Float64Array.from(all, rankOf).sort().at(-this.#most)!;
    const better = all.filter((ranked) => rankOf(ranked) > worst);
    const last = all.filter((ranked) => rankOf(ranked) === worst).sort(byRank);
    const best = [...better, ...last.slice(0, this.#most - better.length)];
    this.#kept = new Map(best.map((ranked) => [ranked.line, ranked]));
    this.#worst = worst;
  }
}

/** The greater, the better. */
function rankOf({ confidence, lastSeen }: Ranked): number {
  return confidence * TIMES + Math.min(Math.max(lastSeen, 0), TIMES - 1);
}

function byRank(a: Ranked, b: Ranked): number {
  return rankOf(b) - rankOf(a) || (a.line < b.line ? -1 : Number(a.line > b.line));
}
