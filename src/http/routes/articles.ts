import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import { writeArticleCursor } from '../../model/article-cursor.ts';
import {
  ARTICLE_FORMATS,
  type ArticleFormat,
  type ArticleRequest,
  earliestArticle,
  LookBackError,
  parseArticleRequest,
} from '../../model/article-parameters.ts';
import type { ArticlePage } from '../../model/article.ts';
import { ParameterError } from '../../model/parameters.ts';
import { type Tier, TIERS } from '../../model/tier.ts';
import { formatTimestamp } from '../../model/time.ts';
import { isUuid } from '../../model/uuid.ts';
import { articleDetail, articleItem, articlesCsv } from '../../render/article.ts';
import type { RouteParts } from '../app.ts';
import { dependsOnAccept } from '../media-type.ts';
import { pairsOf, requireFormat } from '../parameters.ts';
import { ARTICLE_OPERATION, ARTICLES_OPERATION } from './articles-operation.ts';
import { sendShort } from '../short-answer.ts';

const PATH = '/api/v1/articles';

const MEDIA_TYPES: Readonly<Record<ArticleFormat, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** `GET /api/v1/articles` and `/api/v1/articles/{id}`: the reports that IOCs were looked for in. */
export function articles(app: FastifyInstance, { store, config, clock }: RouteParts): void {
  const list = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const { tier: name } = request.apiKey!;
    const pairs = pairsOf(request, config.apiKeyInQuery);
    requireFormat(pairs, ARTICLE_FORMATS, name);
    const asked = requestOf(pairs, TIERS[name], now);
    const typed = dependsOnAccept(request.headers.accept, pairs, ARTICLE_FORMATS);
    await store.markPolled(now);
    const page = await store.listArticles(asked.query, now);
    const next = page.next === undefined ? undefined : writeArticleCursor(page.next, asked.filters);
    if (next !== undefined) reply.header('link', `<${linkTo(asked, next)}>; rel="next"`);
    // A browser saves it and does not show it: values are hostile.
    if (asked.format !== 'json')
      reply.header('content-disposition', `attachment; filename="articles.${asked.format}"`);
    return sendShort(reply, written(asked, page, next), { mediaType: MEDIA_TYPES[asked.format], typed });
  };
  const one = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseParameters(pairsOf(request, config.apiKeyInQuery));
    const now = clock();
    const tier = TIERS[request.apiKey!.tier];
    const { id } = request.params as { id: string };
    await store.markPolled(now);
    const article = isUuid(id) ? await store.findArticle(id, now, tier.resultsPerRequest) : undefined;
    if (article === undefined) throw new ApiError('article_not_found');
    if (article.publishedAt < earliestArticle({ tier, now })) throw lookBackExceeded(tier, now);
    return sendShort(reply, JSON.stringify(articleDetail(article)));
  };
  const method = ['GET', 'HEAD'];
  const auth = { tier: 'free' } as const;
  app.route({ method, url: PATH, config: { auth, operation: ARTICLES_OPERATION }, handler: list });
  app.route({ method, url: `${PATH}/:id`, config: { auth, operation: ARTICLE_OPERATION }, handler: one });
}

function requestOf(pairs: readonly (readonly [string, string])[], tier: Tier, now: number): ArticleRequest {
  try {
    return parseArticleRequest(pairs, { tier, now });
  } catch (error) {
    throw error instanceof LookBackError ? lookBackExceeded(tier, now) : error;
  }
}

function lookBackExceeded(tier: Tier, now: number): ApiError {
  const from = formatTimestamp(earliestArticle({ tier, now }));
  const message = `${tier.label} keys see articles published since ${from}; this is further back.`;
  return new ApiError('lookback_exceeded', { message });
}

function written(asked: ArticleRequest, { articles: found }: ArticlePage, next: string | undefined): string {
  if (asked.format === 'csv') return articlesCsv(found);
  const items = found.map((article) => JSON.stringify(articleItem(article)));
  if (asked.format === 'ndjson') return items.map((item) => `${item}\n`).join('');
  const { limit, since } = asked.query;
  const meta = {
    count: items.length,
    limit,
    since: formatTimestamp(since),
    next_cursor: next ?? null,
    filters: Object.fromEntries(asked.given.filter(([name]) => name !== 'limit' && name !== 'format')),
  };
  return `{"meta":${JSON.stringify(meta)},"data":[${items.join(',')}]}`;
}

/** A path on this server: the host that a client says it spoke to is never repeated. */
function linkTo({ given }: ArticleRequest, cursor: string): string {
  const parameters = new URLSearchParams(given.map(([name, value]): [string, string] => [name, value]));
  parameters.append('cursor', cursor);
  return `${PATH}?${parameters.toString()}`;
}

/** It takes none: what is ignored in silence misleads. */
function refuseParameters(pairs: readonly (readonly [string, string])[]): void {
  const problems = pairs.map(([parameter, value]) => ({
    parameter: parameter.slice(0, 100),
    value: value.slice(0, 100),
    reason: 'this path takes no parameters',
  }));
  if (problems.length > 0) throw new ParameterError(problems.slice(0, 20));
}
