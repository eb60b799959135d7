import { findTechnique } from '../model/attack.ts';
import { confidenceLevel } from '../model/confidence.ts';
import type { Ioc } from '../model/ioc.ts';
import { formatTimestamp } from '../model/time.ts';
import { assess } from '../score/assess.ts';
import { type ConfidenceExplanation, explainConfidence } from '../score/confidence.ts';
import type { IocRecord, SourceWord } from '../store/store.ts';
import { kqlQuery } from './hunting/kql.ts';
import { splunkQuery } from './hunting/spl.ts';
import { standingOf } from './why.ts';

/** Scores from which on a risk is called so; highest first. */
const RISKS = [
  ['critical', 90],
  ['high', 70],
  ['medium', 30],
  ['low', 0],
] as const;

export type Risk = (typeof RISKS)[number][0];

const NOT_REPORTED =
  'No source that is read here reports this value now. That does not mean that it is harmless.';

const ONLY_COVERED =
  'This very value is not listed, but what covers it is reported: covered_by says what. Lists that are made of it hit this value too.';

/** What the look-up of one value says, as JSON. Times are RFC 3339, UTC. */
export type Lookup = LookupFound | LookupMissing;

interface LookupMissing extends Ioc {
  readonly found: false;
  readonly message: string;
  readonly risk_score: null;
  readonly score: null;
  readonly covered_by: readonly Cover[];
  readonly hunting_queries: HuntingQueries;
  readonly sources: readonly [];
}

interface LookupFound extends Ioc {
  readonly found: true;
  readonly id: string;
  /** Whether it is still valid. */
  readonly status: 'published' | 'expired';
  readonly risk_score: Risk;
  /** 0 to 100. */
  readonly score: number;
  readonly score_explanation: string;
  readonly confidence: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly valid_until: string | null;
  readonly tlp: string;
  readonly tags: readonly string[];
  readonly malware_family: string | null;
  readonly threat_types: readonly string[];
  readonly threat_actors: readonly string[];
  readonly cves: readonly string[];
  readonly industries: readonly string[];
  readonly mitre_techniques: readonly { readonly id: string; readonly name: string | null }[];
  readonly covered_by: readonly Cover[];
  readonly hunting_queries: HuntingQueries;
  readonly sources: readonly object[];
}

/** What is published and hits the value with it: a network around it, a domain above it, the host of a URL. */
interface Cover extends Ioc {
  readonly risk_score: Risk;
  readonly confidence: string;
}

interface HuntingQueries {
  readonly splunk: string;
  readonly kql: string;
}

/**
 * What is known of a value as of `now` (UTC milliseconds); `id` is its indicator's, `around` are the records of what covers
 * it. What is held back, taken back or not published yet is not found, and what is not found is never called harmless.
 */
export function lookUp(
  ioc: Ioc,
  id: string,
  record: IocRecord | undefined,
  around: readonly IocRecord[],
  now: number,
): Lookup {
  const covers = around
    .filter((cover) => statusOf(cover, now) === 'published')
    .map((cover) => coverOf(cover, now));
  const hunting = { splunk: splunkQuery(ioc), kql: kqlQuery(ioc) };
  const status = record === undefined ? undefined : statusOf(record, now);
  if (record === undefined || status === undefined) {
    const message = covers.length > 0 ? ONLY_COVERED : NOT_REPORTED;
    return {
      ...ioc,
      found: false,
      message,
      risk_score: null,
      score: null,
      covered_by: covers,
      hunting_queries: hunting,
      sources: [],
    };
  }
  const assessment = assess(ioc, record.sources, now);
  const explanation = explainConfidence(record.sources, ioc.type, now);
  const { value: score } = explanation;
  const { families, techniques, firstSeen, lastSeen, tags, tlp, threatTypes, actors, cves, sectors } =
    assessment;
  return {
    ...ioc,
    found: true,
    id,
    status,
    risk_score: riskOf(score),
    score,
    score_explanation: inWords(explanation),
    confidence: confidenceLevel(score),
    first_seen: formatTimestamp(firstSeen),
    last_seen: formatTimestamp(lastSeen),
    valid_until: record.validUntil === undefined ? null : formatTimestamp(record.validUntil),
    tlp,
    tags,
    malware_family: families[0] ?? null,
    threat_types: threatTypes,
    threat_actors: actors,
    cves,
    industries: sectors,
    mitre_techniques: techniques.map((technique) => ({
      id: technique,
      name: findTechnique(technique)?.name ?? null,
    })),
    covered_by: covers,
    hunting_queries: hunting,
    sources: record.sources.filter(({ stands }) => stands).map(sourceOf),
  };
}

function statusOf(record: IocRecord, now: number): 'published' | 'expired' | undefined {
  if (record.stamp === 0 || record.created > now) return undefined;
  const [standing] = standingOf(record, now);
  if (standing === 'upcoming' || standing === 'published') return 'published';
  return standing === 'expired' ? 'expired' : undefined;
}

function coverOf({ type, value, sources }: IocRecord, now: number): Cover {
  const { value: score } = explainConfidence(sources, type, now);
  return { type, value, risk_score: riskOf(score), confidence: confidenceLevel(score) };
}

function riskOf(score: number): Risk {
  return RISKS.find(([, from]) => score >= from)![0];
}

function inWords({ value, claims, decayedFrom }: ConfidenceExplanation): string {
  const parts = claims
    .filter(({ counts }) => counts)
    .map(
      ({ source, claimed, reliability }) => `${source} claims ${claimed} and is believed at ${reliability} %`,
    );
  const faded = decayedFrom === undefined ? '' : `; faded from ${decayedFrom} with age`;
  return `${value} of 100: ${parts.join('; ')}${faded}.`;
}

function sourceOf({ source, firstReported, lastReported, contexts }: SourceWord): object {
  const own = contexts.filter(({ revoked }) => revoked !== true);
  const url = own.find(({ reference }) => reference !== undefined)?.reference ?? source.url;
  const comment = own.find((context) => context.comment !== undefined)?.comment;
  const article = own.find((context) => context.article !== undefined)?.article;
  return {
    feed_name: source.name,
    category: source.category ?? null,
    origin: own.some(({ evidence }) => evidence !== undefined) ? 'article' : 'feed',
    reference_url: url ?? null,
    first_reported: formatTimestamp(firstReported),
    last_reported: formatTimestamp(lastReported),
    ...(comment !== undefined && { comment }),
    ...(article !== undefined && {
      article_id: article.id,
      article_title: article.title,
      article_url: article.url ?? null,
    }),
  };
}
