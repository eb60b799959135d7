import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** CISA names this address, not its copy at github.com/cisagov/kev-data, as the first to be current. */
export const cisaKev: Feed = {
  name: 'cisa-kev',
  title: 'CISA KEV',
  publisher: 'CISA',
  homepage: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
  licence: {
    name: 'CC0-1.0',
    url: 'https://www.cisa.gov/sites/default/files/licenses/kev/license.txt',
    terms: 'Any use, also commercial; not to suggest that CISA endorses anything.',
  },
  category: 'government',
  tlp: 'clear',
  sectors: [],
  access: {
    kind: 'file',
    url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
    format: 'kev-json',
  },
  interval: 6 * HOUR,
  confidence: 100,
  reliability: RELIABILITY.verified,
  absence: 'retracts',
  enabled: true,
  threatType: 'exploited-vulnerability',
};
