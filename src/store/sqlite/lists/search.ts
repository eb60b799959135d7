import { IOC_TYPES } from '../../../model/ioc.ts';
import type { SearchQuestion } from '../../store.ts';
import { type Connection, NEVER } from '../connection.ts';
import { readState, writeState } from './database.ts';

/** So many candidates are looked at in one step, and so many steps are made at most. */
const STEP = 500;
const MOST_STEPS = 20;

/** So many reports of one source around a find, or of its run, are looked through for the same document. */
const NEARBY = 100;

/** What a search found, as JSON texts of items. */
export interface Found {
  readonly match: 'exact' | 'substring';
  readonly items: readonly string[];
  readonly related: readonly string[];
  /** Whether there may be more. */
  readonly more: boolean;
}

interface Find {
  readonly id: number;
  readonly json: string;
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

/** Searches what is visible at `asOf`, on a connection with lists attached; `uuid` is that of the indicator of the question's exact IOC. */
export function searchValues(
  connection: Connection,
  question: SearchQuestion,
  uuid: Uint8Array | undefined,
  asOf: number,
): Found {
  const exact = uuid === undefined ? undefined : exactly(connection, uuid, asOf);
  if (exact !== undefined) {
    const finds = [exact];
    return { match: 'exact', ...told(connection, finds, question, asOf), more: false };
  }
  const { finds, more } =
    question.text === '' ? { finds: [], more: false } : partly(connection, question, asOf);
  return { match: 'substring', ...told(connection, finds, question, asOf), more };
}

function told(connection: Connection, finds: readonly Find[], { related }: SearchQuestion, asOf: number) {
  return {
    items: finds.map(({ json }) => json),
    related: relatedTo(connection, finds, related, asOf).map(({ json }) => json),
  };
}

function exactly(connection: Connection, uuid: Uint8Array, asOf: number): Find | undefined {
  const row = connection.prepare('SELECT id FROM ioc WHERE uuid = ?').get(uuid);
  return row === undefined ? undefined : visible(connection, Number(row.id), asOf);
}

/** IOCs whose values hold the text, whatever its case, those known last first. */
function partly(
  connection: Connection,
  { text, types, limit }: SearchQuestion,
  asOf: number,
): { finds: Find[]; more: boolean } {
  const part = asciiLower(text);
  const indexed = Number(readState(connection, 'searched_to', 'lists') ?? 0);
  const finds: Find[] = [];
  let before = NEVER;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const ids = candidates(connection, part, types, indexed, before);
    for (const id of ids) {
      const find = visible(connection, id, asOf);
      if (find === undefined) continue;
      if (finds.length === limit) return { finds, more: true };
      finds.push(find);
    }
    if (ids.length < STEP && before <= indexed + 1) return { finds, more: false };
    before = ids.length < STEP ? indexed + 1 : ids.at(-1)!;
  }
  return { finds, more: true };
}

/** The next ids below `before`: of those not indexed yet by looking at each, of the others by their trigrams. */
function candidates(
  connection: Connection,
  part: string,
  types: SearchQuestion['types'],
  indexed: number,
  before: number,
): number[] {
  const codes = types.map((type) => IOC_TYPES.indexOf(type)).join(', ');
  const holds = `instr(lower(i.value), ?) > 0${codes === '' ? '' : ` AND i.type IN (${codes})`}`;
  const rows =
    before > indexed + 1
      ? connection
          .prepare(
            `SELECT i.id FROM ioc AS i WHERE i.id > ? AND i.id < ? AND ${holds} ORDER BY i.id DESC LIMIT ?`,
          )
          .all(indexed, before, part, STEP)
      : connection
          .prepare(
            'SELECT i.id FROM lists.value_search AS s CROSS JOIN ioc AS i ON i.id = s.rowid ' +
              `WHERE s.value_search MATCH ? AND s.rowid < ? AND ${holds} ORDER BY s.rowid DESC LIMIT ?`,
          )
          .all(trigrams(part), before, part, STEP);
  return rows.map(({ id }) => Number(id));
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
 * The item that an IOC has at `asOf`, unless it is revoked or has expired. Where its newest version is still to come, it
 * is the one that this one will replace.
 */
function visible(connection: Connection, id: number, asOf: number): Find | undefined {
  const shown = 'v.live = 1 AND v.stamp <= ?2 AND v.expires > ?2';
  const row = connection
    .prepare(
      `SELECT t.json FROM ioc AS i CROSS JOIN lists.item AS t ON t.stamp = CASE WHEN i.stamp <= ?2
         THEN (SELECT v.stamp FROM version AS v WHERE v.stamp = i.stamp AND ${shown})
         ELSE (SELECT v.stamp FROM version AS v INDEXED BY version_until
               WHERE v.until < ${NEVER} AND v.until = i.stamp AND ${shown}) END
       WHERE i.id = ?1`,
    )
    .get(id, asOf);
  return row === undefined ? undefined : { id, json: String(row.json) };
}

/**
 * Others that a source found in the same document: in the same article, or under the same reference. Those under a reference came in
 * with the finds, so what is looked through are reports of the same source around them, and of the same run.
 */
function relatedTo(connection: Connection, finds: readonly Find[], limit: number, asOf: number): Find[] {
  const related = new Map<number, Find>();
  const known = new Set(finds.map(({ id }) => id));
  for (const { id } of finds.slice(0, limit)) {
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
