import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { StixIds } from '../../src/render/stix/id.ts';
import { packSightings, type PackedSightings } from '../../src/store/sqlite/packed-sightings.ts';

/** Sightings as the writer takes them. */
export function packed(sightings: readonly Sighting[]): PackedSightings {
  return packSightings(new StixIds(SOC_DEFENDERS), sightings);
}
