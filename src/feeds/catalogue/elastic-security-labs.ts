import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const elasticSecurityLabs: Feed = {
  name: 'elastic-security-labs',
  title: 'Elastic Security Labs',
  publisher: 'Elastic',
  homepage: 'https://www.elastic.co/security-labs',
  licence: REPORT_LICENCE,
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://www.elastic.co/security-labs/rss/feed.xml', pages: true },
  interval: 2 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
