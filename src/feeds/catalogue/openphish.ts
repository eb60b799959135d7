import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** The newest few hundred URLs, made anew twice a day, at the address that the publisher's page names. */
export const openphish: Feed = {
  name: 'openphish',
  title: 'OpenPhish',
  publisher: 'OpenPhish',
  homepage: 'https://openphish.com/phishing_feeds.html',
  licence: {
    name: 'OpenPhish terms',
    url: 'https://openphish.com/terms.html',
    terms:
      'For non-commercial and internal business use only; any other commercial use needs written permission.',
  },
  category: 'commercial',
  tlp: 'amber+strict',
  sectors: [],
  access: {
    kind: 'file',
    url: 'https://raw.githubusercontent.com/openphish/public_feed/refs/heads/main/feed.txt',
    format: 'list',
  },
  interval: 12 * HOUR,
  confidence: 70,
  reliability: RELIABILITY.automatic,
  absence: 'means-nothing',
  enabled: false,
  threatType: 'phishing',
};
