import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Hosts that tried SSH logins within a week; made anew every hour. */
export const dataplaneSshclient: Feed = {
  name: 'dataplane-sshclient',
  title: 'DataPlane.org SSH clients',
  publisher: 'DataPlane.org',
  homepage: 'https://dataplane.org/',
  licence: {
    name: 'DataPlane.org terms',
    url: 'https://dataplane.org/sshclient.txt',
    terms: 'Not for commercial use; not to be passed on without permission.',
  },
  category: 'community',
  tlp: 'amber+strict',
  sectors: [],
  access: { kind: 'file', url: 'https://dataplane.org/sshclient.txt', format: 'dataplane' },
  interval: 4 * HOUR,
  confidence: 50,
  reliability: RELIABILITY.automatic,
  absence: 'means-nothing',
  enabled: false,
  threatType: 'scanner',
};
