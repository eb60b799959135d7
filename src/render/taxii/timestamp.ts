import { formatTimestamp } from '../../model/time.ts';

/** UTC milliseconds as TAXII writes times: RFC 3339 in UTC with exactly six fraction digits (TAXII 2.1 §2). */
export function taxiiTimestamp(time: number): string {
  return `${formatTimestamp(time).slice(0, -1)}000Z`;
}
