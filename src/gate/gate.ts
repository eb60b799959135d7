import type { Hold } from '../model/hold.ts';
import type { Ioc } from '../model/ioc.ts';
import { bitsOf, IPV4_WORDS, type Network, parseAddress, parseNetwork } from './address.ts';
import { holdBy, type ListedNetwork, type Listing } from './listing.ts';
import type { NameIndex } from './name-index.ts';
import type { NetworkIndex } from './networks.ts';
import type { OperatorIndex, OperatorVerdict } from './operator-index.ts';
import { OwnHosts } from './own-hosts.ts';
import type { PatternIndex } from './patterns.ts';
import { isSuffix } from './public-suffix.ts';
import { carriedIpv4, specialUseOf } from './special-addresses.ts';
import { specialNameOf } from './special-names.ts';
import { urlParts } from './url-parts.ts';

/**
 * Nobody can block a network wider than the first of each pair: no operator may release it. One wider than the
 * second is held unless the operator denies it; narrower ones are hijacked whole, and listed so (Spamhaus DROP).
 */
const WIDEST = { ipv4: { ever: 8, held: 12 }, ipv6: { ever: 16, held: 24 } } as const;

/** RFC 1035 §2.3.4, without the dots around. Nothing longer is in normal form. */
const LONGEST_NAME = 253;

/** Where a report comes from: hosts of the feed, or of the article and its own links. */
export interface Origin {
  readonly ownHosts: readonly string[];
}

/** Everything that a gate looks values up in. */
export interface GateParts {
  readonly fingerprint: string;
  readonly nextExpiry: number | undefined;
  readonly problems: readonly string[];
  readonly documentation: 'hold' | 'pass';
  readonly operator: OperatorIndex;
  readonly domains: NameIndex<Listing>;
  /** Hosts of which URLs are held that lead to no page in particular. */
  readonly generalUrls: NameIndex<Listing>;
  /** Hosts of which every URL is held. */
  readonly everyUrl: NameIndex<Listing>;
  readonly emailDomains: NameIndex<Listing>;
  /** Domains of which mailboxes pass. */
  readonly mailProviders: ReadonlySet<string>;
  readonly networks: NetworkIndex<ListedNetwork>;
  /** Networks of which every URL is held. */
  readonly everyUrlNetworks: NetworkIndex<ListedNetwork>;
  /** Networks so important that what contains them is held too. */
  readonly guarded: NetworkIndex<ListedNetwork>;
  /** Where each address is one customer's, and a network many's. */
  readonly clouds: NetworkIndex<ListedNetwork>;
  readonly exact: ReadonlyMap<string, Listing>;
  readonly patterns: PatternIndex;
}

/**
 * Tells what may not be published, and why: see `docs/gate.md`. What it is made of never changes; for other
 * lists build another.
 */
export class Gate {
  readonly #parts: GateParts;
  readonly #own = new WeakMap<readonly string[], OwnHosts>();

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Names the lists and entries that it was made of: two gates of one fingerprint answer alike. */
  get fingerprint(): string {
    return this.#parts.fingerprint;
  }

  /** When the next of the operator's entries expires, UTC milliseconds: build another gate then. */
  get nextExpiry(): number | undefined {
    return this.#parts.nextExpiry;
  }

  /** What of the lists and entries could not be used, in sentences for people. */
  get problems(): readonly string[] {
    return this.#parts.problems;
  }

  /**
   * Why a value in normal form may not be published, or undefined when it may. The same for the same value, whoever
   * reports it, but for the hosts of `origin`. Never throws; microseconds.
   */
  check(ioc: Ioc, origin?: Origin): Hold | undefined {
    switch (ioc.type) {
      case 'ipv4':
      case 'ipv6':
        return this.#checkNetwork(ioc, origin);
      case 'domain':
        return this.#checkDomain(ioc, origin);
      case 'url':
        return this.#checkUrl(ioc, origin);
      case 'email':
        return this.#checkEmail(ioc, origin);
      default:
        return decided(this.#parts.operator.ofValue(ioc), () => this.#listed(ioc));
    }
  }

  #checkNetwork(ioc: Ioc, origin: Origin | undefined): Hold | undefined {
    const network = parseNetwork(ioc.value);
    if (network === undefined) return undefined;
    const widest = network.words.length === IPV4_WORDS ? WIDEST.ipv4 : WIDEST.ipv6;
    if (network.prefix < widest.ever) return tooBroad(ioc, widest.ever);
    const special = this.#specialAddress(network);
    if (typeof special === 'object') return special;
    return decided(
      this.#parts.operator.ofNetwork(network),
      () =>
        this.#ownHosts(origin)?.holdHost(ioc.value) ??
        (special === 'documentation'
          ? undefined
          : network.prefix < widest.held
            ? tooBroad(ioc, widest.held)
            : (this.#listedNetwork(network) ?? this.#listed(ioc))),
    );
  }

  #checkDomain(ioc: Ioc, origin: Origin | undefined): Hold | undefined {
    const host = ioc.value;
    if (host.length > LONGEST_NAME) return undefined;
    const special = this.#specialName(host);
    if (typeof special === 'object') return special;
    return decided(
      this.#parts.operator.ofDomain(host),
      () =>
        this.#ownHosts(origin)?.holdHost(host) ??
        (special === 'documentation'
          ? undefined
          : (found(this.#parts.domains.find(host)) ??
            found(this.#parts.domains.findBelow(host)) ??
            publicSuffix(host) ??
            this.#listed(ioc))),
    );
  }

  #checkUrl(ioc: Ioc, origin: Origin | undefined): Hold | undefined {
    const parts = urlParts(ioc.value);
    if (parts === undefined || parts.host.length > LONGEST_NAME) return undefined;
    const { host, hasPort, isSpecific } = parts;
    const words = parseAddress(host);
    const address = words && { words, prefix: bitsOf(words) };
    const special = address === undefined ? this.#specialName(host) : this.#specialAddress(address);
    if (typeof special === 'object') return special;
    return decided(this.#parts.operator.ofUrl(ioc.value, host, address), () => {
      const own = this.#ownHosts(origin);
      const ours = isSpecific ? own?.holdAll(host) : own?.holdHost(host);
      if (ours !== undefined || special === 'documentation') return ours;
      const onHost =
        address === undefined
          ? this.#urlOnName(host, isSpecific)
          : this.#urlOnAddress(address, isSpecific || hasPort);
      return onHost ?? this.#listed(ioc);
    });
  }

  #urlOnName(host: string, isSpecific: boolean): Hold | undefined {
    const every = found(this.#parts.everyUrl.find(host));
    if (every !== undefined || isSpecific) return every;
    return found(this.#parts.generalUrls.find(host)) ?? publicSuffix(host);
  }

  #urlOnAddress(address: Network, isSpecific: boolean): Hold | undefined {
    const { networks, everyUrlNetworks } = this.#parts;
    const listed =
      everyUrlNetworks.covering(address) ?? (isSpecific ? undefined : networks.covering(address));
    return listed === undefined || listed.isRented === true ? undefined : holdBy(listed, listed.entry);
  }

  #checkEmail(ioc: Ioc, origin: Origin | undefined): Hold | undefined {
    const host = ioc.value.slice(ioc.value.lastIndexOf('@') + 1);
    if (host.length > LONGEST_NAME) return undefined;
    const special = this.#specialName(host);
    if (typeof special === 'object') return special;
    return decided(this.#parts.operator.ofEmail(ioc.value), () => {
      const own = this.#ownHosts(origin)?.holdAll(host);
      if (own !== undefined || special === 'documentation') return own;
      const isMailbox = this.#parts.mailProviders.has(host);
      return (isMailbox ? undefined : found(this.#parts.emailDomains.find(host))) ?? this.#listed(ioc);
    });
  }

  #listedNetwork(network: Network): Hold | undefined {
    const listed = this.#network(network);
    const carried = listed === undefined ? carriedIpv4(network) : undefined;
    const found = listed ?? (carried && this.#network(carried));
    return found && holdBy(found, found.entry);
  }

  #network(network: Network): ListedNetwork | undefined {
    const { networks, guarded, clouds } = this.#parts;
    const isAddress = network.prefix === bitsOf(network.words);
    const covering = networks.covering(network);
    if (covering !== undefined && !(isAddress && covering.isRented === true)) return covering;
    return isAddress
      ? undefined
      : (guarded.inside(network) ?? clouds.covering(network) ?? clouds.inside(network));
  }

  #listed(ioc: Ioc): Hold | undefined {
    const listing = this.#parts.exact.get(ioc.value);
    return listing === undefined ? this.#parts.patterns.find(ioc) : holdBy(listing, ioc.value);
  }

  #specialAddress(network: Network): Hold | 'documentation' | undefined {
    return this.#special(specialUseOf(network));
  }

  #specialName(host: string): Hold | 'documentation' | undefined {
    return this.#special(specialNameOf(host));
  }

  #special(
    use: { readonly entry: string; readonly list: string; readonly isDocumentation: boolean } | undefined,
  ): Hold | 'documentation' | undefined {
    if (use === undefined) return undefined;
    if (use.isDocumentation && this.#parts.documentation === 'pass') return 'documentation';
    return { rule: 'special_use', list: use.list, entry: use.entry };
  }

  #ownHosts(origin: Origin | undefined): OwnHosts | undefined {
    if (origin === undefined || origin.ownHosts.length === 0) return undefined;
    const known = this.#own.get(origin.ownHosts);
    if (known !== undefined) return known;
    const hosts = new OwnHosts(origin.ownHosts);
    this.#own.set(origin.ownHosts, hosts);
    return hosts;
  }
}

/** The operator's word, or what the lists say when there is none. */
function decided(verdict: OperatorVerdict, lists: () => Hold | undefined): Hold | undefined {
  if (verdict === undefined) return lists();
  return verdict === 'pass' ? undefined : verdict;
}

function found(match: { readonly entry: string; readonly payload: Listing } | undefined): Hold | undefined {
  return match && holdBy(match.payload, match.entry);
}

function publicSuffix(host: string): Hold | undefined {
  return isSuffix(host) ? { rule: 'shared_host', list: 'Public Suffix List', entry: host } : undefined;
}

function tooBroad({ value }: Ioc, widest: number): Hold {
  return { rule: 'too_broad', list: `networks wider than /${widest}`, entry: value };
}
