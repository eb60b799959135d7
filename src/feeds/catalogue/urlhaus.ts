import type { Feed } from '../../model/feed.ts';
import { ABUSECH_FAIR_USE, ABUSECH_KEY } from './abusech.ts';
import { MINUTE } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** URLs that spread malware, of the past 30 days; made anew every 5 minutes. */
export const urlhaus: Feed = {
  name: 'urlhaus',
  title: 'URLhaus',
  publisher: 'abuse.ch',
  homepage: 'https://urlhaus.abuse.ch/',
  licence: ABUSECH_FAIR_USE,
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: {
    kind: 'file',
    url: 'https://urlhaus-api.abuse.ch/v2/files/exports/{key}/recent.csv',
    format: 'urlhaus-csv',
  },
  credential: ABUSECH_KEY,
  interval: 30 * MINUTE,
  confidence: 75,
  reliability: RELIABILITY.curated,
  absence: 'means-nothing',
  enabled: true,
  threatType: 'malware_download',
};
