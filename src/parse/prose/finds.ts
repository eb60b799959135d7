import type { Block } from './document.ts';
import type { ProseValue } from './values.ts';
import type { Verdict } from './verdict.ts';

/** A value that may be an IOC, with the block that it stands in. */
export interface Find extends ProseValue {
  readonly block: Block;
}

/** From so many defanged values on, a text is taken to defang all that it means. */
const DEFANGED_BY_HABIT = 3;

/** What was found, each value once for each verdict. */
export class Finds {
  readonly #byVerdict: Readonly<Record<Exclude<Verdict, 'no'>, Map<string, Find>>> = {
    meant: new Map(),
    plain: new Map(),
    weak: new Map(),
  };
  #defanged = 0;

  add(value: ProseValue, block: Block, verdict: Verdict): void {
    if (verdict === 'no') return;
    const known = this.#byVerdict[verdict];
    const key = `${value.type} ${value.value}`;
    if (known.has(key)) return;
    known.set(key, { ...value, block });
    if (value.isDefanged) this.#defanged += 1;
  }

  /** Whether nothing that is said of a value further down could change what becomes of it. */
  isSettled({ type, value }: ProseValue): boolean {
    return this.#byVerdict.meant.has(`${type} ${value}`);
  }

  accepted(): Find[] {
    const { meant, plain, weak } = this.#byVerdict;
    const first = new Map(meant);
    const hasHabit = this.#defanged >= DEFANGED_BY_HABIT;
    for (const [finds, isTaken] of [
      [plain, !hasHabit],
      [weak, this.#defanged === 0],
    ] as const)
      for (const [key, find] of finds) {
        const known = first.get(key);
        if (known === undefined ? isTaken : find.start < known.start) first.set(key, find);
      }
    return [...first.values()].sort((one, other) => one.start - other.start);
  }
}
