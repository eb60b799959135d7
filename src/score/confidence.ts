import type { IocType } from '../model/ioc.ts';
import type { Source } from '../model/sighting.ts';
import { decayScore, decayed, fallen, nextDecay, nextFall } from './decay.ts';
import { TIME_TO_LIVE } from './life.ts';
import { hear, lastSeenOf, type Heard, type Report, type Statement } from './statements.ts';

/** What one source contributes to an IOC's confidence: its weightiest record. */
export interface Claim {
  readonly source: string;
  readonly publisher: string;
  /** As the record or, where it states none, the source has it: 0 to 100. */
  readonly claimed: number;
  /** How far the source is believed: 0 to 100. */
  readonly reliability: number;
  /** `claimed × reliability / 100`, rounded down. */
  readonly weight: number;
  /** When the record saw the IOC last, UTC milliseconds. */
  readonly lastSeen: number;
  /** Whether it is its publisher's weightiest word, the one that counts. */
  readonly counts: boolean;
}

/** How an IOC's confidence came about. */
export interface ConfidenceExplanation {
  /** As it is published. */
  readonly value: number;
  /** One for each source that is heard, in the order of their names. */
  readonly claims: readonly Claim[];
  /** What the claims are worth together while they are fresh, where less is published. */
  readonly decayedFrom?: number;
}

/** A confidence, 0 to 100, an integer. */
export interface Confidence {
  readonly value: number;
  /** What it is while its claims are fresh. */
  readonly fresh: number;
  /** The first moment after now at which, without any news, it is less; undefined when there is none. */
  readonly reviewAt: number | undefined;
}

/**
 * The confidence of an IOC of `type` at `now` (UTC milliseconds). A record weighs `claimed × reliability / 100`, rounded
 * down. Of each publisher the weightiest counts; publishers confirm one another: `100 − 100 × Π(1 − weight/100)`,
 * rounded down. That is published until what is left of the weights by age is together in a lower band of confidence; then the
 * most that this band holds. What has been taken back does not age.
 */
export function confidenceOf({ revoked, statements }: Heard, type: IocType, now: number): Confidence {
  if (statements.length === 1) {
    const only = statements[0]!;
    const fresh = weightOf(only);
    if (revoked) return { value: fresh, fresh, reviewAt: undefined };
    const lastSeen = lastSeenOf(only);
    const value = decayed(fresh, type, lastSeen, now);
    return { value, fresh, reviewAt: nextDecay(fresh, type, lastSeen, now) };
  }
  const publishers = wordsOfPublishers(statements);
  const fresh = Math.floor(agreement(publishers, ({ weight }) => weight) + ROUNDING);
  const life = TIME_TO_LIVE[type];
  if (revoked || life === undefined) return { value: fresh, fresh, reviewAt: undefined };
  const scoreAt = (time: number): number =>
    agreement(publishers, ({ weight, lastSeen }) => decayScore(weight, type, lastSeen, time));
  const end = Math.max(...statements.map(lastSeenOf)) + life;
  return { value: fallen(fresh, scoreAt(now)), fresh, reviewAt: nextFall(fresh, scoreAt, now, end) };
}

/** How the confidence of an IOC of `type` comes about at `now` (UTC milliseconds). `reports` must not be empty. */
export function explainConfidence(
  reports: readonly Report[],
  type: IocType,
  now: number,
): ConfidenceExplanation {
  const heard = hear(reports);
  const { value, fresh } = confidenceOf(heard, type, now);
  return { value, claims: claimsOf(heard.statements), ...(value < fresh && { decayedFrom: fresh }) };
}

/** Room for the last digits of a product before it is rounded down. */
const ROUNDING = 1e-9;

/** What a publisher says once. */
interface Word {
  readonly weight: number;
  readonly lastSeen: number;
}

/** Each publisher's words, but those that another of its words outweighs and is no older than. */
function wordsOfPublishers(statements: readonly Statement[]): Word[][] {
  const words = new Map<string, Word[]>();
  for (const statement of statements) {
    const word = { weight: weightOf(statement), lastSeen: lastSeenOf(statement) };
    const publisher = publisherOf(statement.source);
    const others = words.get(publisher) ?? [];
    if (others.some((other) => outdoes(other, word))) continue;
    words.set(publisher, [...others.filter((other) => !outdoes(word, other)), word]);
  }
  return [...words.values()];
}

function outdoes(a: Word, b: Word): boolean {
  return a.weight >= b.weight && a.lastSeen >= b.lastSeen;
}

/** What publishers' words are worth together, 0 to 100, when each of a publisher's is worth `worth`. */
function agreement(publishers: readonly (readonly Word[])[], worth: (word: Word) => number): number {
  let doubt = 100;
  for (const words of publishers) {
    let most = 0;
    for (const word of words) most = Math.max(most, worth(word));
    doubt *= (100 - most) / 100;
  }
  return 100 - doubt;
}

function claimsOf(statements: readonly Statement[]): Claim[] {
  const claims = new Map<string, Omit<Claim, 'counts'>>();
  const weightiest = new Map<string, Omit<Claim, 'counts'>>();
  for (const statement of statements) {
    const { source } = statement;
    const claim = {
      source: source.name,
      publisher: publisherOf(source),
      claimed: claimedBy(statement),
      reliability: reliabilityOf(source),
      weight: weightOf(statement),
      lastSeen: lastSeenOf(statement),
    };
    if (isWeightier(claim, claims.get(claim.source))) claims.set(claim.source, claim);
    if (isWeightier(claim, weightiest.get(claim.publisher))) weightiest.set(claim.publisher, claim);
  }
  return [...claims.values()].map((claim) => ({
    ...claim,
    counts: weightiest.get(claim.publisher) === claim,
  }));
}

/** Of two of one weight, the younger is. */
function isWeightier(a: Word, b: Word | undefined): boolean {
  return b === undefined || a.weight > b.weight || (a.weight === b.weight && a.lastSeen > b.lastSeen);
}

function weightOf(statement: Statement): number {
  return Math.floor((claimedBy(statement) * reliabilityOf(statement.source)) / 100);
}

function claimedBy({ source, context }: Statement): number {
  return bounded(context.confidence ?? source.confidence);
}

function reliabilityOf({ reliability }: Source): number {
  return bounded(reliability ?? 100);
}

function publisherOf({ publisher, name }: Source): string {
  return publisher ?? name;
}

function bounded(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
