import { parseSector } from '../model/sector.ts';
import type { RawIoc } from '../model/sighting.ts';
import type { Format, ReadItem } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import type { JsonPath } from './json-path.ts';
import { readJsonRecords } from './json-records.ts';
import { iocItem, rejectionItem, type Said } from './read-item.ts';
import { elementsOf, fieldsOf, stated, statedTime, statedMarking, statedWords } from './stated.ts';

/** OTX's kinds of indicator as ours. What is not here is not one of the ten types. */
const TYPES = new Map<string, NonNullable<RawIoc['typeHint']>>([
  ['ipv4', 'ipv4'],
  ['ipv6', 'ipv6'],
  ['cidr', 'ip'],
  ['domain', 'host'],
  ['hostname', 'host'],
  ['url', 'url'],
  ['uri', 'url'],
  ['filehash-md5', 'md5'],
  ['filehash-sha1', 'sha1'],
  ['filehash-sha256', 'sha256'],
  ['cve', 'cve'],
  ['email', 'email'],
]);

/** Where pulses stand: a list, or a page of the API. */
const PLACES: readonly JsonPath[] = [['[]'], ['results', '[]']];

/** Pulses of AlienVault OTX: `{name,id,tags,indicators:[{indicator,type,created}]}`. */
export const otxJson: Format = {
  name: 'otx-json',
  label: 'AlienVault OTX pulses',
  source: { name: 'AlienVault OTX', url: 'https://otx.alienvault.com/', confidence: 50 },
  recognises(head) {
    const outline = new JsonOutline(head);
    return PLACES.some(
      (place) =>
        outline.has(...place, 'indicators', '[]', 'indicator') &&
        outline.has(...place, 'indicators', '[]', 'type'),
    );
  },
  read: (input, { now }) => readJsonRecords(input, PLACES, (value, place) => pulseItems(value, place, now)),
};

function pulseItems(value: unknown, place: string, now: number): ReadItem[] {
  const pulse = fieldsOf(value);
  if (pulse === undefined) return [rejectionItem(place, 'malformed_record', '', 'the pulse is no object')];
  const id = stated(pulse.id);
  const said: Said = {
    family: namesIn(pulse.malware_families, 'display_name')[0],
    ...statedMarking(stated(pulse.TLP ?? pulse.tlp), statedWords(pulse.tags)),
    techniques: namesIn(pulse.attack_ids, 'id'),
    sectors: statedWords(pulse.industries).flatMap((word) => parseSector(word) ?? []),
    reference:
      id !== undefined && /^[0-9a-f]{1,40}$/.test(id) ? `https://otx.alienvault.com/pulse/${id}` : undefined,
    comment: stated(pulse.name),
  };
  return elementsOf(pulse.indicators).map((indicator, index) =>
    indicatorItem(fieldsOf(indicator), `${place}, indicator ${index + 1}`, said, id, now),
  );
}

function indicatorItem(
  fields: Readonly<Record<string, unknown>> | undefined,
  place: string,
  said: Said,
  pulse: string | undefined,
  now: number,
): ReadItem {
  const value = stated(fields?.indicator);
  const kind = stated(fields?.type);
  if (fields === undefined || value === undefined || kind === undefined)
    return rejectionItem(place, 'malformed_record', '', 'it has no indicator or no type');
  const hint = TYPES.get(kind.toLowerCase());
  if (hint === undefined) return rejectionItem(place, 'unsupported_type', value, kind);
  return iocItem(value, place, hint, {
    ...said,
    entry: pulse === undefined ? undefined : `${pulse} ${value}`,
    firstSeen: statedTime(fields.created, now),
    threatType: stated(fields.role)?.toLowerCase().replaceAll(' ', '_'),
    revoked: fields.is_active === 0 || fields.is_active === false ? true : undefined,
  });
}

/** The texts of a list, or what its objects have under a key. */
function namesIn(list: unknown, key: string): string[] {
  return elementsOf(list).flatMap((element) => stated(element) ?? stated(fieldsOf(element)?.[key]) ?? []);
}
