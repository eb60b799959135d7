import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** All pages that people confirmed and that are still up. Without a key only a few downloads a day are allowed. */
export const phishtank: Feed = {
  name: 'phishtank',
  title: 'PhishTank',
  publisher: 'PhishTank',
  homepage: 'https://phishtank.org/',
  licence: {
    name: 'PhishTank terms',
    url: 'https://phishtank.org/terms.php',
    terms:
      'Free to everybody; the terms reserve rights in the content: read them before you pass it on. At most once an hour with an application key, a few times a day without.',
  },
  category: 'community',
  tlp: 'green',
  sectors: [],
  access: {
    kind: 'file',
    url: 'https://data.phishtank.com/data/{key}/online-valid.csv',
    format: 'phishtank-csv',
  },
  credential: {
    setting: 'SOC_PHISHTANK_APP_KEY',
    scheme: 'url',
    required: false,
    page: 'https://phishtank.org/api_info.php',
  },
  interval: 6 * HOUR,
  confidence: 75,
  reliability: RELIABILITY.curated,
  absence: 'retracts',
  enabled: true,
  threatType: 'phishing',
};
