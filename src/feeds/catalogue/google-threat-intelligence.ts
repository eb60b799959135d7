import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const googleThreatIntelligence: Feed = {
  name: 'google-threat-intelligence',
  title: 'Google Threat Intelligence',
  publisher: 'Google',
  homepage: 'https://cloud.google.com/blog/topics/threat-intelligence',
  licence: REPORT_LICENCE,
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: {
    kind: 'reports',
    url: 'https://feeds.feedburner.com/threatintelligence/pvexyqv7v0v',
    pages: true,
  },
  interval: 2 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
