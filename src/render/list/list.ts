import type { IndicatorQuery } from '../../model/indicator-query.ts';
import type { ListFormat, ListRequest } from '../../model/list-parameters.ts';
import type { Extent, IndicatorReads, ItemForm } from '../../store/store.ts';
import { walkSlices } from '../walk.ts';
import { CSV_COLUMNS } from './item-csv.ts';

/** A list whose content is settled: the request, and what it yields at one moment. */
export interface ListPlan {
  readonly request: ListRequest;
  /** The request's query, from where its offset leads to. */
  readonly query: ListRequest['query'];
  /** The moment that the extent was taken at, in UTC milliseconds; the content is read as of it. */
  readonly asOf: number;
  readonly extent: Extent;
  /** What stands around the items of JSON. */
  readonly envelope: Envelope | undefined;
}

export interface Envelope {
  /** How many there are without limit and offset. */
  readonly total: number;
  /** The stamp of the newest version in the store. */
  readonly newest: number;
  readonly generatedAt: string;
  readonly producer: string;
  /** As they were applied. */
  readonly filters: Readonly<Record<string, string>>;
  readonly self: string;
  readonly next: string | undefined;
}

interface ListFormatInfo {
  readonly mediaType: string;
  readonly extension: string;
  readonly form: ItemForm;
  /** What the store puts between two items. */
  readonly separator: string;
  /** So many times as many are read at once as of indicators: they are that much shorter. Of values, a page of 10,000, and the dead among them. */
  readonly slices: number;
}

/** How lists are written. */
export const LIST_FORMAT_INFO: Readonly<Record<ListFormat, ListFormatInfo>> = {
  json: {
    mediaType: 'application/json; charset=utf-8',
    extension: 'json',
    form: 'json',
    separator: ',',
    slices: 1,
  },
  csv: {
    mediaType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    form: 'csv',
    separator: '\r\n',
    slices: 2,
  },
  txt: {
    mediaType: 'text/plain; charset=utf-8',
    extension: 'txt',
    form: 'value',
    separator: '\n',
    slices: 6,
  },
  ndjson: {
    mediaType: 'application/x-ndjson; charset=utf-8',
    extension: 'ndjson',
    form: 'ndjson',
    separator: '\n',
    slices: 1,
  },
};

/** Writes a list, a slice of `size` at a time. The same plan is always the same bytes. Throws `StalePlanError`. */
export async function* listChunks(
  store: IndicatorReads,
  plan: ListPlan,
  size: number,
): AsyncGenerator<Uint8Array> {
  const { form, separator, slices } = LIST_FORMAT_INFO[plan.request.format];
  const [head, tail] = frame(plan);
  const walk = walkSlices(withinExtent(plan), plan.extent, (query) =>
    store.texts(query, form, plan.asOf, size * slices),
  );
  // The first slice is read before anything is handed out, so that a store that fails can still be answered for.
  let slice = await walk.next();
  if (head !== '') yield Buffer.from(head);
  for (let separate = false; slice.done !== true; slice = await walk.next()) {
    if (slice.value.count === 0) continue;
    if (separate) yield Buffer.from(separator);
    separate = true;
    yield slice.value.bytes;
  }
  if (tail !== '') yield Buffer.from(tail);
}

/** A plan's query up to the last of its extent: told where it ends, the store need not count on the way there. */
function withinExtent({ query, extent }: ListPlan): IndicatorQuery {
  if (query.order !== 'oldest-first') return query;
  return { ...query, until: extent.last, limit: Number.MAX_SAFE_INTEGER };
}

/** What stands before and after the items. */
function frame({ request, extent, envelope }: ListPlan): readonly [head: string, tail: string] {
  if (request.format === 'csv') return [`${CSV_COLUMNS.join(',')}\r\n`, extent.count > 0 ? '\r\n' : ''];
  if (envelope === undefined) return ['', extent.count > 0 ? '\n' : ''];
  const { total, newest, generatedAt, producer, filters, self, next } = envelope;
  const meta = {
    total,
    limit: request.query.limit,
    offset: request.offset,
    generated_at: generatedAt,
    feed_version: String(newest),
    source: producer,
    filters,
  };
  return [
    `{"meta":${JSON.stringify(meta)},"data":[`,
    `],"links":${JSON.stringify({ self, next: next ?? null })}}`,
  ];
}
