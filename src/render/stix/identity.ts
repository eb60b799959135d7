import { crc32 } from 'node:zlib';

import { type Producer, SOC_DEFENDERS } from '../../model/producer.ts';
import { formatTimestamp } from '../../model/time.ts';
import { EPOCH } from './epoch.ts';

/** The producer as a STIX 2.1 identity (STIX 2.1 §4.5), as compact JSON. */
export function renderIdentity(producer: Producer): string {
  return JSON.stringify({
    type: 'identity',
    spec_version: '2.1',
    id: `identity--${producer.uuid}`,
    created: EPOCH,
    modified: modifiedFor(producer.name),
    name: producer.name,
    identity_class: 'organization',
  });
}

/** Two versions of an object must not share `modified` (STIX 2.1 §3.6): a producer that is renamed has another. */
function modifiedFor(name: string): string {
  const shift = name === SOC_DEFENDERS.name ? 0 : crc32(name);
  return formatTimestamp(Date.parse(EPOCH) + shift);
}
