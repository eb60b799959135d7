import { BlockList, isIP } from 'node:net';

import { plainAddress, specialUse } from './special-use.ts';

/** Says which addresses may be connected to: those of the public internet, and those the operator allows. */
export class AddressGuard {
  readonly #allowed = new BlockList();

  /** Throws `RangeError` for what is neither an address nor a network in CIDR notation. */
  constructor(allowedNetworks: readonly string[] = []) {
    for (const network of allowedNetworks) allow(this.#allowed, network);
  }

  /** What speaks against connecting to an address: `a loopback address`; undefined when nothing does. */
  refusal(address: string): string | undefined {
    return this.#isAllowed(address) ? undefined : specialUse(address);
  }

  /** Whether the operator's word is all that opens this address. */
  isInternal(address: string): boolean {
    return this.#isAllowed(address) && specialUse(address) !== undefined;
  }

  #isAllowed(address: string): boolean {
    const plain = plainAddress(address);
    const kind = isIP(plain);
    return kind !== 0 && this.#allowed.check(plain, kind === 4 ? 'ipv4' : 'ipv6');
  }
}

function allow(list: BlockList, network: string): void {
  const [base = '', bits, ...rest] = network.split('/');
  const kind = isIP(base);
  const width = kind === 4 ? 32 : 128;
  const length = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  if (kind === 0 || length > width || rest.length > 0) {
    throw new RangeError(`"${network}" is neither an address nor a network such as 10.1.2.0/24`);
  }
  list.addSubnet(base, length, kind === 4 ? 'ipv4' : 'ipv6');
}
