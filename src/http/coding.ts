import { type Duplex, pipeline } from 'node:stream';
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib';

import { ApiError } from '../errors.ts';
import { preferences } from './negotiate.ts';

/** Content codings that are offered, the one we like best first. */
export const CODINGS = ['zstd', 'br', 'gzip', 'identity'] as const;

export type Coding = (typeof CODINGS)[number];

/**
 * Which coding an Accept-Encoding header asks for (RFC 9110 §12.5.3); without one, none. Throws `ApiError` when
 * even the uncoded form is refused.
 */
export function chooseCoding(header: string | undefined): Coding {
  if (header === undefined || header === '') return 'identity';
  const asked = new Map<string, number>();
  for (const { name, quality } of preferences(header)) {
    asked.set(name === 'x-gzip' ? 'gzip' : name, quality);
  }
  const any = asked.get('*');
  let chosen: Coding | undefined;
  let most = 0;
  for (const coding of CODINGS) {
    // Uncoded is always acceptable unless it is refused, but is the last choice unless it is preferred.
    const quality = asked.get(coding) ?? any ?? (coding === 'identity' ? Number.MIN_VALUE : 0);
    if (quality > most) {
      most = quality;
      chosen = coding;
    }
  }
  if (chosen !== undefined) return chosen;
  throw new ApiError('not_acceptable', {
    message: `None of the codings that Accept-Encoding names can be answered with. Offered: ${CODINGS.join(', ')}.`,
    details: [{ header: 'Accept-Encoding', allowed: CODINGS }],
  });
}

/** Whether a client that sent this header takes a body without a coding. */
export function takesIdentity(header: string | undefined): boolean {
  const asked = preferences(header ?? '');
  const own = asked.find(({ name }) => name === 'identity') ?? asked.find(({ name }) => name === '*');
  return own === undefined || own.quality > 0;
}

const CHUNK = 65_536;

/** Levels that cost about as much time as the rest of the answer, and windows that keep a context near 1 MB. */
const COMPRESSORS: Record<Exclude<Coding, 'identity'>, () => Duplex> = {
  gzip: () => createGzip({ level: 6, chunkSize: CHUNK }),
  br: () =>
    createBrotliCompress({
      chunkSize: CHUNK,
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 19 },
    }),
  zstd: () =>
    createZstdCompress({
      chunkSize: CHUNK,
      params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_windowLog]: 19 },
    }),
};

/** The bytes of `source` in a coding, compressed beside the event loop. The same bytes come out as the same bytes. */
export async function* encoded(
  source: AsyncIterable<Uint8Array>,
  coding: Coding,
): AsyncGenerator<Uint8Array> {
  if (coding === 'identity') {
    yield* source;
    return;
  }
  const output = COMPRESSORS[coding]();
  // A failure of the source destroys the output, whose reader below then throws it; a reader that stops early
  // destroys the output, and with it the source.
  pipeline(source, output, () => undefined);
  yield* output as AsyncIterable<Uint8Array>;
}
