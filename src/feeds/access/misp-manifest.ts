import { InputError } from '../../parse/format.ts';
import { fieldsOf } from '../../parse/stated.ts';

/** A name of an event's file, and nothing else: no path, no query, no other host. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** CIRCL's has less than 3,000; a bookmark with so many takes 6 MB. */
const MOST_EVENTS = 100_000;

/** A MISP feed's table of contents: the time of the last change (Unix seconds) of each event, by UUID. */
export interface MispManifest {
  readonly events: ReadonlyMap<string, number>;
  /** Entries that are no event: a hostile name, or no time. */
  readonly refused: readonly string[];
}

/** Reads the JSON of a manifest. Throws `InputError` when it is none. */
export function mispManifestOf(json: unknown): MispManifest {
  const entries = Object.entries(fieldsOf(json) ?? {});
  if (fieldsOf(json) === undefined) throw notManifest('it is no JSON object');
  if (entries.length > MOST_EVENTS) throw notManifest(`it lists more than ${MOST_EVENTS} events`);
  const events = new Map<string, number>();
  const refused: string[] = [];
  for (const [uuid, entry] of entries) {
    const timestamp = Number(fieldsOf(entry)?.timestamp ?? Number.NaN);
    if (UUID.test(uuid) && Number.isSafeInteger(timestamp)) events.set(uuid, timestamp);
    else refused.push(uuid.slice(0, 100));
  }
  if (events.size === 0 && refused.length > 0) throw notManifest('none of its keys is the UUID of an event');
  return { events, refused };
}

function notManifest(reason: string): InputError {
  return new InputError('manifest.json', `this is not the manifest of a MISP feed: ${reason}`);
}
