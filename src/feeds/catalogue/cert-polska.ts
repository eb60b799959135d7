import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const certPolska: Feed = {
  name: 'cert-polska',
  title: 'CERT Polska',
  publisher: 'CERT Polska',
  homepage: 'https://cert.pl/en/',
  licence: REPORT_LICENCE,
  category: 'cert',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://cert.pl/en/rss.xml', pages: true },
  interval: 6 * HOUR,
  confidence: 70,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
