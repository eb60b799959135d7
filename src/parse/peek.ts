import type { ByteStream } from './format.ts';

/** An input whose beginning has been looked at. */
export interface Peeked {
  readonly head: Buffer;
  /** The whole input, the head included; to be read once. */
  readonly stream: ByteStream;
  /** Lets go of an input that is not going to be read. */
  readonly close: () => Promise<void>;
}

/** Looks at the first `size` bytes of an input, or all where it is shorter, without losing any. */
export async function peek(input: ByteStream, size: number): Promise<Peeked> {
  const source = input[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < size && !ended) {
    const next = await source.next();
    ended = next.done === true;
    if (next.done !== true) {
      chunks.push(next.value);
      length += next.value.length;
    }
  }
  const close = async (): Promise<void> => {
    await source.return?.();
  };
  return { head: firstBytes(chunks, size), stream: whole(chunks, source, ended), close };
}

async function* whole(
  chunks: Uint8Array[],
  source: AsyncIterator<Uint8Array>,
  ended: boolean,
): AsyncGenerator<Uint8Array> {
  let over = ended;
  try {
    while (chunks.length > 0) yield chunks.shift()!;
    while (!over) {
      const next = await source.next();
      over = next.done === true;
      if (next.done !== true) yield next.value;
    }
  } finally {
    if (!over) await source.return?.();
  }
}

function firstBytes(chunks: readonly Uint8Array[], size: number): Buffer {
  const needed: Uint8Array[] = [];
  let length = 0;
  for (const chunk of chunks) {
    needed.push(chunk.subarray(0, size - length));
    length += needed.at(-1)!.length;
  }
  return Buffer.concat(needed);
}
