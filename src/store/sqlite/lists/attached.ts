import { StoreError } from '../../store.ts';
import type { Connection } from '../connection.ts';
import { fileAt } from './database.ts';

/** The database of lists beside that of indicators on a reading connection, as `lists`. */
export class AttachedLists {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #patience: number;
  #file = 0;
  #lookedAt = -Infinity;
  #times = 0;

  /** Every `patience` milliseconds it is looked whether another file stands in the place. */
  constructor(connection: Connection, path: string, patience: number) {
    this.#connection = connection;
    this.#path = path;
    this.#patience = patience;
  }

  /** To be called before lists are asked. Throws `StoreError` when they are not there yet, or cannot be read. */
  attach(): void {
    const now = performance.now();
    if (this.#file !== 0 && now - this.#lookedAt < this.#patience) return;
    const file = fileAt(this.#path);
    this.#lookedAt = now;
    if (file === this.#file && file !== 0) return;
    this.#connection.read(() => {
      if (this.#file !== 0) this.#connection.db.exec('DETACH lists');
      this.#file = 0;
      if (file === 0) throw new StoreError('unavailable', 'the lists have not been filled yet');
      this.#connection.prepare('ATTACH ? AS lists').run(this.#path);
      this.#file = file;
      this.#times += 1;
    });
  }

  /** How often another file was attached: what is remembered of the one before holds no more. */
  get times(): number {
    return this.#times;
  }
}
