import type { Hold } from '../model/hold.ts';
import { parseAddress } from './address.ts';
import { nextLabel } from './labels.ts';
import { registrableOf } from './public-suffix.ts';
import { isSharedHost } from './shared-hosts.ts';

/**
 * The hosts that a report comes from. What their owner registered is theirs as a whole, `www.example.com` means
 * `example.com`; of a host that others use too, only the host itself, and of an address, which has no owner above it, the address.
 */
export class OwnHosts {
  readonly #owned = new Set<string>();
  readonly #shared = new Set<string>();

  constructor(hosts: readonly string[]) {
    for (const given of hosts) {
      const host = given.toLowerCase().replace(/\.$|^\[|\]$/g, '');
      if (parseAddress(host) !== undefined) this.#owned.add(host);
      else if (isShared(host)) this.#shared.add(host);
      else this.#owned.add(registrableOf(host) ?? host);
    }
  }

  /** Whether a host, or a URL on it that leads to no page in particular, is one of them. */
  holdHost(host: string): Hold | undefined {
    const entry = this.#shared.has(host) ? host : this.#ownerOf(host);
    return entry === undefined ? undefined : { rule: 'own_domain', list: 'source', entry };
  }

  /** Whether everything on a host is theirs. */
  holdAll(host: string): Hold | undefined {
    const entry = this.#ownerOf(host);
    return entry === undefined ? undefined : { rule: 'own_domain', list: 'source', entry };
  }

  #ownerOf(host: string): string | undefined {
    for (let at = 0; at >= 0; at = nextLabel(host, at)) {
      const name = at === 0 ? host : host.slice(at);
      if (this.#owned.has(name)) return name;
    }
    return undefined;
  }
}

function isShared(host: string): boolean {
  return isSharedHost(host) || (host.includes('.') && registrableOf(host) === undefined);
}
