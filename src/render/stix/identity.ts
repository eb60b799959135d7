import type { Producer } from '../../model/producer.ts';
import { EPOCH } from './epoch.ts';

/** The producer as a STIX 2.1 identity (STIX 2.1 §4.5), as compact JSON. */
export function renderIdentity(producer: Producer): string {
  return JSON.stringify({
    type: 'identity',
    spec_version: '2.1',
    id: `identity--${producer.uuid}`,
    created: EPOCH,
    modified: EPOCH,
    name: producer.name,
    identity_class: 'organization',
  });
}
