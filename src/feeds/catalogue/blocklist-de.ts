import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Addresses that attacked a contributor's server within 48 hours. */
export const blocklistDe: Feed = {
  name: 'blocklist-de',
  title: 'blocklist.de',
  publisher: 'blocklist.de',
  homepage: 'https://www.blocklist.de/en/index.html',
  licence: {
    name: 'none stated',
    url: 'https://www.blocklist.de/en/export.html',
    terms: 'Free of charge; nothing is said of passing it on.',
  },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://lists.blocklist.de/lists/all.txt', format: 'list' },
  interval: 2 * HOUR,
  confidence: 50,
  reliability: RELIABILITY.automatic,
  absence: 'means-nothing',
  enabled: true,
  threatType: 'brute_force',
};
