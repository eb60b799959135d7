import type { Hold } from '../model/hold.ts';
import type { Ioc } from '../model/ioc.ts';
import type { OperatorEntry } from '../model/operator-entry.ts';
import type { Clock } from '../model/time.ts';
import type { GateStore, KnownIoc } from '../store/store.ts';

/** What is needed of a gate here. */
export interface GateLike {
  readonly fingerprint: string;
  /** When it must be built anew, UTC milliseconds. */
  readonly nextExpiry: number | undefined;
  check(ioc: Ioc, origin?: { readonly ownHosts: readonly string[] }): Hold | undefined;
}

export interface GateKeeperParts {
  readonly store: GateStore;
  readonly clock: Clock;
  /** Builds a gate of the operator's entries and the warninglists as they are. */
  readonly build: (operator: readonly OperatorEntry[], now: number) => Promise<GateLike>;
}

/** What a check of everything changed. */
export interface Recheck {
  readonly checked: number;
  /** IOCs that are now held back, and those that are let go. */
  readonly held: number;
  readonly released: number;
}

/** So many IOCs are checked, and at most as many published, at a time. */
const BATCH = 2_000;

/**
 * Keeps the gate up to date with the operator's lists, and the store with the gate: what is on a list is taken back although no
 * source reports it again, and what is on none any more is published.
 */
export class GateKeeper {
  readonly #parts: GateKeeperParts;
  #gate: GateLike | undefined;
  #builtOf = '';

  constructor(parts: GateKeeperParts) {
    this.#parts = parts;
  }

  /** The gate as of now. Rejects with what building it throws. */
  async current(): Promise<GateLike> {
    const { store, clock, build } = this.#parts;
    const now = clock();
    const entries = await store.listEntries();
    const builtOf = JSON.stringify(entries);
    const over = (this.#gate?.nextExpiry ?? Infinity) <= now;
    if (this.#gate === undefined || over || builtOf !== this.#builtOf) {
      this.#gate = await build(entries, now);
      this.#builtOf = builtOf;
    }
    return this.#gate;
  }

  /** Has the gate built anew next time: its warninglists are others. */
  renew(): void {
    this.#gate = undefined;
  }

  /**
   * Checks every IOC of the store by the current gate, unless that has been done; undefined then. It begins anew with the next
   * call when it is stopped by the signal.
   */
  async recheck(signal: AbortSignal): Promise<Recheck | undefined> {
    const { store, clock } = this.#parts;
    const gate = await this.current();
    if ((await store.gateFingerprint()) === gate.fingerprint) return undefined;
    await store.beginGateCheck(gate.fingerprint);
    let [checked, held, released] = [0, 0, 0];
    for (let after = 0; ;) {
      const page = await store.listIocs(after, BATCH);
      if (page.length === 0) break;
      signal.throwIfAborted();
      const changes = page.flatMap((ioc) => changeOf(ioc, gate));
      if (changes.length > 0) await store.setHolds(changes, clock(), gate.fingerprint);
      checked += page.length;
      held += changes.filter(({ hold }) => hold !== undefined).length;
      released += changes.filter(({ hold }) => hold === undefined).length;
      after = page.at(-1)!.id;
    }
    // What runs by an older gate have let pass meanwhile, the next call finds.
    await store.endGateCheck(gate.fingerprint);
    return { checked, held, released };
  }
}

function changeOf(ioc: KnownIoc, gate: GateLike): { readonly id: number; readonly hold?: Hold }[] {
  const hold = gate.check(ioc);
  const { id, hold: before } = ioc;
  if (hold?.rule === before?.rule && hold?.list === before?.list && hold?.entry === before?.entry) return [];
  return [{ id, ...(hold !== undefined && { hold }) }];
}
