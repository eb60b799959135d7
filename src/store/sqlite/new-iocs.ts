import { IOC_TYPES } from '../../model/ioc.ts';
import type { Assessment } from '../../score/assess.ts';
import { RUN_CHANGE_KINDS } from '../store.ts';
import type { Connection } from './connection.ts';
import type { VersionOfIoc } from './ioc-rows.ts';
import { Insertion, ManyRows } from './many-rows.ts';
import type { ArrivingSighting } from './packed-sightings.ts';
import { sectorRows, VERSION_COLUMNS, VERSION_SECTOR_COLUMNS, versionRow } from './versions.ts';

const IOC = new Insertion('ioc', [
  'id',
  'uuid',
  'type',
  'value',
  'created',
  'stamp',
  'validity_until',
  'validity_moved_at',
  'was_valid',
  'review_at',
  'hold',
]);
const SIGHTING = new Insertion('sighting', [
  'ioc',
  'source',
  'first_reported',
  'last_reported',
  'reports',
  'contexts',
  'run',
]);
const VERSION = new Insertion('version', VERSION_COLUMNS);
const VERSION_SECTOR = new Insertion('version_sector', VERSION_SECTOR_COLUMNS);

const ADDED = RUN_CHANGE_KINDS.indexOf('added');
const NOTE_ADDED = `INSERT INTO run_change (run, ioc, kind) SELECT ?, id, ${ADDED} FROM ioc WHERE id > ?`;

/** A version that is an IOC's first. */
export interface FirstVersion {
  readonly assessment: Assessment;
  readonly expires: number;
  readonly stix: string;
}

/**
 * IOCs that a batch is the first to tell of, each with its source's report, its place among the changes of the run and its first
 * version, written several at a time inside the caller's transaction. What is asked of the tables before `flush` may lack the last of them.
 */
export class NewIocs {
  readonly #connection: Connection;
  readonly #batch: { readonly run: number; readonly source: number; readonly now: number };
  readonly #iocs: ManyRows;
  readonly #sightings: ManyRows;
  readonly #versions: ManyRows;
  readonly #sectors: ManyRows;
  /** The last id given; undefined until there is one. */
  #lastId: number | undefined;
  /** Up to this id they are among the changes of the run. */
  #noted = 0;

  constructor(connection: Connection, batch: { run: number; source: number; now: number }) {
    this.#connection = connection;
    this.#batch = batch;
    this.#iocs = new ManyRows(connection, IOC);
    this.#sightings = new ManyRows(connection, SIGHTING);
    this.#versions = new ManyRows(connection, VERSION);
    this.#sectors = new ManyRows(connection, VERSION_SECTOR);
  }

  /** Adds an IOC with its first version, or with none where it is held back; returns its id. */
  add(sighting: ArrivingSighting, version: VersionOfIoc, first: FirstVersion | undefined): number {
    const { run, source, now } = this.#batch;
    const id = this.#nextId();
    const { created, stamp, validity, wasValid, reviewAt } = version;
    const { type, value, hold, uuidBytes, contextText } = sighting;
    this.#iocs.add(
      id,
      uuidBytes,
      IOC_TYPES.indexOf(type),
      value,
      created,
      stamp,
      validity.until ?? null,
      validity.movedAt,
      Number(wasValid),
      reviewAt ?? null,
      hold === undefined ? null : JSON.stringify(hold),
    );
    this.#sightings.add(id, source, now, now, 1, `[${contextText}]`, run);
    if (first !== undefined) {
      const { assessment, expires, stix } = first;
      this.#versions.add(...versionRow(stamp, id, assessment, expires, stix));
      for (const row of sectorRows(stamp, assessment)) this.#sectors.add(...row);
    }
    return id;
  }

  /** Writes what was added and is not written yet. */
  flush(): void {
    this.#iocs.flush();
    this.#sightings.flush();
    this.#versions.flush();
    this.#sectors.flush();
    if (this.#lastId === undefined || this.#lastId === this.#noted) return;
    this.#connection.prepare(NOTE_ADDED).run(this.#batch.run, this.#noted);
    this.#noted = this.#lastId;
  }

  /** Ids rise by one, as SQLite gives them: the caller's transaction is the only one that writes. */
  #nextId(): number {
    if (this.#lastId === undefined) {
      const last = this.#connection.prepare('SELECT max(id) AS id FROM ioc').get()!.id;
      this.#noted = Number(last ?? 0);
      this.#lastId = this.#noted;
    }
    this.#lastId += 1;
    return this.#lastId;
  }
}
