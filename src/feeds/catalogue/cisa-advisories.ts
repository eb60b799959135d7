import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

export const cisaAdvisories: Feed = {
  name: 'cisa-advisories',
  title: 'CISA advisories',
  publisher: 'CISA',
  homepage: 'https://www.cisa.gov/news-events/cybersecurity-advisories',
  licence: {
    name: 'US public domain',
    url: 'https://www.copyright.gov/title17/92chap1.html#105',
    terms: 'Works of the US government: any use; not to suggest that CISA endorses anything.',
  },
  category: 'government',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://www.cisa.gov/cybersecurity-advisories/all.xml', pages: true },
  interval: 2 * HOUR,
  confidence: 70,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
