import { uuidBytes, uuidV5 } from './uuid.ts';

/** Who publishes: the identity in every bundle, and the namespace in which all ids are derived. */
export interface Producer {
  readonly name: string;
  /** The UUID of the producer's identity object, without `identity--`. */
  readonly uuid: string;
}

/** The producer that every server is unless its operator names another. */
export const SOC_DEFENDERS: Producer = {
  name: 'SOC Defenders',
  uuid: '5a3d1f0e-7c64-4b52-9d0a-2f6b8e41c7d3',
};

/** The producer of a configured name: ours for our name, else one whose UUID follows from the name. */
export function producerNamed(name: string, uuid?: string): Producer {
  if (uuid !== undefined) return { name, uuid };
  if (name === SOC_DEFENDERS.name) return SOC_DEFENDERS;
  return { name, uuid: uuidV5(uuidBytes(SOC_DEFENDERS.uuid), `identity:${name}`) };
}
