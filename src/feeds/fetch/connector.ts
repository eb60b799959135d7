import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';

import { buildConnector } from 'undici';

import type { AddressGuard } from './address-guard.ts';

/** Finds the addresses of a host name, as `dns.lookup` does with `all`. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** No address of a host may be connected to. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
  /** What the address is: `a loopback address`. */
  readonly use: string;

  constructor(use: string) {
    super(`the host has ${use}`);
    this.use = use;
  }
}

export interface ConnectorOptions {
  readonly guard: AddressGuard;
  readonly resolve: Resolve;
  /** Milliseconds for look-up, connection and TLS together. */
  readonly timeout: number;
  /** PEM certificates trusted instead of the built-in ones. */
  readonly ca?: string;
  /** Told the name of each host that was connected to at an address which only the operator's word opens. */
  readonly onInternal: (hostname: string) => void;
}

/** Node gives each address of a host 250 ms by default, which is less than a far server needs. */
const ATTEMPT_TIMEOUT = 1_000;

/**
 * Opens connections to allowed addresses only. The look-up that the socket itself makes is the one that is checked, so
 * that no second answer of a name server counts; TLS still verifies the name.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  const { guard, resolve, timeout, ca, onInternal } = options;
  const connect = buildConnector({
    allowH2: false,
    timeout,
    lookup: guardedLookup(guard, resolve),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT,
    ...(ca !== undefined && { ca }),
  });
  return (target, callback) => {
    // A socket looks no address up.
    const use = isIP(target.hostname) === 0 ? undefined : guard.refusal(target.hostname);
    if (use !== undefined) {
      callback(new ForbiddenAddress(use), null);
      return;
    }
    connect(target, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      const { remoteAddress = '' } = socket;
      const reached = remoteAddress === '' ? undefined : guard.refusal(remoteAddress);
      if (reached !== undefined) {
        socket.destroy();
        callback(new ForbiddenAddress(reached), null);
        return;
      }
      if (guard.isInternal(remoteAddress)) onInternal(target.hostname);
      callback(null, socket);
    });
  };
}

/** Asks the system's resolver, and so its hosts file as well. */
export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

const LOOPBACK: readonly ResolvedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** `localhost` and all below it are loopback whatever a name server says (RFC 6761 §6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/i;

/** A look-up that hands on the allowed addresses of a name, and fails when none is. */
function guardedLookup(guard: AddressGuard, resolve: Resolve): LookupFunction {
  async function allowed(hostname: string): Promise<ResolvedAddress[]> {
    const all = LOCALHOST.test(hostname) ? LOOPBACK : await resolve(hostname);
    const open = all.filter(({ address }) => guard.refusal(address) === undefined);
    const [first] = all;
    if (open.length === 0 && first !== undefined) {
      throw new ForbiddenAddress(guard.refusal(first.address) ?? 'no address');
    }
    return open;
  }
  const lookUp = callbackify(allowed);
  return (hostname, { all }, callback) => {
    lookUp(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) callback(error, '');
      else if (first === undefined) callback(notFound(hostname), '');
      else if (all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
}
