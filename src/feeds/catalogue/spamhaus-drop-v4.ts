import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

export const spamhausDropV4: Feed = {
  name: 'spamhaus-drop-v4',
  title: 'Spamhaus DROP (IPv4)',
  publisher: 'Spamhaus',
  homepage: 'https://www.spamhaus.org/blocklists/do-not-route-or-peer/',
  licence: {
    name: 'DROP terms',
    url: 'https://www.spamhaus.org/blocklists/drop-fair-use-policy/',
    terms:
      'Free for everybody. Whoever passes it on names Spamhaus and keeps its date and copyright. Never more often than once an hour; once a day is enough.',
  },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://www.spamhaus.org/drop/drop_v4.json', format: 'spamhaus-drop-json' },
  interval: 12 * HOUR,
  confidence: 90,
  reliability: RELIABILITY.verified,
  absence: 'retracts',
  enabled: true,
  threatType: 'criminal_network',
};
