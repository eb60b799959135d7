import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const microsoftSecurityBlog: Feed = {
  name: 'microsoft-security-blog',
  title: 'Microsoft Security Blog',
  publisher: 'Microsoft',
  homepage: 'https://www.microsoft.com/en-us/security/blog/',
  licence: REPORT_LICENCE,
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://www.microsoft.com/en-us/security/blog/feed/', pages: true },
  interval: 2 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
