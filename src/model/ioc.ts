/**
 * The ten kinds of indicator of compromise. The order is fixed: a type's position is its code in the
 * store, so new types are only ever appended.
 */
export const IOC_TYPES = [
  'ipv4',
  'ipv6',
  'domain',
  'url',
  'md5',
  'sha1',
  'sha256',
  'cve',
  'mitre-attack',
  'email',
] as const;

export type IocType = (typeof IOC_TYPES)[number];

/** An IOC in its one normal form: the same threat is the same type and value everywhere. */
export interface Ioc {
  readonly type: IocType;
  readonly value: string;
}
