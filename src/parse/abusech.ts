import type { RawIoc } from '../model/sighting.ts';

/** The sources of abuse.ch with the confidence of what states none. */
export const URLHAUS = { name: 'URLhaus', url: 'https://urlhaus.abuse.ch/', confidence: 75 };
export const THREATFOX = { name: 'ThreatFox', url: 'https://threatfox.abuse.ch/', confidence: 75 };
export const FEODO = { name: 'Feodo Tracker', url: 'https://feodotracker.abuse.ch/', confidence: 90 };
export const MALWAREBAZAAR = { name: 'MalwareBazaar', url: 'https://bazaar.abuse.ch/', confidence: 90 };
export const SSLBL = { name: 'SSLBL', url: 'https://sslbl.abuse.ch/', confidence: 75 };

/** abuse.ch's own word for a command-and-control server of a botnet. */
export const BOTNET_CC = 'botnet_cc';

/** ThreatFox's kinds of IOC as ours. What is not here is not one of the ten types. */
const THREATFOX_TYPES = new Map<string, NonNullable<RawIoc['typeHint']>>([
  ['ip:port', 'ip'],
  ['ip', 'ip'],
  ['domain', 'domain'],
  ['url', 'url'],
  ['md5_hash', 'md5'],
  ['sha1_hash', 'sha1'],
  ['sha256_hash', 'sha256'],
  ['envelope_from', 'email'],
  ['body_from', 'email'],
]);

/** The type that a kind of IOC of ThreatFox stands for, or undefined. */
export function threatfoxType(kind: string | undefined): RawIoc['typeHint'] {
  return kind === undefined ? undefined : THREATFOX_TYPES.get(kind.toLowerCase());
}
