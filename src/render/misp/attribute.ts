import type { IocItem } from '../../model/ioc-item.ts';
import type { IocType } from '../../model/ioc.ts';
import { uuidV5 } from '../../model/uuid.ts';
import { itemTags, type MispTag } from './tags.ts';

/** A type's attribute type and category, and whether it is for detection (MISP core format §2.4.2). */
const ATTRIBUTES: Partial<
  Record<IocType, { readonly type: string; readonly category: string; readonly toIds: boolean }>
> = {
  ipv4: { type: 'ip-dst', category: 'Network activity', toIds: true },
  ipv6: { type: 'ip-dst', category: 'Network activity', toIds: true },
  domain: { type: 'domain', category: 'Network activity', toIds: true },
  url: { type: 'url', category: 'Network activity', toIds: true },
  md5: { type: 'md5', category: 'Payload delivery', toIds: true },
  sha1: { type: 'sha1', category: 'Payload delivery', toIds: true },
  sha256: { type: 'sha256', category: 'Payload delivery', toIds: true },
  email: { type: 'email-src', category: 'Payload delivery', toIds: true },
  cve: { type: 'vulnerability', category: 'External analysis', toIds: false },
};

/** The types that MISP has an attribute for. A technique is no attribute there but a tag of others. */
export const MISP_TYPES = Object.keys(ATTRIBUTES) as readonly IocType[];

/** An attribute of MISP's core format (draft-dulaunoy-misp-core-format §2.4), its properties in a fixed order. */
export interface MispAttribute {
  readonly uuid: string;
  readonly type: string;
  readonly category: string;
  readonly to_ids: boolean;
  readonly value: string;
  readonly comment: string;
  /** Unix seconds, as text. */
  readonly timestamp: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly disable_correlation: boolean;
  /** Whether it is taken back; only then it is there. */
  readonly deleted?: true;
  readonly Tag: readonly MispTag[];
}

/** Whether MISP has an attribute for an item and takes its value as it is: it trims values, and takes none with a line break. */
export function isAttribute({ type, value }: IocItem): boolean {
  return ATTRIBUTES[type] !== undefined && value === value.trim() && !/[\r\n\0]/.test(value);
}

/**
 * The attribute of an item in the event of UUID `event`, undefined where it is none (`isAttribute`). MISP knows an
 * attribute's UUID once in all events, so it is derived from event and value. What is revoked is a deleted attribute.
 */
export function mispAttribute(
  item: IocItem,
  event: string,
  namespace: Uint8Array,
): MispAttribute | undefined {
  const kind = ATTRIBUTES[item.type];
  if (kind === undefined || !isAttribute(item)) return undefined;
  return {
    uuid: uuidV5(namespace, `misp-attribute:${event}:${item.type}:${item.value}`),
    type: kind.type,
    category: kind.category,
    to_ids: kind.toIds,
    value: item.value,
    comment: item.description,
    timestamp: String(Math.floor(item.modified / 1000)),
    first_seen: microseconds(item.firstSeen),
    // MISP refuses an attribute that was last seen before it was first seen.
    last_seen: microseconds(Math.max(item.firstSeen, item.lastSeen)),
    disable_correlation: false,
    ...(item.revoked && { deleted: true }),
    Tag: itemTags(item),
  };
}

function microseconds(time: number): string {
  return new Date(time).toISOString().replace('Z', '000+00:00');
}
