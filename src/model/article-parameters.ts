import { isArticleCursor, readArticleCursor } from './article-cursor.ts';
import { ARTICLE_CATEGORIES, type ArticleQuery, articleWord, SEVERITIES } from './article.ts';
import { findTechnique } from './attack.ts';
import { type Parameter, ParameterError, readParameters } from './parameters.ts';
import {
  choice,
  FILTER_PARAMETERS,
  type ParameterContext,
  TIME_OR_DATE,
  withPlus,
} from './query-parameters.ts';
import type { Tier } from './tier.ts';
import { parseTimestamp } from './time.ts';

/** The formats of a list of articles. */
export const ARTICLE_FORMATS = ['json', 'csv', 'ndjson'] as const;
export type ArticleFormat = (typeof ARTICLE_FORMATS)[number];

/** A request for a list of articles. */
export interface ArticleRequest {
  readonly query: ArticleQuery;
  readonly format: ArticleFormat;
  /** The filters in one form: what a cursor goes with. */
  readonly filters: string;
  /** The parameters as they were given, but for the cursor. */
  readonly given: readonly (readonly [string, string])[];
}

/** `since` reaches further back than the tier may. */
export class LookBackError extends Error {
  override readonly name = 'LookBackError';
}

const DEFAULT_LIMIT = 30;
/** A page of so many articles has about a megabyte, and is put together at once. */
const MOST_ARTICLES = 1_000;
const LONGEST_QUESTION = 200;
const MOST_WORDS = 20;
const LONGEST_NAME = 100;
const DAY = 86_400_000;

/** Every parameter of a list of articles. */
export const ARTICLE_PARAMETERS = {
  q: {
    parse: wordsIn,
    allowed: () =>
      `up to ${MOST_WORDS} words and "phrases in quotes", ${LONGEST_QUESTION} characters at most`,
    doc: 'Only articles whose title, summary, names or tags have all of these words.',
    example: 'ransomware "initial access"',
  } satisfies Parameter<readonly string[]>,
  category: names(ARTICLE_CATEGORIES, 'Only articles about one of these, comma-separated.'),
  severity: names(SEVERITIES, 'Only articles of these severities, comma-separated.'),
  has_iocs: {
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
    allowed: () => ['true', 'false'],
    doc: 'Only articles in which IOCs were found, or in which none were.',
    schema: { type: 'boolean' },
  } satisfies Parameter<boolean>,
  threat_actor: {
    parse: (text) => (text.length <= LONGEST_NAME && articleWord(text) !== '' ? text : undefined),
    allowed: () => `the name of a group, ${LONGEST_NAME} characters at most`,
    doc: 'Only articles that name this group.',
    example: 'APT28',
  } satisfies Parameter<string>,
  industry: {
    ...FILTER_PARAMETERS.industry,
    doc: 'Only articles in which one of these CISA sectors was attacked, comma-separated.',
  },
  mitre_technique: {
    parse: (text) => findTechnique(text.trim().toUpperCase())?.id,
    allowed: () => 'the id of an ATT&CK technique or tactic: T1059, T1059.001, TA0011',
    doc: 'Only articles that name this technique, or one of its sub-techniques.',
    example: 'T1059.001',
  } satisfies Parameter<string>,
  since: {
    parse: (text) => parseTimestamp(withPlus(text)),
    allowed: () => 'a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z',
    doc: 'Only articles published at this time or later.',
    schema: TIME_OR_DATE,
  } satisfies Parameter<number>,
  limit: {
    parse: (text, { tier }) => {
      const limit = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
      return limit >= 1 && limit <= mostArticles(tier) ? limit : undefined;
    },
    allowed: ({ tier }) => `a number from 1 to ${mostArticles(tier)}`,
    doc: `At most so many articles; ${DEFAULT_LIMIT} unless said otherwise.`,
    schema: { type: 'integer', minimum: 1, default: DEFAULT_LIMIT },
  } satisfies Parameter<number, ParameterContext>,
  cursor: {
    parse: (text) => (isArticleCursor(text) ? text : undefined),
    allowed: () => 'what meta.next_cursor says',
    doc: 'Goes on where a page ended.',
  } satisfies Parameter<string>,
  format: choice(ARTICLE_FORMATS, 'How the list is written.'),
} as const;

/**
 * Reads the parameters of a list of articles. Throws `ParameterError` that lists everything that is wrong, and
 * `LookBackError` where `since` lies before what the tier may see.
 */
export function parseArticleRequest(
  pairs: readonly (readonly [string, string])[],
  context: ParameterContext,
): ArticleRequest {
  const values = readParameters(ARTICLE_PARAMETERS, pairs, context);
  const earliest = earliestArticle(context);
  if (values.since !== undefined && values.since < earliest)
    throw new LookBackError(
      `Since ${new Date(values.since).toISOString()} is further back than ${context.tier.label} reaches.`,
    );
  const question = {
    words: values.q ?? [],
    categories: values.category ?? [],
    severities: values.severity ?? [],
    sectors: values.industry ?? [],
    ...(values.threat_actor !== undefined && { actor: values.threat_actor }),
    ...(values.mitre_technique !== undefined && { technique: values.mitre_technique }),
    ...(values.has_iocs !== undefined && { hasIocs: values.has_iocs }),
  };
  const filters = JSON.stringify([question, values.since ?? null]);
  const after = values.cursor === undefined ? undefined : readArticleCursor(values.cursor, filters);
  if (values.cursor !== undefined && after === undefined) {
    const reason =
      'damaged, or used with other filters: a cursor goes with the filters of the page that it came from';
    throw new ParameterError([{ parameter: 'cursor', value: values.cursor, reason }]);
  }
  return {
    query: {
      ...question,
      since: values.since ?? earliest,
      ...(after !== undefined && { after }),
      limit: values.limit ?? DEFAULT_LIMIT,
    },
    format: values.format ?? 'json',
    filters,
    given: pairs.filter(([name]) => name !== 'cursor'),
  };
}

/** From when on a tier may see articles: the beginning of a day (UTC), so that a date can be asked for. */
export function earliestArticle({ tier, now }: ParameterContext): number {
  return Math.floor((now - tier.articleLookBack) / DAY) * DAY;
}

function mostArticles({ resultsPerRequest }: Tier): number {
  return Math.min(resultsPerRequest, MOST_ARTICLES);
}

/** Words and phrases in quotes; what has neither letter nor digit says nothing. */
function wordsIn(text: string): readonly string[] | undefined {
  if (text.length > LONGEST_QUESTION || /[\p{Cc}\p{Cs}]/u.test(text)) return undefined;
  const words = [...text.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([whole, phrase]) => (phrase ?? whole).trim());
  const telling = words.filter((word) => /[\p{L}\p{N}]/u.test(word));
  return telling.length === 0 || telling.length > MOST_WORDS ? undefined : telling;
}

/** A comma-separated list of names, read into the order of `all`, each once. */
function names<T extends string>(all: readonly T[], doc: string): Parameter<readonly T[]> {
  return {
    parse: (text) => {
      const asked = text.split(',').map((part) => part.trim().toLowerCase());
      const known = asked.every((name) => (all as readonly string[]).includes(name));
      return known ? all.filter((name) => asked.includes(name)) : undefined;
    },
    allowed: () => all,
    doc,
    schema: { type: 'array', items: { type: 'string', enum: all }, minItems: 1 },
  };
}
