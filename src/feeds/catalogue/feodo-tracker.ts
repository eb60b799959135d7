import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** The blocklist: servers that are up, or were within 30 days. It may well be empty after a takedown. */
export const feodoTracker: Feed = {
  name: 'feodo-tracker',
  title: 'Feodo Tracker',
  publisher: 'abuse.ch',
  homepage: 'https://feodotracker.abuse.ch/',
  licence: {
    name: 'CC0-1.0',
    url: 'https://feodotracker.abuse.ch/blocklist/',
    terms: 'Any use, also commercial. Not more often than every 5 minutes.',
  },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: {
    kind: 'file',
    url: 'https://feodotracker.abuse.ch/downloads/ipblocklist.json',
    format: 'feodo-json',
  },
  interval: HOUR,
  confidence: 90,
  reliability: RELIABILITY.verified,
  absence: 'retracts',
  enabled: true,
  threatType: 'botnet_cc',
};
