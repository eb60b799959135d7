import type { Filed } from '../../model/collection.ts';
import { confidenceLevel } from '../../model/confidence.ts';
import type { IocType } from '../../model/ioc.ts';
import { tlpOfMarkingId } from '../../model/marking.ts';
import { parseSector, type Sector } from '../../model/sector.ts';

interface Rendered {
  readonly confidence: number;
  readonly labels?: readonly string[];
  readonly object_marking_refs: readonly string[];
}

const SECTOR_LABEL = 'industry:';

/** What decides which collections a rendered indicator of an IOC of this type is in. */
export function filedOf(type: IocType, stix: string): Filed {
  const { confidence, labels = [], object_marking_refs: markings } = JSON.parse(stix) as Rendered;
  return {
    type,
    level: confidenceLevel(confidence),
    tlp: tlpOfMarkingId(markings[0] ?? '') ?? 'red',
    sectors: labels
      .filter((label) => label.startsWith(SECTOR_LABEL))
      .map((label) => parseSector(label.slice(SECTOR_LABEL.length)))
      .filter((sector): sector is Sector => sector !== undefined),
  };
}
