import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const unit42: Feed = {
  name: 'unit42',
  title: 'Unit 42',
  publisher: 'Palo Alto Networks',
  homepage: 'https://unit42.paloaltonetworks.com/',
  licence: REPORT_LICENCE,
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://unit42.paloaltonetworks.com/feed/', pages: true },
  interval: 2 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
