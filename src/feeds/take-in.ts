import { isNote, type Rejection, type Sighting } from '../model/sighting.ts';
import type { Clock } from '../model/time.ts';
import type { ReadItem } from '../parse/format.ts';
import type { IndicatorWrites } from '../store/store.ts';
import { screen, type Screening } from './screen.ts';

/** So many sightings go to the store in one transaction: some 60 ms of writing. */
const BATCH = 2_000;

/** What has become of the records of an input so far. */
export interface TakeInReport {
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly held: number;
  readonly expired: number;
  readonly quarantined: number;
  /** The stamp of the last version published; 0 when none was. */
  readonly lastStamp: number;
}

export interface TakeInOptions {
  readonly clock: Clock;
  /** Told after each batch. */
  readonly onProgress?: (report: TakeInReport) => void;
  /** Takes all in one transaction at the end: everything or nothing. */
  readonly atomic?: boolean;
  /** What every record goes through. */
  readonly screening?: Screening;
  /** Leaves rejections alone: they have been kept before. */
  readonly rejectionsKept?: boolean;
  /** Aborted, it stops between two batches and throws. */
  readonly signal?: AbortSignal;
}

/**
 * Takes a reader's items through normalisation into the store, batch by batch, while the next batch is
 * being read. Rejects with what the reader or the store throws; all batches before it are kept.
 */
export async function takeIn(
  store: IndicatorWrites,
  run: number,
  items: AsyncIterable<readonly ReadItem[]>,
  options: TakeInOptions,
): Promise<TakeInReport> {
  const intake = new Intake(store, run, options);
  try {
    for await (const batch of items) {
      options.signal?.throwIfAborted();
      for (const item of batch) intake.add(item);
      await intake.flushFull();
    }
  } catch (error) {
    if (options.atomic !== true) await intake.flush();
    throw error;
  }
  await intake.flush();
  return intake.report;
}

class Intake {
  report: TakeInReport = {
    read: 0,
    added: 0,
    updated: 0,
    unchanged: 0,
    held: 0,
    expired: 0,
    quarantined: 0,
    lastStamp: 0,
  };
  readonly #store: IndicatorWrites;
  readonly #run: number;
  readonly #options: TakeInOptions;
  #sightings: Sighting[] = [];
  #rejections: Rejection[] = [];
  #underWay: Promise<void> = Promise.resolve();
  #isArticleWritten = false;

  constructor(store: IndicatorWrites, run: number, options: TakeInOptions) {
    this.#store = store;
    this.#run = run;
    this.#options = options;
  }

  add(item: ReadItem): void {
    const outcome = screen(item, this.#options.screening ?? {});
    if (outcome.ok) this.#sightings.push(outcome.sighting);
    const rejection = outcome.ok ? outcome.note : outcome.rejection;
    if (rejection !== undefined && this.#options.rejectionsKept !== true) this.#rejections.push(rejection);
  }

  /** Sends off what is a full batch, once the one before has been written. */
  async flushFull(): Promise<void> {
    if (this.#options.atomic === true) return;
    if (this.#sightings.length < BATCH && this.#rejections.length < BATCH) return;
    this.#store.prepare(this.#sightings);
    await this.#underWay;
    this.#underWay = this.#write();
    // A failure is met where it is awaited, at the next batch or the end.
    this.#underWay.catch(() => undefined);
  }

  async flush(): Promise<void> {
    await this.#underWay;
    await this.#write();
  }

  async #write(): Promise<void> {
    const sightings = this.#sightings;
    const rejections = this.#rejections;
    this.#sightings = [];
    this.#rejections = [];
    const { clock, screening } = this.#options;
    const article = this.#isArticleWritten ? undefined : screening?.reading?.article;
    if (sightings.length > 0 || article !== undefined) {
      const articles = article === undefined ? [] : [article];
      const gate = screening?.gate?.fingerprint;
      this.#isArticleWritten = article !== undefined || this.#isArticleWritten;
      const counts = await this.#store.ingest(this.#run, sightings, clock(), gate, articles);
      this.report = {
        ...this.report,
        read: this.report.read + sightings.length,
        added: this.report.added + counts.added,
        updated: this.report.updated + counts.updated,
        unchanged: this.report.unchanged + counts.unchanged,
        held: this.report.held + counts.held,
        expired: this.report.expired + counts.expired,
        lastStamp: Math.max(this.report.lastStamp, counts.lastStamp),
      };
    }
    if (rejections.length > 0) {
      await this.#store.quarantine(this.#run, rejections);
      const quarantined = rejections.filter(({ code }) => !isNote(code)).length;
      this.report = {
        ...this.report,
        read: this.report.read + quarantined,
        quarantined: this.report.quarantined + quarantined,
      };
    }
    this.#options.onProgress?.(this.report);
  }
}
