import type { Feed } from '../../model/feed.ts';
import { ABUSECH_FAIR_USE, ABUSECH_KEY } from './abusech.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Indicators of the past 48 hours; made anew every 5 minutes. */
export const threatfox: Feed = {
  name: 'threatfox',
  title: 'ThreatFox',
  publisher: 'abuse.ch',
  homepage: 'https://threatfox.abuse.ch/',
  licence: ABUSECH_FAIR_USE,
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: {
    kind: 'file',
    url: 'https://threatfox-api.abuse.ch/v2/files/exports/{key}/recent.json',
    format: 'threatfox-json',
  },
  credential: ABUSECH_KEY,
  interval: HOUR,
  confidence: 75,
  reliability: RELIABILITY.curated,
  absence: 'means-nothing',
  enabled: true,
};
