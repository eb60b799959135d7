import type { ReadItem } from './format.ts';
import { mispTags, withEventTags, type MispTags } from './misp-tags.ts';
import { isRemark, mispValues } from './misp-types.ts';
import { iocItem, rejectionItem, type Said } from './read-item.ts';
import { elementsOf, fieldsOf, firstTime, remark, reportedBy, stated, statedTime } from './stated.ts';

type Fields = Readonly<Record<string, unknown>>;

/** MISP's threat levels high, medium, low; 4 is undefined. */
const CONFIDENCE: Readonly<Record<string, number>> = { 1: 85, 2: 70, 3: 50 };
/** Categories that say where an attribute comes from, not what it does. */
const NO_THREAT_TYPE = new Set(['External analysis', 'Internal reference', 'Other', 'Support Tool']);

/**
 * A MISP event as items: its attributes and those of its objects. `to_ids: false` means that an attribute is not for
 * detection, so it is a rejection; but some publishers never set the flag, so where no attribute of an event has it, it
 * says nothing and all are taken. It says nothing of vulnerabilities either: MISP never sets it for them. Deleted
 * attributes are passed over, and remarks such as links and comments.
 */
export function mispEventItems(event: Fields, place: string, now: number): ReadItem[] {
  const attributes = attributesOf(event);
  const isFlagged = attributes.some(({ to_ids }) => isTrue(to_ids));
  const said = saidOfEvent(event, attributes, now);
  return attributes.flatMap((attribute, index) => {
    const type = stated(attribute.type)?.toLowerCase() ?? '';
    if (isTrue(attribute.deleted) || isRemark(type)) return [];
    const where = `${place}, attribute ${index + 1}`;
    const value = stated(attribute.value);
    if (value === undefined) return [rejectionItem(where, 'malformed_record', '', 'it has no value')];
    const values = mispValues(type, value);
    if (values.length === 0) return [rejectionItem(where, 'unsupported_type', value, type.slice(0, 60))];
    if (isFlagged && !isTrue(attribute.to_ids) && type !== 'vulnerability') {
      return [rejectionItem(where, 'not_an_ioc', value, 'to_ids is false: not for detection')];
    }
    const all = saidOfAttribute(attribute, said, now);
    return values.map((part) => iocItem(part.value, where, part.hint, all));
  });
}

function attributesOf(event: Fields): Fields[] {
  const own = elementsOf(event.Attribute);
  const ofObjects = elementsOf(event.Object).flatMap((element) => {
    const object = fieldsOf(element);
    return object === undefined || isTrue(object.deleted) ? [] : elementsOf(object.Attribute);
  });
  return [...own, ...ofObjects].map((attribute) => fieldsOf(attribute) ?? {});
}

/** Booleans come as `true`, `1`, `"1"`. */
function isTrue(field: unknown): boolean {
  return field === true || field === 1 || field === '1' || field === 'true';
}

interface EventSaid extends Said {
  readonly eventTags: MispTags;
  readonly info: string | undefined;
  readonly reporter: string | undefined;
}

function saidOfEvent(event: Fields, attributes: readonly Fields[], now: number): EventSaid {
  const link = attributes.find(
    ({ type, value, deleted }) =>
      type === 'link' && !isTrue(deleted) && /^https?:/i.test(stated(value) ?? ''),
  );
  return {
    eventTags: mispTags(event),
    info: stated(event.info),
    reporter: reportedBy(fieldsOf(event.Orgc)?.name),
    confidence: CONFIDENCE[stated(event.threat_level_id) ?? ''],
    reference: stated(link?.value),
    firstSeen: statedTime(event.date, now),
  };
}

function saidOfAttribute(attribute: Fields, said: EventSaid, now: number): Said {
  const { info, reporter, eventTags, ...shared } = said;
  const hasTags = elementsOf(attribute.Tag).length > 0 || elementsOf(attribute.Galaxy).length > 0;
  const { tlp, family, techniques, sectors, tags } = hasTags
    ? withEventTags(mispTags(attribute), eventTags)
    : eventTags;
  const category = stated(attribute.category);
  return {
    ...shared,
    entry: stated(attribute.uuid),
    firstSeen: firstTime([
      statedTime(attribute.first_seen, now),
      statedTime(attribute.timestamp, now),
      said.firstSeen,
    ]),
    lastSeen: statedTime(attribute.last_seen, now),
    threatType: category === undefined || NO_THREAT_TYPE.has(category) ? undefined : category,
    family,
    tags,
    techniques,
    sectors,
    tlp,
    comment: remark(info, stated(attribute.comment), reporter),
  };
}
