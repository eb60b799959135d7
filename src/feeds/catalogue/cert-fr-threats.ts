import type { Feed } from '../../model/feed.ts';
import { HOUR } from './duration.ts';
import { RELIABILITY } from './reliability.ts';

export const certFrThreats: Feed = {
  name: 'cert-fr-threats',
  title: 'CERT-FR threat reports',
  publisher: 'ANSSI',
  homepage: 'https://www.cert.ssi.gouv.fr/cti/',
  licence: {
    name: 'Licence Ouverte 2.0',
    url: 'https://www.etalab.gouv.fr/licence-ouverte-open-licence/',
    terms: 'Any use, also commercial; name CERT-FR and the date.',
  },
  category: 'cert',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'reports', url: 'https://www.cert.ssi.gouv.fr/cti/feed/', pages: true },
  interval: 6 * HOUR,
  confidence: 70,
  reliability: RELIABILITY.analysed,
  absence: 'means-nothing',
  enabled: true,
};
