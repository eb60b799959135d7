import type { IocItem } from '../model/ioc-item.ts';
import { SOC_DEFENDERS } from '../model/producer.ts';
import { admitted } from './admission.ts';
import { findExportFormat } from './formats.ts';
import { isInFeed } from './misp/feed-events.ts';

/** The native MISP feed, beside the names of export formats: it tells what is revoked, as the export does not. */
export const MISP_FEED = 'misp-feed';

/**
 * Whether a format has an entry for an IOC, where there is room for it: what it leaves out, it leaves out for the type, the value,
 * or for being revoked. Undefined for a name that is no format's.
 */
export function carries(name: string, ioc: Pick<IocItem, 'type' | 'value' | 'revoked'>): boolean | undefined {
  const item = { ...BLANK, ...ioc };
  if (name === MISP_FEED) return isInFeed(item, 0, -1);
  const format = findExportFormat(name);
  if (format === undefined) return undefined;
  const ready = admitted(item, format);
  if (ready === undefined) return false;
  const writer = format.open({ producer: SOC_DEFENDERS, name: '', lastModified: 0 });
  return writer.item(ready) !== undefined;
}

const BLANK: Omit<IocItem, 'type' | 'value' | 'revoked'> = {
  id: 'indicator--00000000-0000-4000-8000-000000000000',
  confidence: 0,
  level: 'low',
  firstSeen: 0,
  lastSeen: 0,
  created: 0,
  modified: 0,
  tlp: 'clear',
  description: '',
  threatTypes: [],
  families: [],
  actors: [],
  tags: [],
  techniques: [],
  cves: [],
  sectors: [],
  sources: [],
};
