import type { ReadItem } from './format.ts';
import { iocItem } from './read-item.ts';
import { remark } from './stated.ts';

/** The Don't Route Or Peer lists: networks that are wholly in the hands of criminals. */
export const SPAMHAUS_DROP = {
  name: 'Spamhaus DROP',
  url: 'https://www.spamhaus.org/blocklists/do-not-route-or-peer/',
  confidence: 90,
};

/** A listed network; `sbl` is the id of the listing, `registry` the regional registry that it belongs to. */
export function dropItem(network: string, place: string, sbl?: string, registry?: string): ReadItem {
  const listing = sbl !== undefined && /^SBL\d{1,12}$/.test(sbl) ? sbl : undefined;
  return iocItem(network, place, 'ip', {
    entry: network,
    threatType: 'criminal_network',
    reference: listing === undefined ? undefined : `https://check.spamhaus.org/sbl/query/${listing}`,
    comment: remark(listing, registry === undefined ? undefined : `registry ${registry}`),
  });
}
