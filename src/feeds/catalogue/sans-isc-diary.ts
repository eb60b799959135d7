import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** The feed carries the whole text of each diary: no page is fetched. */
export const sansIscDiary: Feed = {
  name: 'sans-isc-diary',
  title: 'SANS ISC diary',
  publisher: 'SANS Internet Storm Center',
  homepage: 'https://isc.sans.edu/',
  licence: {
    name: 'CC-BY-NC-3.0-US',
    url: 'https://creativecommons.org/licenses/by-nc/3.0/us/',
    terms: 'Not for commercial use; name the SANS Internet Storm Center.',
  },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://isc.sans.edu/rssfeed_full.xml', pages: false },
  interval: 2 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: false,
};
