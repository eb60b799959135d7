import type { IocItem } from '../../model/ioc-item.ts';
import { stricterTlp, type Tlp } from '../../model/marking.ts';
import type { Producer } from '../../model/producer.ts';
import { formatTimestamp } from '../../model/time.ts';
import { uuidBytes, uuidV5 } from '../../model/uuid.ts';
import type { ExportFormat, ItemWriter } from '../format.ts';
import { MISP_TYPES, mispAttribute } from './attribute.ts';
import { type MispTag, tlpTag } from './tags.ts';

/** What an event says of itself before its attributes. */
export interface MispEventHead {
  readonly uuid: string;
  readonly info: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly producer: Producer;
}

/** All that a manifest tells of an event, and that its end tells of itself. */
export interface MispEventFacts {
  readonly date: string;
  readonly info: string;
  readonly threat_level_id: string;
  readonly analysis: string;
  /** Unix seconds, as text. */
  readonly timestamp: string;
  readonly Orgc: { readonly name: string; readonly uuid: string };
  readonly Tag: readonly MispTag[];
}

/**
 * One MISP event of all that is exported (draft-dulaunoy-misp-core-format): `{"Event":{…}}`, as MISP's own export and
 * import have it. Its UUID is derived from the selection, and with it those of attributes, so that an import of what is new
 * adds to the event of the imports before.
 */
export const mispEvent: ExportFormat = {
  name: 'misp',
  label: 'MISP event',
  mediaType: 'application/json; charset=utf-8',
  fileExtension: 'json',
  tier: 'pro',
  types: MISP_TYPES,
  tellsRevoked: false,
  open: ({ producer, name, selection = name, lastModified }) =>
    new MispEventWriter({
      uuid: uuidV5(uuidBytes(producer.uuid), `misp-event:${selection}`),
      info: `${producer.name}: ${selection}`,
      date: formatTimestamp(lastModified).slice(0, 10),
      producer,
    }),
};

/**
 * Writes one event, attribute by attribute. What depends on all of them comes last: the newest time, and the
 * strictest marking, as MISP hands an event on as a whole.
 */
export class MispEventWriter implements ItemWriter {
  readonly #head: MispEventHead;
  readonly #namespace: Buffer;
  #newest = 0;
  #tlp: Tlp | undefined;
  #separator = '';

  constructor(head: MispEventHead) {
    this.#head = head;
    this.#namespace = uuidBytes(head.producer.uuid);
  }

  begin(): string {
    const { uuid, info } = this.#head;
    return `{"Event":{"uuid":"${uuid}","info":${JSON.stringify(info)},"Attribute":[`;
  }

  item(item: IocItem): string | undefined {
    const attribute = mispAttribute(item, this.#head.uuid, this.#namespace);
    if (attribute === undefined) return undefined;
    this.#newest = Math.max(this.#newest, item.modified);
    this.#tlp = this.#tlp === undefined ? item.tlp : stricterTlp(this.#tlp, item.tlp);
    const text = this.#separator + JSON.stringify(attribute);
    this.#separator = ',\n';
    return text;
  }

  end(): string {
    const facts = mispEventFacts(this.#head, this.#newest, this.#tlp);
    const { info: _, ...rest } = facts;
    const end = { ...rest, published: true, publish_timestamp: facts.timestamp };
    return `],${JSON.stringify(end).slice(1, -1)}}}\n`;
  }
}

/** What an event of such items says of itself: `newest` is their newest stamp, `tlp` their strictest marking. */
export function mispEventFacts(
  { date, info, producer }: Omit<MispEventHead, 'uuid'>,
  newest: number,
  tlp: Tlp | undefined,
): MispEventFacts {
  return {
    date,
    info,
    // Undefined: what the IOCs of an event have in common is their source, not their danger.
    threat_level_id: '4',
    // Complete.
    analysis: '2',
    timestamp: String(Math.floor(newest / 1000)),
    Orgc: { name: producer.name, uuid: producer.uuid },
    Tag: tlp === undefined ? [] : [tlpTag(tlp)],
  };
}
