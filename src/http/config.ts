import { type Collection, COLLECTIONS } from '../model/collection.ts';
import { type Producer, SOC_DEFENDERS } from '../model/producer.ts';

/** What the HTTP server may be told. Times are milliseconds. */
export interface HttpConfig {
  readonly producer: Producer;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  /** Whether `?api_key=` is taken. */
  readonly apiKeyInQuery: boolean;
  readonly maxConnections: number;
  /** How long a request may take to arrive, and its headers. */
  readonly requestTimeout: number;
  readonly headersTimeout: number;
  readonly keepAliveTimeout: number;
  /** A client that takes nothing of its answer for so long is dropped. */
  readonly progressDeadline: number;
  /** A client that has not taken its whole answer after so long is dropped. */
  readonly responseDeadline: number;
  /** How long answers under way may take to finish when the server closes. */
  readonly drainTimeout: number;
  /** How much memory rendered answers may take together, and the largest of them that is kept. */
  readonly cacheBytes: number;
  readonly cacheBodyBytes: number;
  /** What consumers reach this server by, such as `https://iocs.example.com`; paths alone where it is empty. */
  readonly publicUrl: string;
  readonly taxii: TaxiiConfig;
}

/** What the TAXII server may be told. */
export interface TaxiiConfig {
  /** In the order in which they are listed. */
  readonly collections: readonly Collection[];
  /** Whether the identity and the markings that indicators point to are sent on every page, or on the first alone. */
  readonly repeatCommon: boolean;
}

const MIB = 1_048_576;

/** What holds unless it is said otherwise. */
export const HTTP_DEFAULTS: HttpConfig = {
  producer: SOC_DEFENDERS,
  trustProxy: [],
  apiKeyInQuery: false,
  maxConnections: 4_096,
  requestTimeout: 30_000,
  headersTimeout: 15_000,
  keepAliveTimeout: 72_000,
  progressDeadline: 60_000,
  responseDeadline: 600_000,
  drainTimeout: 15_000,
  cacheBytes: 36 * MIB,
  cacheBodyBytes: 12 * MIB,
  publicUrl: '',
  taxii: { collections: COLLECTIONS, repeatCommon: true },
};
