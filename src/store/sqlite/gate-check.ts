import type { Connection } from './connection.ts';
import { readMeta, writeMeta } from './stamps.ts';

/** What stands before the fingerprint of a gate while IOCs are being checked by it. */
const CHECKING = 'checking ';

/** The fingerprint of the gate by which all IOCs were checked; empty when there is none, or they are being checked. */
export function checkedBy(connection: Connection): string {
  const noted = note(connection);
  return noted.startsWith(CHECKING) ? '' : noted;
}

/** Notes that IOCs begin to be checked by a gate, inside the caller's transaction. */
export function beginCheck(connection: Connection, fingerprint: string): void {
  writeMeta(connection, 'gate', CHECKING + fingerprint);
}

/** Notes that all IOCs have been checked by a gate, unless another one's holds came in since it began; whether it did. */
export function endCheck(connection: Connection, fingerprint: string): boolean {
  if (note(connection) !== CHECKING + fingerprint) return false;
  writeMeta(connection, 'gate', fingerprint);
  return true;
}

/** Notes that holds of a gate come in: when it is another than everything is checked by, everything is to be checked again. */
export function noteGate(connection: Connection, fingerprint: string): void {
  const noted = note(connection);
  if (noted !== '' && noted !== fingerprint && noted !== CHECKING + fingerprint)
    writeMeta(connection, 'gate', '');
}

function note(connection: Connection): string {
  return String(readMeta(connection, 'gate') ?? '');
}
