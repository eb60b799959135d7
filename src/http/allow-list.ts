import { BlockList, isIP } from 'node:net';

/**
 * Whether `address` lies in one of `networks`: addresses, or networks in CIDR notation. An IPv4 address mapped
 * into IPv6 counts as what it maps. An address or network that cannot be read is in none.
 */
export function addressAllowed(address: string, networks: readonly string[]): boolean {
  const plain = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
  const kind = isIP(plain);
  if (kind === 0) return false;
  const list = new BlockList();
  for (const network of networks) add(list, network);
  return list.check(plain, kind === 4 ? 'ipv4' : 'ipv6');
}

function add(list: BlockList, network: string): void {
  const [base = '', bits] = network.split('/');
  const kind = isIP(base);
  if (kind === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return;
  const width = kind === 4 ? 32 : 128;
  const length = bits === undefined ? width : Number(bits);
  if (length <= width) list.addSubnet(base, length, kind === 4 ? 'ipv4' : 'ipv6');
}
