import type { IndicatorQuery } from '../model/indicator-query.ts';
import type { IocType } from '../model/ioc.ts';

/**
 * Says for people which IOCs a query selects of those that a format has, such as `type ipv4, domain; confidence high`. It is the same
 * text whatever window of time or page of them is asked for.
 */
export function selectionOf(
  { types, levels, sectors, categories, tlps }: IndicatorQuery,
  has: readonly IocType[],
): string {
  const isEveryType = types.length === 0 || has.every((type) => types.includes(type));
  const parts = [
    told('type', isEveryType ? [] : types),
    told('confidence', levels),
    told('industry', sectors),
    told('category', categories ?? []),
    told('TLP', tlps ?? []),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'all IOCs' : parts.join('; ');
}

function told(noun: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${noun} ${names.join(', ')}`;
}
