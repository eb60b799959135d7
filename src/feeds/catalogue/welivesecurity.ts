import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const welivesecurity: Feed = {
  name: 'welivesecurity',
  title: 'ESET WeLiveSecurity',
  publisher: 'ESET',
  homepage: 'https://www.welivesecurity.com/en/',
  licence: REPORT_LICENCE,
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://www.welivesecurity.com/en/rss/feed/', pages: true },
  interval: 2 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
