import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Every certificate ever listed. SSLBL's list of addresses was given up by its publisher on 2025-01-03. */
export const sslblCertificates: Feed = {
  name: 'sslbl-certificates',
  title: 'SSLBL certificates',
  publisher: 'abuse.ch',
  homepage: 'https://sslbl.abuse.ch/',
  licence: {
    name: 'CC0-1.0',
    url: 'https://sslbl.abuse.ch/blacklist/',
    terms: 'Any use, also commercial. Not more often than every 5 minutes.',
  },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://sslbl.abuse.ch/blacklist/sslblacklist.csv', format: 'sslbl-csv' },
  interval: 6 * HOUR,
  confidence: 75,
  reliability: RELIABILITY.verified,
  absence: 'retracts',
  enabled: true,
};
