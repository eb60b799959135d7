import { nextLabel } from './labels.ts';
import { registrableOf, suffixOf } from './public-suffix.ts';
import { SHARED_PARENTS } from './shared-hosts.ts';

/** What covers a name: the entry, and what is known of it. */
export interface NameMatch<Payload> {
  readonly entry: string;
  readonly payload: Payload;
}

/**
 * Host names that cover what lies below them, as far as it belongs to the same owner: `google.com` covers
 * `www.google.com`, but `github.io` only itself, because anybody gets a name under it. Of equal names the first
 * that was given counts. A look-up costs a few hash probes.
 */
export class NameIndex<Payload> {
  readonly #trees = new Map<string, Payload>();
  readonly #exact = new Map<string, Payload>();
  readonly #parents = new Map<string, NameMatch<Payload>>();

  /** `below`: whether it covers names below it; `ownsWhatIsBelow` tells whether it may. */
  add(name: string, payload: Payload, below: boolean): void {
    const index = below ? this.#trees : this.#exact;
    if (!index.has(name)) index.set(name, payload);
  }

  /** Also matches what lies above `name`, up to what its owner registered: who blocks that, blocks it. */
  addParents(name: string, payload: Payload): void {
    const top = registrableOf(name);
    if (top === undefined) return;
    for (let at = nextLabel(name, 0); at >= 0 && name.length - at >= top.length; at = nextLabel(name, at)) {
      const parent = name.slice(at);
      if (!this.#parents.has(parent)) this.#parents.set(parent, { entry: name, payload });
    }
  }

  /** The narrowest name that covers a host in normal form. */
  find(host: string): NameMatch<Payload> | undefined {
    const own = this.#exact.get(host) ?? this.#trees.get(host);
    if (own !== undefined) return { entry: host, payload: own };
    if (host.startsWith('www.')) {
      const entry = host.slice(4);
      const payload = this.#exact.get(entry);
      if (payload !== undefined) return { entry, payload };
    }
    for (let at = nextLabel(host, 0); at >= 0; at = nextLabel(host, at)) {
      const entry = host.slice(at);
      if (SHARED_PARENTS.has(entry)) return undefined;
      const payload = this.#trees.get(entry);
      if (payload !== undefined) return isAnothers(host, entry) ? undefined : { entry, payload };
    }
    return undefined;
  }

  /** A name that lies below `host`, of the same owner. */
  findBelow(host: string): NameMatch<Payload> | undefined {
    return this.#parents.get(host);
  }
}

/** Whether all names below one are its owner’s: not of a public suffix, a shared parent, or a reverse zone. */
export function ownsWhatIsBelow(name: string): boolean {
  return !SHARED_PARENTS.has(name) && !name.endsWith('.arpa') && registrableOf(name) !== undefined;
}

/** Whether a shared suffix stands between a host and what lies above it. */
function isAnothers(host: string, above: string): boolean {
  const { suffix, isShared } = suffixOf(host);
  return isShared && above.length <= suffix.length;
}
