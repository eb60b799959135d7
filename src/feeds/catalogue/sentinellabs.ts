import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const sentinellabs: Feed = {
  name: 'sentinellabs',
  title: 'SentinelLabs',
  publisher: 'SentinelOne',
  homepage: 'https://www.sentinelone.com/labs/',
  licence: REPORT_LICENCE,
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://www.sentinelone.com/labs/feed/', pages: true },
  interval: 2 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
