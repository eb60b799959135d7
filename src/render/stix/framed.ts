import type { Slice } from '../../store/store.ts';

const COMMA = Buffer.from(',');

/**
 * Writes what comes before a walk's slices, and them, separated by commas. `begun` says that an object stands in `head`
 * already. The first slice is read before anything is handed out, so that a store that fails can still be answered for.
 */
export async function* framed(
  head: string,
  begun: boolean,
  walk: AsyncGenerator<Slice>,
): AsyncGenerator<Uint8Array> {
  let slice = await walk.next();
  yield Buffer.from(head);
  for (let separate = begun; slice.done !== true; slice = await walk.next()) {
    if (slice.value.count === 0) continue;
    if (separate) yield COMMA;
    separate = true;
    yield slice.value.bytes;
  }
}
