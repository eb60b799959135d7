import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Domains that cheat Polish users, listed for at most six months. */
export const certPlWarningList: Feed = {
  name: 'cert-pl-warning-list',
  title: 'CERT Polska warning list',
  publisher: 'CERT Polska',
  homepage: 'https://cert.pl/en/warning-list/',
  licence: {
    name: 'none stated',
    url: 'https://cert.pl/en/warning-list/',
    terms: 'Published for blocking by anybody; nothing is said of passing it on.',
  },
  category: 'cert',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://hole.cert.pl/domains/v2/domains.txt', format: 'list' },
  interval: HOUR,
  confidence: 80,
  reliability: RELIABILITY.verified,
  absence: 'means-nothing',
  enabled: false,
  threatType: 'phishing',
};
