import type { IocItem } from '../model/ioc-item.ts';
import { normaliseIoc } from '../normalise/normalise.ts';
import type { ExportFormat } from './format.ts';

/**
 * The widest networks that any export names, those that the gate never lets through either: wider ones would block or
 * report a good part of the Internet.
 */
const WIDEST = { ipv4: 8, ipv6: 16 } as const;

/**
 * The item as a format may be given it, or undefined where it must be left out: of a type that the format has not,
 * revoked where it cannot say so, a network too wide, or a value with a lone surrogate, which UTF-8 cannot carry.
 * Texts beside the value get U+FFFD for lone surrogates.
 */
export function admitted(item: IocItem, format: ExportFormat): IocItem | undefined {
  return isAdmissible(item, format) ? wellFormed(item) : undefined;
}

/** Whether `admitted` lets an item in. */
export function isAdmissible(
  item: IocItem,
  { types, tellsRevoked }: Pick<ExportFormat, 'types' | 'tellsRevoked'>,
): boolean {
  if (!types.includes(item.type) || (item.revoked && !tellsRevoked)) return false;
  return item.value !== '' && item.value.isWellFormed() && !isTooWide(item);
}

/**
 * Whether a value is exactly one of its type in normal form. Formats that make rules or lists of what to block take
 * no other, so that no value can become another rule, or more than one.
 */
export function isInNormalForm({ type, value }: Pick<IocItem, 'type' | 'value'>): boolean {
  const normal = normaliseIoc(value, type);
  return normal.ok && normal.type === type && normal.value === value;
}

/** Whether an IP value is a network rather than one address. */
export function isNetwork(value: string): boolean {
  return value.includes('/');
}

function isTooWide({ type, value }: IocItem): boolean {
  if ((type !== 'ipv4' && type !== 'ipv6') || !isNetwork(value)) return false;
  const prefix = value.slice(value.lastIndexOf('/') + 1);
  return !/^\d{1,3}$/.test(prefix) || Number(prefix) < WIDEST[type];
}

/** The item with U+FFFD for lone surrogates in the texts beside its value. */
export function wellFormed(item: IocItem): IocItem {
  const { description, threatTypes, families, actors, tags, techniques, cves, sources } = item;
  return {
    ...item,
    description: description.toWellFormed(),
    threatTypes: allWellFormed(threatTypes),
    families: allWellFormed(families),
    actors: allWellFormed(actors),
    tags: allWellFormed(tags),
    techniques: allWellFormed(techniques),
    cves: allWellFormed(cves),
    sources: sources.map((source) => ({
      ...source,
      name: source.name.toWellFormed(),
      ...(source.url !== undefined && { url: source.url.toWellFormed() }),
    })),
  };
}

function allWellFormed(texts: readonly string[]): readonly string[] {
  return texts.every((text) => text.isWellFormed()) ? texts : texts.map((text) => text.toWellFormed());
}
