import type { Hold } from '../model/hold.ts';
import type { Ioc } from '../model/ioc.ts';
import type { OperatorEntry } from '../model/operator-entry.ts';
import { normaliseIoc } from '../normalise/normalise.ts';
import { type Network, parseNetwork } from './address.ts';
import { nextLabel } from './labels.ts';
import { type NetworkIndex, NetworkList } from './networks.ts';

/** What the operator's lists say: a hold, `pass`, or nothing. */
export type OperatorVerdict = Hold | 'pass' | undefined;

/**
 * The operator's entries that are in force. A domain covers names below it, URLs on them and mailboxes at them; a
 * network what lies in it and URLs on its addresses; a URL that ends in `/` what begins with it. The narrowest entry decides, of two
 * equal ones `allow`. What contains something allowed is held, so that blocking it does not block that.
 */
export class OperatorIndex {
  readonly #exact = new Map<string, OperatorEntry>();
  readonly #prefixes = new Map<string, OperatorEntry>();
  readonly #prefixLengths: readonly number[];
  readonly #names = new Map<string, OperatorEntry>();
  readonly #aboveAllowed = new Map<string, OperatorEntry>();
  readonly #networks: NetworkIndex<OperatorEntry>;
  readonly #allowedNetworks: NetworkIndex<OperatorEntry>;

  constructor(entries: readonly OperatorEntry[]) {
    const networks = new NetworkList<OperatorEntry>();
    const allowed = new NetworkList<OperatorEntry>();
    for (const entry of entries.toSorted((a, b) => a.list.localeCompare(b.list))) {
      const ioc = normaliseIoc(entry.value);
      if (!ioc.ok) continue;
      if (ioc.type === 'domain') this.#addName(ioc.value, entry);
      else if (ioc.type === 'ipv4' || ioc.type === 'ipv6') {
        const network = parseNetwork(ioc.value)!;
        networks.add(network, entry);
        if (entry.list === 'allow') allowed.add(network, entry);
      } else if (ioc.type === 'url' && ioc.value.endsWith('/')) addFirst(this.#prefixes, ioc.value, entry);
      else addFirst(this.#exact, ioc.value, entry);
    }
    this.#prefixLengths = [...new Set([...this.#prefixes.keys()].map(({ length }) => length))].sort(
      (a, b) => b - a,
    );
    this.#networks = networks.index();
    this.#allowedNetworks = allowed.index();
  }

  /** Of hashes, CVEs and the like, which nothing but their own entry covers. */
  ofValue({ value }: Ioc): OperatorVerdict {
    return verdict(this.#exact.get(value));
  }

  ofNetwork(network: Network): OperatorVerdict {
    return verdict(this.#allowedNetworks.inside(network) ?? this.#networks.covering(network));
  }

  ofDomain(host: string): OperatorVerdict {
    return verdict(this.#aboveAllowed.get(host) ?? this.#coveringName(host));
  }

  ofEmail(value: string): OperatorVerdict {
    return verdict(this.#exact.get(value) ?? this.#coveringName(value.slice(value.lastIndexOf('@') + 1)));
  }

  /** `address` is the host where that is an address. */
  ofUrl(value: string, host: string, address: Network | undefined): OperatorVerdict {
    const own = this.#exact.get(value) ?? this.#prefixOf(value);
    if (own !== undefined) return verdict(own);
    return verdict(address === undefined ? this.#coveringName(host) : this.#networks.covering(address));
  }

  #addName(name: string, entry: OperatorEntry): void {
    addFirst(this.#names, name, entry);
    if (entry.list !== 'allow') return;
    for (let at = nextLabel(name, 0); at >= 0; at = nextLabel(name, at))
      addFirst(this.#aboveAllowed, name.slice(at), entry);
  }

  #coveringName(host: string): OperatorEntry | undefined {
    if (this.#names.size === 0) return undefined;
    for (let at = 0; at >= 0; at = nextLabel(host, at)) {
      const entry = this.#names.get(at === 0 ? host : host.slice(at));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #prefixOf(url: string): OperatorEntry | undefined {
    for (const length of this.#prefixLengths) {
      const entry = length > url.length ? undefined : this.#prefixes.get(url.slice(0, length));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }
}

function addFirst(map: Map<string, OperatorEntry>, key: string, entry: OperatorEntry): void {
  if (!map.has(key)) map.set(key, entry);
}

function verdict(entry: OperatorEntry | undefined): OperatorVerdict {
  if (entry === undefined) return undefined;
  return entry.list === 'deny' ? 'pass' : { rule: 'operator_allow', list: 'operator', entry: entry.value };
}
