import type { Connection } from './connection.ts';

/**
 * Tells when something was committed to a database, by whatever process. SQLite is asked at most every `patience`
 * milliseconds, as each question costs two system calls; what this process commits is told by `changed`.
 */
export class ChangeWatch {
  readonly #connection: Connection;
  readonly #patience: number;
  readonly #question: string;
  #version: unknown;
  #askedAt = -Infinity;
  #generation = 0;

  /** `connection` must not write itself. `schema` names an attached database instead. */
  constructor(connection: Connection, patience: number, schema = 'main') {
    this.#connection = connection;
    this.#patience = patience;
    this.#question = `PRAGMA ${schema}.data_version`;
  }

  /** A number that stays the same until something is committed. */
  generation(): number {
    const now = performance.now();
    if (now - this.#askedAt < this.#patience) return this.#generation;
    const version = this.#connection.prepare(this.#question).get()?.data_version;
    if (version !== this.#version) {
      this.#version = version;
      this.#generation += 1;
    }
    this.#askedAt = now;
    return this.#generation;
  }

  /** Something was committed here: SQLite is asked at the next occasion. */
  changed(): void {
    this.#askedAt = -Infinity;
  }
}

/** Remembers answers of a store for as long as nobody has committed anything. */
export class Unchanged<T> {
  readonly #watch: ChangeWatch;
  readonly #most: number;
  readonly #known = new Map<string, T>();
  #generation = -1;

  /** Remembers `most` answers at the most. */
  constructor(watch: ChangeWatch, most: number) {
    this.#watch = watch;
    this.#most = most;
  }

  /** The answer to `question`, asked by `ask` unless it is known and nothing has changed. */
  get(question: string, ask: () => T): T {
    const generation = this.#watch.generation();
    if (generation !== this.#generation) {
      this.#known.clear();
      this.#generation = generation;
    }
    const known = this.#known.get(question);
    if (known !== undefined) return known;
    const answer = ask();
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(question, answer);
    return answer;
  }
}
