import { InputError, type ByteStream, type Format, type ReadItem } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { readJsonRecords } from './json-records.ts';
import { rejectionItem } from './read-item.ts';
import { dropItem, SPAMHAUS_DROP } from './spamhaus-drop.ts';
import { fieldsOf, stated } from './stated.ts';

/** One `{cidr,sblid,rir}` a line, and a last line of `{type:"metadata",…,records}` that tells how many there were. */
export const spamhausDropJson: Format = {
  name: 'spamhaus-drop-json',
  label: 'Spamhaus DROP JSON',
  source: SPAMHAUS_DROP,
  recognises(head) {
    const outline = new JsonOutline(head);
    return outline.has('cidr') && outline.has('sblid');
  },
  read,
};

/** Throws `InputError` when the last line counts other records than there were: the list has a hole. */
async function* read(input: ByteStream): AsyncGenerator<readonly ReadItem[]> {
  let records = 0;
  let announced: number | undefined;
  const itemsOf = (value: unknown, place: string): ReadItem[] => {
    const fields = fieldsOf(value);
    if (fields?.type === 'metadata') {
      announced = typeof fields.records === 'number' ? fields.records : -1;
      return [];
    }
    records += 1;
    const network = stated(fields?.cidr);
    if (fields === undefined || network === undefined)
      return [rejectionItem(place, 'malformed_record', '', 'it has no cidr')];
    return [dropItem(network, place, stated(fields.sblid), stated(fields.rir))];
  };
  yield* readJsonRecords(input, [[]], itemsOf);
  if (announced === undefined) {
    yield [rejectionItem('the end', 'truncated_input', '', 'the line that counts the records is missing')];
  } else if (announced >= 0 && announced !== records) {
    const reason = `the list says that it has ${announced} records, but ${records} came: fetch it again`;
    throw new InputError('the end', reason);
  }
}
