import type { Feed } from '../../model/feed.ts';

/** Of reports whose publisher keeps all rights: facts are free, prose is not. */
export const REPORT_LICENCE: Feed['licence'] = {
  name: 'all rights reserved',
  terms:
    'Indicators are facts and are published with a link to the report; of its text a short summary and the sentences that name indicators are quoted, and nothing else is kept.',
};
