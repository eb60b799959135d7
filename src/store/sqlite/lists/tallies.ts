import type { IocItem } from '../../../model/ioc-item.ts';
import { categoriesOf } from '../../../render/list/item.ts';
import type { Connection } from '../connection.ts';

const HOUR = 3_600_000;

/** Hours are kept for two weeks: a week, and the one before to compare it with. */
const HOURS_KEPT = 14 * 24;

/** What is counted; see `database.ts`. */
export type TallyKind = 'type_level' | 'category' | 'feed' | 'technique' | 'cve' | 'added' | 'updated';

/** What of an item is counted. */
export type Counted = Pick<IocItem, 'type' | 'value' | 'level' | 'techniques' | 'cves' | 'sources'>;

/** Under which names an item is counted. */
export function* countedAs(item: Counted): Generator<readonly [kind: TallyKind, name: string]> {
  const { type, value, level, techniques, cves, sources } = item;
  yield ['type_level', `${type} ${level}`];
  for (const category of categoriesOf(sources)) yield ['category', category];
  for (const name of new Set(sources.map((source) => source.name))) yield ['feed', name];
  for (const id of type === 'mitre-attack' ? new Set([value, ...techniques]) : techniques)
    yield ['technique', id];
  for (const id of type === 'cve' ? new Set([value, ...cves]) : cves) yield ['cve', id];
}

/** Counts kept beside what is published: gathered while a transaction runs, written by `flush` before it commits. */
export class Tallies {
  readonly #connection: Connection;
  readonly #changes = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Forgets what a transaction that was given up had gathered. */
  begin(): void {
    this.#changes.clear();
  }

  /** One more, or with -1 one less, current version like this one. */
  current(item: Counted, by: 1 | -1): void {
    for (const [kind, name] of countedAs(item)) this.#add(kind, name, by);
  }

  published(kind: 'added' | 'updated', stamp: number): void {
    this.#add(kind, String(Math.floor(stamp / HOUR)), 1);
  }

  flush(now: number): void {
    const put = this.#connection.prepare(
      'INSERT INTO tally (kind, name, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
    );
    for (const [key, by] of this.#changes) {
      if (by === 0) continue;
      const space = key.indexOf('\0');
      put.run(key.slice(0, space), key.slice(space + 1), by);
    }
    if (this.#changes.size > 0)
      this.#connection
        .prepare("DELETE FROM tally WHERE kind IN ('added', 'updated') AND CAST(name AS INTEGER) < ?")
        .run(Math.floor(now / HOUR) - HOURS_KEPT);
    this.#changes.clear();
  }

  #add(kind: TallyKind, name: string, by: number): void {
    const key = `${kind}\0${name}`;
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + by);
  }
}
