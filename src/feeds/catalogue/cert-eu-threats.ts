import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const certEuThreats: Feed = {
  name: 'cert-eu-threats',
  title: 'CERT-EU threat intelligence',
  publisher: 'CERT-EU',
  homepage: 'https://cert.europa.eu/publications/threat-intelligence',
  licence: REPORT_LICENCE,
  category: 'cert',
  tlp: 'clear',
  sectors: [],
  access: {
    kind: 'reports',
    url: 'https://cert.europa.eu/publications/threat-intelligence-rss',
    pages: true,
  },
  interval: 6 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
