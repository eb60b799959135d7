import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const dfirReport: Feed = {
  name: 'dfir-report',
  title: 'The DFIR Report',
  publisher: 'The DFIR Report',
  homepage: 'https://thedfirreport.com/',
  licence: REPORT_LICENCE,
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://thedfirreport.com/feed/', pages: true },
  interval: 6 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
