import { CONFIDENCE_LEVEL_NAMES, confidenceLevel } from '../../model/confidence.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import { SECTORS, type Sector } from '../../model/sector.ts';
import type { VersionFacts } from '../store.ts';
import { type Connection, NEVER } from './connection.ts';

/** Every version of an IOC that is still kept, by its indicator's UUID, oldest first; without their categories, which lists know. */
export function readVersionFacts(connection: Connection, uuid: Uint8Array): VersionFacts[] {
  const ioc = connection.prepare('SELECT id, type FROM ioc WHERE uuid = ?').get(uuid);
  if (ioc === undefined) return [];
  const type = IOC_TYPES[Number(ioc.type)]!;
  const replaced = connection
    .prepare('SELECT stamp, until, stix FROM superseded WHERE ioc = ? ORDER BY stamp')
    .all(ioc.id!);
  const standing = connection
    .prepare(
      `SELECT v.stamp, v.until, v.stix FROM version AS v WHERE v.stamp IN (SELECT stamp FROM ioc WHERE id = ?1
         UNION ALL SELECT stamp FROM version INDEXED BY version_until WHERE until < ${NEVER} AND ioc = ?1) ORDER BY v.stamp`,
    )
    .all(ioc.id!);
  return [...replaced, ...standing].map((row) => ({ ...factsOf(row), type }));
}

interface Indicator {
  readonly confidence: number;
  readonly labels?: readonly string[];
  readonly revoked?: boolean;
  readonly valid_until?: string;
}

function factsOf(row: Record<string, unknown>): Omit<VersionFacts, 'type'> {
  const indicator = JSON.parse(String(row.stix)) as Indicator;
  const until = Number(row.until);
  const level = confidenceLevel(indicator.confidence);
  return {
    stamp: Number(row.stamp),
    until: until === NEVER ? Infinity : until,
    expires: indicator.valid_until === undefined ? Infinity : Date.parse(indicator.valid_until),
    level: CONFIDENCE_LEVEL_NAMES.find((name) => name === level)!,
    sectors: (indicator.labels ?? []).flatMap(sectorsIn),
    revoked: indicator.revoked === true,
  };
}

function sectorsIn(label: string): Sector[] {
  return SECTORS.filter((sector) => label === `industry:${sector}`);
}
