import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import { IOC_TYPES, type IocType } from '../../model/ioc.ts';
import { SECTORS } from '../../model/sector.ts';
import type { VersionFacts } from '../store.ts';
import { type Connection, NEVER } from './connection.ts';
import { indicatorFacts } from './indicator-facts.ts';

/** Every version of an IOC of which anything is kept, by its indicator's UUID, oldest first; without their categories, which lists know. */
export function readVersionFacts(connection: Connection, uuid: Uint8Array): VersionFacts[] {
  const ioc = connection.prepare('SELECT id, type FROM ioc WHERE uuid = ?').get(uuid);
  if (ioc === undefined) return [];
  const type = IOC_TYPES[Number(ioc.type)]!;
  const past = connection
    .prepare('SELECT stamp, until, expires, level, sectors, revoked FROM past WHERE ioc = ? ORDER BY stamp')
    .all(ioc.id!);
  const replaced = connection
    .prepare('SELECT stamp, until, stix FROM superseded WHERE ioc = ? ORDER BY stamp')
    .all(ioc.id!);
  const standing = connection
    .prepare(
      `SELECT v.stamp, v.until, v.stix FROM version AS v WHERE v.stamp IN (SELECT stamp FROM ioc WHERE id = ?1
         UNION ALL SELECT stamp FROM version INDEXED BY version_until WHERE until < ${NEVER} AND ioc = ?1) ORDER BY v.stamp`,
    )
    .all(ioc.id!);
  const whole = [...replaced, ...standing].map((row) => ({
    ...placeOf(row, type),
    ...indicatorFacts(String(row.stix)),
  }));
  return [...past.map((row) => ({ ...placeOf(row, type), ...pastFacts(row) })), ...whole];
}

type Row = Readonly<Record<string, unknown>>;

function placeOf(row: Row, type: IocType): Pick<VersionFacts, 'stamp' | 'until' | 'type'> {
  return { stamp: Number(row.stamp), until: orInfinity(row.until), type };
}

function pastFacts(row: Row): Omit<VersionFacts, 'stamp' | 'until' | 'type'> {
  const bits = Number(row.sectors);
  return {
    expires: orInfinity(row.expires),
    level: CONFIDENCE_LEVEL_NAMES[Number(row.level)]!,
    sectors: SECTORS.filter((_sector, code) => (bits & (1 << code)) !== 0),
    revoked: Number(row.revoked) === 1,
  };
}

function orInfinity(time: unknown): number {
  return Number(time) === NEVER ? Infinity : Number(time);
}
