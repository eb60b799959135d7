import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import { MISP_FEED } from '../../render/carries.ts';
import { mispEvent } from '../../render/misp/event.ts';
import { eventChunks, hashesChunks, manifestText } from '../../render/misp/feed-files.ts';
import { MispFeedIndex } from '../../render/misp/feed-index.ts';
import type { FeedEvent, MispFeedSnapshot } from '../../render/misp/feed-snapshot.ts';
import { answerPage, type AnswerPage } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import type { SentPage } from '../delivery.ts';
import { entityTags } from '../etag.ts';
import { refuseParameters } from '../parameters.ts';
import { Deadlines } from '../sending.ts';
import { MISP_FEED_OPERATIONS } from './misp-feed-operations.ts';

const PATH = '/api/v1/misp/feed';

/** To be raised when the same content is written in other bytes than before. */
const RENDERING = 1;

/** A file of the feed at one moment. */
interface FeedFile extends AnswerPage {
  readonly snapshot: MispFeedSnapshot;
  readonly event?: FeedEvent;
}

type FileKind = keyof typeof MISP_FEED_OPERATIONS;

/** `GET /api/v1/misp/feed/…`: a native MISP feed, which MISP subscribes to by its URL. */
export function mispFeed(
  app: FastifyInstance,
  { store, config, clock, log, cache, polls }: RouteParts,
): void {
  const index = new MispFeedIndex(store, config.producer);
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());

  const fileOf = (kind: FileKind, snapshot: MispFeedSnapshot, event?: FeedEvent): FeedFile => {
    const [content, count] = extentOf(kind, snapshot, event);
    const newest = event?.newest ?? snapshot.newest;
    const named = [RENDERING, kind, config.producer.name, config.producer.uuid, event?.head.uuid, content];
    return {
      snapshot,
      ...(event !== undefined && { event }),
      plan: { extent: { count }, request: { query: undefined } },
      etags: entityTags(named.join('|')),
      sent: kind === 'manifest' ? null : [sentOf(snapshot, event)],
      links: [],
      headers: newest > 0 ? ['last-modified', new Date(newest).toUTCString()] : [],
    };
  };

  const serve = (
    kind: FileKind,
    url: string,
    mediaType: string,
    chunks: (file: FeedFile) => AsyncIterable<string>,
  ): void => {
    const bodies = new Bodies<FeedFile>((file) => encodedChunks(chunks(file)), config, cache);
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      refuseParameters(request, config.apiKeyInQuery);
      const uuid = uuidOf(request);
      const snapshot = await index.find(clock());
      const file = fileOf(kind, snapshot, uuid === undefined ? undefined : eventOf(snapshot, uuid));
      return await answerPage(
        request,
        reply,
        { page: file, content: ['content-type', mediaType] },
        { bodies, deadlines, log, polls },
      );
    };
    const operation = MISP_FEED_OPERATIONS[kind];
    app.route({
      method: ['GET', 'HEAD'],
      url,
      config: { auth: { tier: 'pro', basic: true }, operation },
      handler,
    });
  };

  serve('manifest', `${PATH}/manifest.json`, 'application/json; charset=utf-8', manifestChunks);
  serve('hashes', `${PATH}/hashes.csv`, 'text/csv; charset=utf-8; header=absent', ({ snapshot }) =>
    hashesChunks(store, snapshot),
  );
  serve('event', `${PATH}/:event`, 'application/json; charset=utf-8', ({ snapshot, event }) =>
    eventChunks(store, snapshot, event!),
  );
}

/** The name of a file's content, and how many entries it has. */
function extentOf(
  kind: FileKind,
  snapshot: MispFeedSnapshot,
  event?: FeedEvent,
): [name: string, count: number] {
  if (event !== undefined) return [snapshot.eventName(event), event.count];
  if (kind === 'manifest') return [snapshot.manifestName, snapshot.byUuid.size];
  return [snapshot.contentName, snapshot.count];
}

/** No filter says what is in an event: it is possibly each version between its first stamp and its newest. */
function sentOf(snapshot: MispFeedSnapshot, event?: FeedEvent): SentPage {
  const { blocks, moment } = snapshot;
  const first = event === undefined ? (blocks[0]?.extent.first ?? 0) : firstOf(event);
  const last = event?.newest ?? snapshot.newest;
  const any = { types: [], levels: [], sectors: [], revoked: 'include', order: 'oldest-first' } as const;
  const extent = { count: event?.count ?? snapshot.count, first, last, more: false };
  const query = { ...any, since: first - 1, until: last };
  // Hashes are of what the export has as well: nothing revoked.
  const format = event === undefined ? mispEvent.name : MISP_FEED;
  return { query, extent, asOf: moment.asOf, part: 'current', format };
}

function firstOf({ number, blocks }: FeedEvent): number {
  return blocks.reduce((first, { rows }) => Math.min(first, rows.of(number)!.first), Infinity);
}

// oxlint-disable-next-line require-await
async function* manifestChunks({ snapshot }: FeedFile): AsyncGenerator<string> {
  yield manifestText(snapshot);
}

async function* encodedChunks(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}

/** The UUID of the event that a path names; undefined where it names none. Throws `ApiError` for any other file. */
function uuidOf({ params }: FastifyRequest): string | undefined {
  const { event } = params as { event?: string };
  if (event === undefined) return undefined;
  const uuid = /^([0-9a-f-]{36})\.json$/.exec(event)?.[1];
  if (uuid !== undefined) return uuid;
  const message = 'The feed has manifest.json, hashes.csv, and a file UUID.json for each event.';
  throw new ApiError('not_found', { message });
}

function eventOf({ byUuid }: MispFeedSnapshot, uuid: string): FeedEvent {
  const event = byUuid.get(uuid);
  if (event !== undefined) return event;
  throw new ApiError('not_found', { message: 'The feed has no event of this UUID: see manifest.json.' });
}
