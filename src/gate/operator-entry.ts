import type { OperatorEntry, OperatorList } from '../model/operator-entry.ts';
import { normaliseIoc } from '../normalise/normalise.ts';
import { cleanText } from '../normalise/context.ts';
import { IPV4_WORDS, parseNetwork } from './address.ts';
import { specialUseOf } from './special-addresses.ts';
import { specialNameOf } from './special-names.ts';
import { urlParts } from './url-parts.ts';

const LONGEST_COMMENT = 500;
const LONGEST_OWNER = 100;

/** To allow or deny a wider network would decide on a large part of the internet. */
const WIDEST_IPV4 = 8;
const WIDEST_IPV6 = 16;

/** An entry as somebody typed it, or as a file has it. Times are UTC milliseconds since 1970. */
export interface OperatorEntryInput {
  readonly list: OperatorList;
  /** A domain (`*.example.com` and `.example.com` too), URL, address, network, hash, mailbox or CVE, possibly defanged. */
  readonly value: string;
  readonly comment?: string;
  readonly owner?: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
}

export type OperatorEntryReading =
  | { readonly ok: true; readonly entry: OperatorEntry }
  | { readonly ok: false; readonly reason: string };

/** An entry in normal form, or in a sentence why it cannot be one and how to mend it. Never throws. */
export function parseOperatorEntry(input: OperatorEntryInput): OperatorEntryReading {
  const ioc = normaliseIoc(input.value.trim().replace(/^\*?\.(?=[^.])/, ''));
  if (!ioc.ok) {
    const shown = cleanText(input.value, 100) ?? '';
    return refused(
      `"${shown}": ${ioc.reason}. An entry is a domain, URL, address, network, hash, mailbox or CVE.`,
    );
  }
  if (ioc.type === 'ipv4' || ioc.type === 'ipv6') {
    const network = parseNetwork(ioc.value)!;
    const widest = network.words.length === IPV4_WORDS ? WIDEST_IPV4 : WIDEST_IPV6;
    if (network.prefix < widest)
      return refused(`${ioc.value} is wider than /${widest}: name the networks in it that you mean.`);
  }
  if (input.list === 'deny' && isSpecialUse(ioc.type, ioc.value))
    return refused(
      `${ioc.value} is for special use: it is never published, so that to deny it changes nothing.`,
    );
  if (input.expiresAt !== undefined && !(input.expiresAt > input.createdAt))
    return refused('The entry expires before it begins; leave the expiry out for an entry that stays.');
  const comment = cleanText(input.comment, LONGEST_COMMENT);
  const owner = cleanText(input.owner, LONGEST_OWNER);
  return {
    ok: true,
    entry: {
      list: input.list,
      value: ioc.value,
      ...(comment !== undefined && { comment }),
      ...(owner !== undefined && { owner }),
      createdAt: input.createdAt,
      ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
    },
  };
}

/** Documentation addresses and names are let be: where they pass, they may be denied too. */
function isSpecialUse(type: string, value: string): boolean {
  const host = type === 'url' ? urlParts(value)?.host : value.slice(value.lastIndexOf('@') + 1);
  if (host === undefined) return false;
  const network = parseNetwork(host);
  const use = network === undefined ? specialNameOf(host) : specialUseOf(network);
  return use !== undefined && !use.isDocumentation;
}

function refused(reason: string): OperatorEntryReading {
  return { ok: false, reason };
}
