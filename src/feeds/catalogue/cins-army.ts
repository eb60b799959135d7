import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Up to 15,000 of the addresses with the worst scores; made anew every hour. */
export const cinsArmy: Feed = {
  name: 'cins-army',
  title: 'CINS Army list',
  publisher: 'Nomic Networks',
  homepage: 'https://cinsarmy.com/list-download/',
  licence: {
    name: 'none stated',
    url: 'https://cinsarmy.com/faq/',
    terms: 'Free of charge for the security community; nothing is said of passing it on.',
  },
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://cinsscore.com/list/ci-badguys.txt', format: 'list' },
  interval: 2 * HOUR,
  confidence: 50,
  reliability: RELIABILITY.automatic,
  absence: 'means-nothing',
  enabled: true,
  threatType: 'scanner',
};
