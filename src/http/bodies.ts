import { BodyCache } from './body-cache.ts';
import { type Coding, encoded } from './coding.ts';
import type { HttpConfig } from './config.ts';
import { Recent } from './recent.ts';
import { OutgrownError, Rendering } from './rendering.ts';

/** A body that is ready in memory. `release` is to be called when it has been sent. */
export interface KeptBody {
  readonly coding: Coding;
  readonly bytes: Uint8Array;
  readonly release: () => void;
}

/** A body that is ready, or one that comes in chunks. */
export type Body =
  | KeptBody
  | {
      readonly coding: Coding;
      readonly chunks: AsyncGenerator<Uint8Array>;
      /** Whether it is better put together before it is sent. */
      readonly short: boolean;
      /**
       * Set where nobody else holds the chunks, so that each may be given up once it is sent: `ahead` reads the next
       * while one is sent, `paced` only when it has been taken.
       */
      readonly single?: 'ahead' | 'paced';
    };

/** How many indicators are read at once: some 1 ms, of a thread of its own beside a server. */
const SLICE = 2_000;

/** The same for an answer that is rendered as its client takes it: what each slow client costs us. */
const SLOW_SLICE = 100;

/** So many answers at once may be read ahead for a single client, in large slices: slow ones cost no more than these. */
const MOST_SINGLES = 8;

/** What an indicator takes until we have seen some, in bytes; and what part of it remains when it is compressed. */
const FIRST_ESTIMATE = 800;
const COMPRESSED = 0.25;

/** What a body is rendered from. */
export interface BodyPage {
  /** Its entity tag in each coding: it names the bytes exactly. */
  readonly etags: Readonly<Record<Coding, string>>;
  readonly plan: {
    readonly extent: { readonly count: number };
    readonly request: { readonly query: unknown; readonly presentation?: { readonly related: boolean } };
  };
}

/** Renders pages, each body once for all who ask for it at the same time, and keeps what it can. */
export class Bodies<P extends BodyPage> {
  readonly #chunks: (page: P, slice: number) => AsyncIterable<Uint8Array>;
  readonly #cache: BodyCache;
  readonly #running = new Map<string, Rendering>();
  /** What is asked for once, as by a poller with a time of its own, is not worth keeping. */
  readonly #asked = new Recent(1_000);
  #estimate = FIRST_ESTIMATE;
  #singles = 0;

  /** `chunks` renders a page, so many items at a time. */
  constructor(
    chunks: (page: P, slice: number) => AsyncIterable<Uint8Array>,
    config: Pick<HttpConfig, 'cacheBytes' | 'cacheBodyBytes'>,
    cache = new BodyCache(config.cacheBytes, config.cacheBodyBytes),
  ) {
    this.#chunks = chunks;
    this.#cache = cache;
  }

  /** The length of a page's body, when it is known without rendering it. */
  lengthOf(page: P, coding: Coding): number | undefined {
    return this.#cache.lengthOf(page.etags[coding]);
  }

  /** A page's body in a coding, where it is in memory. */
  kept(page: P, coding: Coding): KeptBody | undefined {
    const kept = this.#cache.borrow(page.etags[coding]);
    return kept && { coding, ...kept };
  }

  /**
   * A page's body in a coding, or, where memory is short and `identityTaken` allows it, without one: then it is
   * rendered no faster than its client takes it.
   */
  open(page: P, coding: Coding, identityTaken: boolean): Body {
    const key = page.etags[coding];
    const kept = this.kept(page, coding);
    if (kept !== undefined) return kept;
    const short = isShort(page);
    const shared = this.#running.get(key);
    if (shared?.open === true) return { coding, short, chunks: this.#shared(shared, page, coding) };
    if (!short && coding === 'identity' && !this.#asked.again(key) && this.#singles < MOST_SINGLES) {
      this.#singles += 1;
      return { coding, short, single: 'ahead', chunks: this.#single(page) };
    }
    const reservation = this.#cache.reserve(this.#expected(page, coding));
    if (reservation === undefined) {
      const own = identityTaken ? 'identity' : coding;
      return { coding: own, short, single: 'paced', chunks: this.#render(page, own, slowSlice(own)) };
    }
    const rendering = new Rendering(reservation);
    this.#running.set(key, rendering);
    const body = this.#shared(rendering, page, coding);
    void rendering.run(this.#render(page, coding, SLICE), key).finally(() => {
      if (this.#running.get(key) === rendering) this.#running.delete(key);
    });
    return { coding, short, chunks: body };
  }

  async *#single(page: P): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#render(page, 'identity', SLICE);
    } finally {
      this.#singles -= 1;
    }
  }

  async *#shared(rendering: Rendering, page: P, coding: Coding): AsyncGenerator<Uint8Array> {
    let sent = 0;
    try {
      for await (const chunk of rendering.read()) {
        sent += chunk.byteLength;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof OutgrownError)) throw error;
    }
    // A plan is always the same bytes: what was sent is rendered once more and left out.
    for await (const chunk of this.#render(page, coding, slowSlice(coding))) {
      const skipped = Math.min(sent, chunk.byteLength);
      sent -= skipped;
      if (skipped < chunk.byteLength) yield chunk.subarray(skipped);
    }
  }

  async *#render(page: P, coding: Coding, slice: number): AsyncGenerator<Uint8Array> {
    yield* encoded(this.#measured(page, slice), coding);
  }

  async *#measured(page: P, slice: number): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of this.#chunks(page, slice)) {
      bytes += chunk.byteLength;
      yield chunk;
    }
    const { count } = page.plan.extent;
    if (count >= SLICE) this.#estimate = (this.#estimate * 7 + bytes / count) / 8;
  }

  #expected({ plan }: BodyPage, coding: Coding): number {
    const factor =
      (coding === 'identity' ? 1 : COMPRESSED) * (plan.request.presentation?.related === true ? 3 : 1);
    return Math.ceil((plan.extent.count + 8) * this.#estimate * factor);
  }
}

function isShort({ plan }: BodyPage): boolean {
  return plan.extent.count <= SLICE && plan.request.presentation?.related !== true;
}

/** What a compressor puts out may depend on how its input is cut: the same tag must always be the same bytes. */
function slowSlice(coding: Coding): number {
  return coding === 'identity' ? SLOW_SLICE : SLICE;
}
