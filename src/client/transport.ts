import { ApiError, ConnectionError, errorOf } from './errors.ts';

/** How requests are made. */
export interface TransportOptions {
  /** Where the server is: `https://iocs.example.com`, with a path where a proxy puts it below one. */
  readonly url: string | URL;
  /** The API key. It is sent to this server alone. */
  readonly key: string;
  /** How often a request is made again after it failed in passing; 4 unless said otherwise. */
  readonly retries?: number | undefined;
  /** A server that asks to wait longer than so many milliseconds is not waited for; two minutes unless said otherwise. */
  readonly longestWait?: number | undefined;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Instead of the clock: waits, and rejects when the signal aborts. */
  readonly wait?: ((milliseconds: number, signal?: AbortSignal) => Promise<void>) | undefined;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer. */
export interface Answer {
  readonly headers: Headers;
  readonly text: string;
}

/** The JSON of an answer. Throws `ConnectionError` where it is none, as when a proxy has answered. */
export function jsonOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConnectionError('the answer is no JSON: something else than the server may have answered', {
      cause: error,
    });
  }
}

/** Statuses that pass: the key's limit, a server or a proxy before it that cannot answer at the moment. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Waits between tries where the server names none: they double, up to the longest. In milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_BACKOFF = 30_000;

/** Makes GET requests of one server, again where they failed in passing. */
export class Transport {
  readonly #base: URL;
  readonly #key: string;
  readonly #retries: number;
  readonly #longestWait: number;
  readonly #fetch: typeof fetch;
  readonly #wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;

  /** Throws `TypeError` for a URL that is none of HTTP, or a key that no header can carry. */
  constructor(options: TransportOptions) {
    this.#base = new URL(options.url);
    if (!/^https?:$/.test(this.#base.protocol))
      throw new TypeError(`not an HTTP URL: ${this.#base.protocol}`);
    if (!/^[\x21-\x7e]+$/.test(options.key))
      throw new TypeError('the API key is empty or has characters that no key has');
    this.#key = options.key;
    this.#retries = options.retries ?? 4;
    this.#longestWait = options.longestWait ?? 120_000;
    this.#fetch = options.fetch ?? ((...given) => fetch(...given));
    this.#wait = options.wait ?? wait;
  }

  /**
   * The answer to a GET request; `path` begins with a slash. Rejects with `ApiError` for an answer that is an error, with
   * `ConnectionError` where there is none, and with the signal's reason when it aborts.
   */
  async get(path: string, query: URLSearchParams, { signal }: RequestOptions = {}): Promise<Answer> {
    const url = this.#urlOf(path, query);
    for (let tries = 0; ; tries += 1) {
      signal?.throwIfAborted();
      const outcome = await this.#try(url, signal);
      if ('text' in outcome) return outcome;
      const delay = tries < this.#retries ? this.#delayOf(outcome.error, tries) : undefined;
      if (delay === undefined) throw outcome.error;
      await this.#wait(delay, signal);
    }
  }

  async #try(url: URL, signal: AbortSignal | undefined): Promise<Answer | { readonly error: Error }> {
    try {
      const answer = await this.#fetch(url, {
        headers: { authorization: `Bearer ${this.#key}`, accept: 'application/json, */*;q=0.5' },
        // A redirect could lead elsewhere, with the key.
        redirect: 'error',
        signal: signal ?? null,
      });
      if (answer.status >= 400) return { error: await errorOf(answer, Date.now()) };
      return { headers: answer.headers, text: await answer.text() };
    } catch (error) {
      signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      return {
        error: new ConnectionError(`no whole answer from ${url.origin}: ${reason}`, { cause: error }),
      };
    }
  }

  /** How long to wait before the next try; undefined where there should be none. */
  #delayOf(error: Error, tries: number): number | undefined {
    if (error instanceof ApiError) {
      if (!PASSING.has(error.status)) return undefined;
      if (error.retryAfter !== undefined)
        return error.retryAfter <= this.#longestWait ? error.retryAfter : undefined;
    }
    const backoff = Math.min(LONGEST_BACKOFF, FIRST_WAIT * 2 ** tries);
    // Clients that failed together must not come back together.
    return backoff * (0.5 + Math.random() / 2);
  }

  #urlOf(path: string, query: URLSearchParams): URL {
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
    url.search = query.toString();
    return url;
  }
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // What was aborted already tells nobody once more.
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
