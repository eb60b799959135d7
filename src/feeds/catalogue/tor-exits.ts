import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** An exit is no threat by itself: for those who want to know that traffic comes from one. */
export const torExits: Feed = {
  name: 'tor-exits',
  title: 'Tor exits',
  publisher: 'Tor Project',
  homepage: 'https://metrics.torproject.org/collector.html#exit-lists',
  licence: {
    name: 'none stated',
    url: 'https://metrics.torproject.org/about.html',
    terms: 'Published for anybody; nothing is said of passing it on.',
  },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://check.torproject.org/exit-addresses', format: 'tor-exits' },
  interval: HOUR,
  confidence: 90,
  reliability: RELIABILITY.contextual,
  absence: 'retracts',
  enabled: false,
  threatType: 'tor_exit',
  tags: ['tor'],
};
