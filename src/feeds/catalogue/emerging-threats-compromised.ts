import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

/** Hosts known to be compromised; made anew once a day. */
export const emergingThreatsCompromised: Feed = {
  name: 'emerging-threats-compromised',
  title: 'Emerging Threats compromised IPs',
  publisher: 'Proofpoint',
  homepage: 'https://rules.emergingthreats.net/',
  licence: {
    name: 'none stated',
    url: 'https://rules.emergingthreats.net/OPEN_download_instructions.html',
    terms:
      'Published beside the ET Open rules, which are free for any use under the BSD licence; nothing is said of the list itself.',
  },
  category: 'vendor',
  tlp: 'clear',
  sectors: [],
  access: {
    kind: 'file',
    url: 'https://rules.emergingthreats.net/blockrules/compromised-ips.txt',
    format: 'list',
  },
  interval: 12 * HOUR,
  confidence: 60,
  reliability: RELIABILITY.automatic,
  absence: 'retracts',
  enabled: true,
  threatType: 'compromised',
};
