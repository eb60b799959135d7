import type { Feed, FeedCredential } from '../../model/feed.ts';

/** Wanted since 2025-06-30, as a part of the address of each export. */
export const ABUSECH_KEY: FeedCredential = {
  setting: 'SOC_ABUSECH_AUTH_KEY',
  scheme: 'url',
  required: true,
  page: 'https://auth.abuse.ch/',
};

export const ABUSECH_FAIR_USE: Feed['licence'] = {
  name: 'abuse.ch fair use',
  url: 'https://urlhaus.abuse.ch/api/',
  terms:
    'Free under fair use; commercial use may need a subscription. Not more often than every 5 minutes, with the Auth-Key.',
};
