import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';
import { REPORT_LICENCE } from './report-licence.ts';

export const jpcertBlog: Feed = {
  name: 'jpcert-blog',
  title: 'JPCERT/CC Eyes',
  publisher: 'JPCERT/CC',
  homepage: 'https://blogs.jpcert.or.jp/en/',
  licence: REPORT_LICENCE,
  category: 'cert',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://blogs.jpcert.or.jp/en/atom.xml', pages: true },
  interval: 6 * HOUR,
  confidence: 70,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
