import { parseConfidence } from '../model/confidence.ts';
import { parseSector } from '../model/sector.ts';
import type { RawIoc } from '../model/sighting.ts';
import type { CsvColumns, ValueColumn } from './csv-columns.ts';
import type { CsvField, ReadItem } from './format.ts';
import { iocItem, rejectionItem, type Said } from './read-item.ts';
import { stated, statedFamily, statedMarking, statedTime } from './stated.ts';
import { typeOfWord } from './type-words.ts';

/** How sources call what they list as harmless. */
const HARMLESS =
  /^(?:legit(?:imate)?|benign|clean|harmless|safe|goodware|(?:white|allow)-?list(?:ed)?|false[ _-]positive)$/i;

/**
 * A row of a CSV file of no known feed as items: one for each of its values. A row that its source classes as
 * harmless is a rejection, and so is a value whose stated kind is none of the ten types.
 */
export function csvRowItems(
  fields: readonly string[],
  columns: CsvColumns,
  place: string,
  now: number,
): ReadItem[] {
  const cell = (field: Exclude<CsvField, 'value'>): string | undefined => {
    const position = columns.said[field];
    return position === undefined ? undefined : stated(fields[position]);
  };
  const threatType = cell('threat_type');
  const values = columns.values.flatMap((column) => {
    const value = stated(fields[column.position]);
    return value === undefined ? [] : [{ value, column }];
  });
  if (values.length === 0)
    return [rejectionItem(place, 'malformed_record', fields.join(','), 'it has no value')];
  if (threatType !== undefined && HARMLESS.test(threatType)) {
    return values.map(({ value }) => rejectionItem(place, 'not_an_ioc', value, threatType));
  }
  const confidence = cell('confidence');
  const said: Said = {
    firstSeen: statedTime(cell('first_seen'), now),
    lastSeen: statedTime(cell('last_seen'), now),
    confidence: confidence === undefined ? undefined : parseConfidence(confidence.replace(/\s*%$/, '')),
    threatType,
    family: statedFamily(cell('family')),
    ...statedMarking(cell('tlp'), words(cell('tags'))),
    techniques: cell('techniques')?.match(/\bTA?\d{4}(?:\.\d{3})?\b/gi) ?? undefined,
    sectors: words(cell('sectors')).flatMap((word) => parseSector(word) ?? []),
    reference: cell('reference'),
    comment: cell('comment'),
  };
  const kind = cell('type');
  return values.map(({ value, column }) => valueItem(value, column, kind, place, said));
}

/** A `type` column may also hold a kind of threat: a word that is no kind of observable leaves the type to be detected. */
function valueItem(
  value: string,
  { hint }: ValueColumn,
  kind: string | undefined,
  place: string,
  said: Said,
): ReadItem {
  const type = kind === undefined ? undefined : typeOfWord(kind);
  if (type === 'foreign' && hint === undefined) return rejectionItem(place, 'unsupported_type', value, kind);
  const typeHint: RawIoc['typeHint'] = hint ?? (typeof type === 'object' ? type.hint : undefined);
  if (type === undefined && kind !== undefined && said.threatType === undefined) {
    return iocItem(value, place, typeHint, { ...said, threatType: kind });
  }
  return iocItem(value, place, typeHint, said);
}

function words(cell: string | undefined): string[] {
  return cell === undefined ? [] : cell.split(/[,;|]/).flatMap((word) => stated(word) ?? []);
}
