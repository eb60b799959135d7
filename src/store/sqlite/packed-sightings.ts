import { IOC_TYPES, type Ioc } from '../../model/ioc.ts';
import type { Hold } from '../../model/hold.ts';
import type { Context, Sighting } from '../../model/sighting.ts';
import type { StixIds } from '../../render/stix/id.ts';
import { contextText } from './context-text.ts';
import { UUID_BYTES } from './ioc-rows.ts';

/**
 * Sightings on their way to the thread that writes: what takes no database is done by whoever sends them, and long texts are
 * copied between threads in a fraction of the time that objects take. Lists have one element for each sighting.
 */
export interface PackedSightings {
  /** The UUIDs of their indicators. */
  readonly uuids: readonly string[];
  /** The same as bytes, one after the other. */
  readonly uuidBytes: Uint8Array;
  /** Positions in the table of types. */
  readonly types: readonly number[];
  readonly values: readonly string[];
  /** What each says besides its value, as it is stored. */
  readonly contexts: readonly string[];
  /** Why some may not be published, by their positions. */
  readonly holds: ReadonlyMap<number, Hold>;
}

/** One of them. */
export interface ArrivingSighting extends Ioc {
  readonly uuid: string;
  readonly uuidBytes: Uint8Array;
  readonly context: Context;
  /** The same as it is stored. */
  readonly contextText: string;
  readonly hold: Hold | undefined;
}

/** Makes sightings ready to be written. */
export function packSightings(ids: StixIds, sightings: readonly Sighting[]): PackedSightings {
  const uuids = sightings.map(({ type, value }) => ids.indicatorUuid(type, value));
  const bytes = Buffer.alloc(UUID_BYTES * uuids.length);
  for (const [index, uuid] of uuids.entries())
    bytes.write(uuid.replaceAll('-', ''), UUID_BYTES * index, 'hex');
  return {
    uuids,
    uuidBytes: bytes,
    types: sightings.map(({ type }) => IOC_TYPES.indexOf(type)),
    values: sightings.map(({ value }) => value),
    contexts: sightings.map(contextText),
    holds: new Map(sightings.flatMap(({ hold }, index) => (hold === undefined ? [] : [[index, hold]]))),
  };
}

/** The sighting at `index`. */
export function unpackSighting(packed: PackedSightings, index: number): ArrivingSighting {
  const text = packed.contexts[index]!;
  return {
    type: IOC_TYPES[packed.types[index]!]!,
    value: packed.values[index]!,
    uuid: packed.uuids[index]!,
    uuidBytes: packed.uuidBytes.subarray(UUID_BYTES * index, UUID_BYTES * (index + 1)),
    context: JSON.parse(text) as Context,
    contextText: text,
    hold: packed.holds.get(index),
  };
}
