import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Well over a thousand MISP events made of open reports: a first load takes several runs. */
export const circlOsint: Feed = {
  name: 'circl-osint',
  title: 'CIRCL OSINT feed',
  publisher: 'CIRCL',
  homepage: 'https://www.circl.lu/doc/misp/feed-osint/',
  licence: {
    name: 'by event',
    url: 'https://www.circl.lu/doc/misp/feed-osint/',
    terms: 'Each event carries its TLP marking, which is kept.',
  },
  category: 'cert',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'misp', url: 'https://www.circl.lu/doc/misp/feed-osint/' },
  interval: 6 * HOUR,
  confidence: 50,
  reliability: RELIABILITY.curated,
  absence: 'means-nothing',
  enabled: false,
};
