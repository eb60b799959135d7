import type { IocType } from '../model/ioc.ts';
import { normaliseDomain } from '../normalise/domain.ts';
import { normaliseIoc } from '../normalise/normalise.ts';
import { IPV4_WORDS, parseNetwork } from './address.ts';
import type { ListedNetwork, Listing } from './listing.ts';
import { NameIndex, ownsWhatIsBelow } from './name-index.ts';
import { NetworkList } from './networks.ts';
import { PatternList } from './patterns.ts';
import type { Policy } from './policy.ts';
import { registrableOf } from './public-suffix.ts';
import { isSharedHost } from './shared-hosts.ts';
import type { Warninglist } from './warninglist.ts';

/** A list of networks wider than these would hold everything. */
const WIDEST_IPV4 = 8;
const WIDEST_IPV6 = 16;

/** So many entries of a list are named that cannot be used; the rest are counted. */
const MOST_TOLD = 3;

/** The indexes of a gate while lists are put into them. */
export class Compilation {
  readonly domains = new NameIndex<Listing>();
  readonly generalUrls = new NameIndex<Listing>();
  readonly everyUrl = new NameIndex<Listing>();
  readonly emailDomains = new NameIndex<Listing>();
  readonly networks = new NetworkList<ListedNetwork>();
  readonly everyUrlNetworks = new NetworkList<ListedNetwork>();
  readonly guarded = new NetworkList<ListedNetwork>();
  readonly clouds = new NetworkList<ListedNetwork>();
  readonly exact = new Map<string, Listing>();
  readonly patterns = new PatternList();

  /** Puts a list in. Returns what could not be used of it, in sentences. */
  add(list: Warninglist, policy: Policy): string[] {
    if (policy.use === 'describe') return [];
    const intake = new ListIntake(this, list, policy);
    const faults = list.entries.flatMap((entry) => {
      const fault = intake.take(entry);
      return fault === undefined ? [] : [`${list.slug}: ${JSON.stringify(entry.slice(0, 100))}: ${fault}`];
    });
    return faults.length <= MOST_TOLD
      ? faults
      : [...faults.slice(0, MOST_TOLD), `${list.slug}: and ${faults.length - MOST_TOLD} more entries`];
  }
}

/** Takes the entries of one list. */
class ListIntake {
  readonly #to: Compilation;
  readonly #kind: Warninglist['kind'];
  readonly #types: readonly IocType[];
  readonly #policy: Policy;
  readonly #listing: Listing;

  constructor(to: Compilation, { kind, types, name }: Warninglist, policy: Policy) {
    this.#to = to;
    this.#kind = kind;
    this.#types = types;
    this.#policy = policy;
    this.#listing = { rule: policy.rule, list: name };
  }

  /** Returns why an entry cannot be used, or undefined. What no IOC could be is let go without a word. */
  take(entry: string): string | undefined {
    if (this.#policy.hosts !== undefined || this.#kind === 'hostname') return this.#host(entry);
    if (this.#kind === 'cidr') return this.#network(entry);
    if (this.#kind === 'substring') return this.#to.patterns.addSubstring(entry, this.#listing, this.#types);
    if (this.#kind === 'regex') return this.#to.patterns.addExpression(entry, this.#listing, this.#types);
    return this.#text(entry);
  }

  #host(entry: string): string | undefined {
    const text = entry.replace(/^\*?\./, '');
    const name = normaliseDomain(text);
    if (name.ok) {
      this.#name(name.value);
      return undefined;
    }
    return parseNetwork(text) === undefined ? this.#text(text) : this.#network(text);
  }

  #name(name: string): void {
    const { domains, emailDomains, generalUrls, everyUrl } = this.#to;
    const below = this.#policy.hosts !== 'exact' && ownsWhatIsBelow(name);
    if (this.#types.includes('domain')) {
      domains.add(name, this.#listing, below);
      if (this.#policy.guarded) domains.addParents(name, this.#listing);
      if (this.#listing.rule === 'popular_site') emailDomains.add(name, this.#listing, below);
    }
    if (!this.#types.includes('url')) return;
    const isTheirs =
      this.#policy.urls === 'every' && !isSharedHost(name) && registrableOf(name) !== undefined;
    (isTheirs ? everyUrl : generalUrls).add(name, this.#listing, below);
  }

  #network(entry: string): string | undefined {
    const network = parseNetwork(entry.toLowerCase());
    if (network === undefined) return 'not an address or network';
    const isIpv4 = network.words.length === IPV4_WORDS;
    if (network.prefix < (isIpv4 ? WIDEST_IPV4 : WIDEST_IPV6)) return 'so wide that it would hold everything';
    if (this.#policy.urls === 'every' && this.#types.includes('url'))
      this.#to.everyUrlNetworks.add(network, { ...this.#listing, entry });
    if (!this.#types.includes(isIpv4 ? 'ipv4' : 'ipv6')) return undefined;
    const listed = { ...this.#listing, entry };
    if (this.#policy.use === 'networks') this.#to.clouds.add(network, listed);
    else {
      this.#to.networks.add(network, listed);
      if (this.#policy.guarded) this.#to.guarded.add(network, listed);
    }
    return undefined;
  }

  #text(entry: string): string | undefined {
    const ioc = normaliseIoc(entry.replace(/^\*?\./, ''));
    if (!ioc.ok) return undefined;
    if (ioc.type === 'domain') this.#name(ioc.value);
    else if (ioc.type === 'ipv4' || ioc.type === 'ipv6') return this.#network(ioc.value);
    else if (this.#types.includes(ioc.type) && !this.#to.exact.has(ioc.value))
      this.#to.exact.set(ioc.value, this.#listing);
    return undefined;
  }
}
