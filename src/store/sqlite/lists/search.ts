import { IOC_TYPES } from '../../../model/ioc.ts';
import type { SearchQuestion } from '../../store.ts';
import { type Connection, NEVER } from '../connection.ts';
import { readState, writeState } from './database.ts';

/** So many candidates are looked at in one step: some milliseconds, so that other reads come between. */
const STEP = 2_000;

/** So many reports of one source around a find, or of its run, are looked through for the same document. */
const NEARBY = 100;

/** An IOC that is visible, by its id, and its item as JSON. */
export interface Find {
  readonly id: number;
  readonly json: string;
}

/** What one step of a search found, those known last first. */
export interface SearchStep {
  readonly finds: readonly Find[];
  /** Below which id the next step begins; undefined once all is looked through. */
  readonly before: number | undefined;
}

/** Takes the next values into the search, `limit` at most. Returns how many. */
export function indexValues(lists: Connection, indicators: Connection, limit: number): number {
  return lists.write(() => {
    const from = Number(readState(lists, 'searched_to') ?? 0);
    const rows = indicators
      .prepare('SELECT id, value FROM ioc WHERE id > ? ORDER BY id LIMIT ?')
      .all(from, limit);
    const add = lists.prepare('INSERT INTO value_search (rowid, value) VALUES (?, ?)');
    for (const { id, value } of rows) add.run(id as number, value as string);
    if (rows.length > 0) writeState(lists, 'searched_to', Number(rows.at(-1)!.id));
    return rows.length;
  });
}

/** The IOC whose indicator has this UUID, if it is visible at `asOf`; on a connection with lists attached. */
export function findExactly(connection: Connection, uuid: Uint8Array, asOf: number): Find | undefined {
  const row = connection.prepare('SELECT id FROM ioc WHERE uuid = ?').get(uuid);
  return row === undefined ? undefined : visible(connection, Number(row.id), asOf);
}

/**
 * Looks at the next candidates below the id `before`, and gives those that are visible at `asOf` and hold the text, whatever its case,
 * `wanted` at most. Candidates are what is not indexed yet, and then what has the text's trigrams.
 */
export function searchStep(
  connection: Connection,
  { text, types }: Pick<SearchQuestion, 'text' | 'types'>,
  before: number,
  wanted: number,
  asOf: number,
): SearchStep {
  const part = asciiLower(text);
  const indexed = Number(readState(connection, 'searched_to', 'lists') ?? 0);
  const fresh = before > indexed + 1;
  const rows = connection
    .prepare(candidatesSql(types, fresh))
    .iterate(part, asOf, before, fresh ? indexed : trigrams(part));
  const finds: Find[] = [];
  let looked = 0;
  for (const row of rows) {
    const id = Number(row.id);
    looked += 1;
    if (row.json !== null) finds.push({ id, json: String(row.json) });
    if (finds.length === wanted || looked === STEP) return { finds, before: id };
  }
  return { finds, before: fresh ? indexed + 1 : undefined };
}

/** All candidates, with the item of those that are to be found: the limit is of what is looked at. */
function candidatesSql(types: SearchQuestion['types'], fresh: boolean): string {
  const codes = types.map((type) => IOC_TYPES.indexOf(type)).join(', ');
  const holds = `instr(lower(i.value), ?1) > 0${codes === '' ? '' : ` AND i.type IN (${codes})`}`;
  const from = fresh
    ? 'ioc AS i WHERE i.id > ?4 AND i.id < ?3 ORDER BY i.id DESC'
    : 'lists.value_search AS s CROSS JOIN ioc AS i ON i.id = s.rowid ' +
      'WHERE s.value_search MATCH ?4 AND s.rowid < ?3 ORDER BY s.rowid DESC';
  return `SELECT i.id, CASE WHEN ${holds} THEN (${VISIBLE}) END AS json FROM ${from} LIMIT ${STEP}`;
}

/** A query for values that have all trigrams of a text of three characters at least: what holds it is among them. */
function trigrams(text: string): string {
  const characters = Array.from(text);
  const all = characters.slice(2).map((_character, index) => characters.slice(index, index + 3).join(''));
  return [...new Set(all)].map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ');
}

function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * The item that an IOC `i` has at the moment `?2`, unless it is revoked or has expired. Where its newest version is still to come, it
 * is the one that this one will replace.
 */
const SHOWN = 'v.live = 1 AND v.stamp <= ?2 AND v.expires > ?2';
const VISIBLE = `SELECT t.json FROM lists.item AS t WHERE t.stamp = CASE WHEN i.stamp <= ?2
  THEN (SELECT v.stamp FROM version AS v WHERE v.stamp = i.stamp AND ${SHOWN})
  ELSE (SELECT v.stamp FROM version AS v INDEXED BY version_until
        WHERE v.until < ${NEVER} AND v.until = i.stamp AND ${SHOWN}) END`;

function visible(connection: Connection, id: number, asOf: number): Find | undefined {
  const row = connection.prepare(`SELECT (${VISIBLE}) AS json FROM ioc AS i WHERE i.id = ?1`).get(id, asOf);
  return row === undefined || row.json === null ? undefined : { id, json: String(row.json) };
}

/**
 * Others that a source found in the same document: in the same article, or under the same reference. Those under a reference came in
 * with the finds, so what is looked through are reports of the same source around them, and of the same run.
 */
export function relatedTo(
  connection: Connection,
  ids: readonly number[],
  limit: number,
  asOf: number,
): Find[] {
  const related = new Map<number, Find>();
  const known = new Set(ids);
  for (const id of ids.slice(0, limit)) {
    for (const other of sameDocument(connection, id)) {
      if (related.size >= limit) return [...related.values()];
      if (known.has(other) || related.has(other)) continue;
      const find = visible(connection, other, asOf);
      if (find !== undefined) related.set(other, find);
    }
  }
  return [...related.values()];
}

function sameDocument(connection: Connection, ioc: number): number[] {
  return connection
    .prepare(
      `WITH own AS (
         SELECT g.source, g.run, c.value ->> '$.reference' AS reference
         FROM sighting AS g CROSS JOIN json_each(g.contexts) AS c
         WHERE g.ioc = ?1 AND g.withdrawn_at IS NULL AND c.value ->> '$.reference' IS NOT NULL
       ), near AS (
         SELECT o.source, o.reference, g.ioc FROM own AS o CROSS JOIN sighting AS g INDEXED BY sighting_source
         WHERE g.source = o.source AND g.ioc BETWEEN ?1 - ${NEARBY} AND ?1 + ${NEARBY}
         UNION
         SELECT o.source, o.reference, r.ioc FROM own AS o
         CROSS JOIN (SELECT run, ioc FROM run_change WHERE run IN (SELECT run FROM own) ORDER BY ioc LIMIT ${NEARBY * 2}) AS r
         ON r.run = o.run
       )
       SELECT g.ioc AS ioc FROM near AS n CROSS JOIN sighting AS g ON g.ioc = n.ioc AND g.source = n.source
       WHERE g.ioc <> ?1 AND g.withdrawn_at IS NULL
         -- To look for the text first spares reading most as JSON.
         AND instr(g.contexts, json_quote(n.reference)) > 0
         AND EXISTS (SELECT 1 FROM json_each(g.contexts) AS c WHERE c.value ->> '$.reference' = n.reference)
       UNION
       SELECT l.ioc FROM (
         SELECT r.ioc, a.source FROM article_ioc AS o CROSS JOIN article AS a ON a.id = o.article
         CROSS JOIN article_ioc AS r ON r.article = o.article WHERE o.ioc = ?1 AND r.ioc <> ?1 LIMIT ${NEARBY * 2}
       ) AS l CROSS JOIN sighting AS g ON g.ioc = l.ioc AND g.source = l.source WHERE g.withdrawn_at IS NULL
       ORDER BY ioc`,
    )
    .all(ioc)
    .map((row) => Number(row.ioc));
}
