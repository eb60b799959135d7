import type { Connection } from './connection.ts';

/**
 * Remembers answers of a store for as long as nobody, in any process, has committed anything: SQLite tells so for
 * a fraction of what any look-up costs. What was committed is seen by the very next question.
 */
export class Unchanged<T> {
  readonly #connection: Connection;
  readonly #most: number;
  readonly #known = new Map<string, T>();
  #version: unknown;

  /** Remembers `most` answers at the most. `connection` must not write itself. */
  constructor(connection: Connection, most: number) {
    this.#connection = connection;
    this.#most = most;
  }

  /** The answer to `question`, asked by `ask` unless it is known and nothing has changed. */
  get(question: string, ask: () => T): T {
    const version = this.#connection.prepare('PRAGMA data_version').get()?.data_version;
    if (version !== this.#version) {
      this.#known.clear();
      this.#version = version;
    }
    const known = this.#known.get(question);
    if (known !== undefined) return known;
    const answer = ask();
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(question, answer);
    return answer;
  }
}
