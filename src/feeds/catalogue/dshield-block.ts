import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** The 20 networks of 256 addresses that attacked most targets within three days; made anew every hour. */
export const dshieldBlock: Feed = {
  name: 'dshield-block',
  title: 'DShield block list',
  publisher: 'SANS Internet Storm Center',
  homepage: 'https://www.dshield.org/',
  licence: {
    name: 'CC-BY-NC-SA-2.5',
    url: 'https://creativecommons.org/licenses/by-nc-sa/2.5/',
    terms:
      'Not for commercial use; whoever passes it on names DShield.org and does so under the same licence.',
  },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://feeds.dshield.org/block.txt', format: 'dshield-block' },
  interval: 2 * HOUR,
  confidence: 50,
  reliability: RELIABILITY.automatic,
  absence: 'means-nothing',
  enabled: false,
  threatType: 'scanner',
};
