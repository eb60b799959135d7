import { IPV4_WORDS, IPV6_WORDS, type Network } from './address.ts';
import { RangeIndex } from './range-index.ts';

/** Networks of both families, being collected. */
export class NetworkList<Payload> {
  readonly #ranges: (Network & { readonly payload: Payload })[] = [];

  add({ words, prefix }: Network, payload: Payload): void {
    this.#ranges.push({ words, prefix, payload });
  }

  index(): NetworkIndex<Payload> {
    return new NetworkIndex(this.#ranges);
  }
}

/** Networks of both families, to be asked. */
export class NetworkIndex<Payload> {
  readonly #ipv4: RangeIndex<Payload>;
  readonly #ipv6: RangeIndex<Payload>;

  constructor(ranges: readonly (Network & { readonly payload: Payload })[]) {
    const ofWidth = (width: number) => ranges.filter(({ words }) => words.length === width);
    this.#ipv4 = new RangeIndex(IPV4_WORDS, ofWidth(IPV4_WORDS));
    this.#ipv6 = new RangeIndex(IPV6_WORDS, ofWidth(IPV6_WORDS));
  }

  /** What is known of the narrowest network that covers all of `network`. */
  covering(network: Network): Payload | undefined {
    return this.#of(network).covering(network);
  }

  /** What is known of a network that lies inside `network` and is narrower. */
  inside(network: Network): Payload | undefined {
    return this.#of(network).inside(network);
  }

  #of({ words }: Network): RangeIndex<Payload> {
    return words.length === IPV4_WORDS ? this.#ipv4 : this.#ipv6;
  }
}
