import type { Contribution, ContributionOutcome, ObjectOutcome } from '../model/contribution.ts';
import { HOLD_RULES } from '../model/hold.ts';
import type { Ioc } from '../model/ioc.ts';
import type { Rejection, Sighting, Source } from '../model/sighting.ts';
import type { Clock } from '../model/time.ts';
import { type ByteStream, InputError } from '../parse/format.ts';
import { stix } from '../parse/stix.ts';
import type { IndicatorWrites } from '../store/store.ts';
import { screen, type Screening } from './screen.ts';

/** So many objects are taken at once. */
export const MOST_OBJECTS = 5_000;

/** So many sightings go to the store in one transaction. */
const BATCH = 2_000;

/** The longest texts of a stranger that are repeated to him. */
const LONGEST = 200;

/** Objects that IOCs come from; others say something about these, or nothing that is read. */
const SOURCES_OF_IOCS = new Set(['indicator', 'vulnerability', 'attack-pattern']);

export interface ContributingParts {
  readonly store: Pick<IndicatorWrites, 'beginRun' | 'ingest' | 'quarantine' | 'endRun'>;
  readonly clock: Clock;
  readonly screening: Screening;
}

interface Found {
  readonly taken: Ioc[];
  readonly refused: string[];
}

/**
 * Takes a contribution in like any source's word: normalised, screened by the gate, published if that changes something. What
 * states no marking is taken for TLP:AMBER, as nobody said that it may go further. Rejects when the store cannot answer.
 */
export async function takeContribution(
  { bytes, account }: Contribution,
  { store, clock, screening }: ContributingParts,
): Promise<ContributionOutcome> {
  const objects = objectsOf(bytes);
  if (typeof objects === 'string') return { readable: false, reason: objects };
  const source = sourceOf(account);
  const found = new Map<number, Found>();
  const sightings: Sighting[] = [];
  const rejections: Rejection[] = [];
  try {
    for await (const items of stix.read(oneChunk(bytes), { now: clock() })) {
      for (const item of items) {
        const place = item.kind === 'ioc' ? item.ioc.place : item.rejection.place;
        const about = aboutObject(found, place);
        const screened = screen(item, { ...screening, unmarked: source.tlp });
        if (!screened.ok) {
          rejections.push(screened.rejection);
          about.refused.push(screened.rejection.reason);
          continue;
        }
        const { sighting, note } = screened;
        sightings.push(sighting);
        if (note !== undefined) rejections.push(note);
        if (sighting.hold === undefined) about.taken.push(sighting);
        else about.refused.push(`${sighting.value} is held back: ${HOLD_RULES[sighting.hold.rule]}`);
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { readable: false, reason: `${error.place}: ${error.message}` };
  }
  await publish(store, source, sightings, rejections, clock, screening);
  return {
    readable: true,
    objects: objects.map((object, index) => outcomeOf(object, index, found.get(index))),
  };
}

async function publish(
  store: ContributingParts['store'],
  source: Source,
  sightings: readonly Sighting[],
  rejections: readonly Rejection[],
  clock: Clock,
  { gate }: Screening,
): Promise<void> {
  const run = await store.beginRun(source, 'TAXII', clock());
  for (let start = 0; start < sightings.length; start += BATCH) {
    await store.ingest(run, sightings.slice(start, start + BATCH), clock(), gate?.fingerprint);
  }
  if (rejections.length > 0) await store.quarantine(run, rejections);
  await store.endRun(run, clock());
}

/** No feed is named like this: an account cannot speak in another's name. */
function sourceOf(account: string): Source {
  return { name: `Contributor ${account}`, category: 'partner', tlp: 'amber', confidence: 50 };
}

/** The objects of an envelope, or why there are none. */
function objectsOf(bytes: Uint8Array): readonly unknown[] | string {
  let envelope: unknown;
  try {
    envelope = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'the body is not JSON in UTF-8';
  }
  const objects = isRecord(envelope) ? envelope.objects : undefined;
  if (!Array.isArray(objects) || objects.length === 0)
    return 'the body is no envelope: it has no list of objects, or an empty one';
  if (objects.length > MOST_OBJECTS)
    return `the envelope has ${objects.length} objects, and at most ${MOST_OBJECTS} are taken at once: send them in several`;
  return objects as unknown[];
}

function aboutObject(found: Map<number, Found>, place: string): Found {
  const index = Number(/^objects\[(\d+)\]/.exec(place)?.[1] ?? -1);
  const about = found.get(index) ?? { taken: [], refused: [] };
  found.set(index, about);
  return about;
}

function outcomeOf(object: unknown, index: number, found: Found | undefined): ObjectOutcome {
  const { id, modified, created, type } = isRecord(object) ? object : {};
  const common = { id: textOf(id) || `objects[${index}]`, version: textOf(modified) || textOf(created) };
  if (found === undefined) return { ...common, ...contextOutcome(textOf(type), textOf(id)) };
  const { taken, refused } = found;
  const said = [
    ...(taken.length > 0 ? [`Taken: ${listed(taken.map(({ value }) => value))}.`] : []),
    ...(refused.length > 0 ? [`Not taken: ${listed(refused)}.`] : []),
  ];
  return { ...common, taken: taken.length > 0, message: said.join(' ') };
}

function contextOutcome(type: string, id: string): Pick<ObjectOutcome, 'taken' | 'message'> {
  if (id === '' || type === '')
    return { taken: false, message: 'Not taken: it is no STIX object, without an id or a type.' };
  if (SOURCES_OF_IOCS.has(type))
    return {
      taken: false,
      message: 'Not taken: it names no IOC, or the envelope has a newer version of it.',
    };
  return { taken: true, message: 'Read for what it says of the others; it is not an indicator.' };
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).map((text) => text.slice(0, LONGEST));
  return texts.length > shown.length
    ? `${shown.join('; ')}; and ${texts.length - shown.length} more`
    : shown.join('; ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function* oneChunk(bytes: Uint8Array): ByteStream {
  yield bytes;
}
