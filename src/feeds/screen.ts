import type { Article } from '../model/article.ts';
import type { Hold } from '../model/hold.ts';
import type { Ioc } from '../model/ioc.ts';
import { strictestTlp, type Tlp } from '../model/marking.ts';
import type { Context, Rejection, Sighting } from '../model/sighting.ts';
import { presentable, toSighting } from '../normalise/sighting.ts';
import { refused } from '../normalise/normalised.ts';
import type { ReadItem } from '../parse/format.ts';

/** A gate as a run uses it, from its beginning to its end. */
export interface CheckingGate {
  /** What it is made of, so that the store can tell what another gate has let pass; without it, nobody asks. */
  readonly fingerprint?: string;
  /** Why an IOC may not be published, or undefined. */
  check(ioc: Ioc, origin: { readonly ownHosts: readonly string[] }): Hold | undefined;
}

/** What a record goes through between its reader and the store, besides being normalised. */
export interface Screening {
  /** Adds what follows from what a sighting says. */
  readonly enrich?: (sighting: Sighting) => Sighting;
  /** What says why an IOC may not be published. */
  readonly gate?: CheckingGate;
  /** Hosts of the feed itself, or of the report: to name them accuses nobody. */
  readonly ownHosts?: readonly string[];
  /** What holds for every record that does not say otherwise. */
  readonly defaults?: Context;
  /** The source's marking of what states none: a tag is never read as freer. */
  readonly unmarked?: Tlp;
  /** The article that records are found in, as far as it is known when a record is read. */
  readonly reading?: { readonly article: Article | undefined };
}

/** What became of a record: a sighting, perhaps held back, or a rejection. Nothing is dropped. */
export type Screened =
  | {
      readonly ok: true;
      readonly sighting: Sighting;
      /** What was left out of it. */
      readonly note?: Rejection;
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** Takes one record through normalisation, conclusions and the gate. Never throws. */
export function screen(item: ReadItem, screening: Screening): Screened {
  if (item.kind === 'rejection') return { ok: false, rejection: presentable(item.rejection) };
  const { defaults, enrich, gate, ownHosts = [], reading, unmarked } = screening;
  const outcome = toSighting(item.ioc, unmarked);
  if (!outcome.ok) return outcome;
  const { note } = outcome;
  const own = defaults === undefined ? outcome.sighting : withDefaults(outcome.sighting, defaults);
  const stated = withArticle(own, reading?.article);
  const sighting = enrich === undefined ? stated : enrich(stated);
  const hold = gate?.check(sighting, { ownHosts });
  if (hold?.rule === 'own_domain') return { ok: false, rejection: ownHost(item.ioc.place, sighting, hold) };
  const taken = hold === undefined ? sighting : { ...sighting, hold };
  return note === undefined ? { ok: true, sighting: taken } : { ok: true, sighting: taken, note };
}

/** Only this source has it wrong: another one may report the host with good reason, so it is not the IOC that is held. */
function ownHost(place: string, { value }: Ioc, { entry }: Hold): Rejection {
  const refusal = refused('own_host', entry);
  return presentable({
    place,
    code: 'own_host',
    reason: refusal.ok ? '' : refusal.reason,
    sample: value,
  });
}

/** Each article is a record of its own, so that what a later one says adds to what an earlier one said. */
function withArticle(sighting: Sighting, article: Article | undefined): Sighting {
  if (article === undefined) return sighting;
  const { id, title, url } = article;
  return { entry: id, ...sighting, article: { id, title, ...(url !== undefined && { url }) } };
}

function withDefaults(sighting: Sighting, defaults: Context): Sighting {
  if (sighting.sectors === undefined && Object.keys(defaults).length === 0) return sighting;
  const tags = [...(sighting.tags ?? []), ...(defaults.tags ?? [])];
  const sectors = [...new Set([...(sighting.sectors ?? []), ...(defaults.sectors ?? [])])];
  const tlp = strictestTlp([sighting.tlp, defaults.tlp]);
  return {
    ...defaults,
    ...sighting,
    ...(tags.length > 0 && { tags: [...new Set(tags)] }),
    ...(sectors.length > 0 && { sectors }),
    ...(tlp !== undefined && { tlp }),
  };
}
