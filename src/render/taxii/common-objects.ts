import { TLP_MARKINGS, type Tlp } from '../../model/marking.ts';
import type { Producer } from '../../model/producer.ts';
import { EPOCH } from '../stix/epoch.ts';
import { renderIdentity } from '../stix/identity.ts';
import { renderTlpDefinitions } from '../stix/marking.ts';

/** An object that indicators point to: the producer's identity, or the definition of a marking. */
export interface CommonObject {
  readonly id: string;
  readonly type: string;
  /** When it was added to every collection, in UTC milliseconds: no two at the same time, and all before any indicator. */
  readonly added: number;
  /** Its `modified`, or its `created` where it has none (TAXII 2.1 §3.4). */
  readonly version: string;
  /** As compact JSON. */
  readonly text: string;
}

/** The objects that a collection of indicators with these markings holds besides them; none means all markings. */
export function commonObjects(producer: Producer, tlps: readonly Tlp[]): CommonObject[] {
  const definitions = renderTlpDefinitions(1, 'clear').filter(
    (_text, index) => tlps.length === 0 || tlps.includes(TLP_MARKINGS[index]!),
  );
  return [renderIdentity(producer), ...definitions].map((text, index) => {
    const { id, type, created, modified } = JSON.parse(text) as Record<string, string>;
    return { id: id!, type: type!, added: Date.parse(EPOCH) + index, version: modified ?? created!, text };
  });
}
