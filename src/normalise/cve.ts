import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

const CVE_ID = /^CVE-(\d{4})-\d{4,19}$/;
const FIRST_YEAR = 1999;
const LAST_YEAR = 2099;

/**
 * The normal form of a CVE id: `CVE-YYYY-NNNN…`, upper case, typographic hyphens made plain (CVE record
 * format 5, `cveId`).
 */
export function normaliseCve(text: string): Normalised {
  const id = text.replaceAll(/[\u2010-\u2013\u2212]/g, '-').toUpperCase();
  const match = CVE_ID.exec(id);
  if (!match) return refused('bad_cve', 'CVE-YYYY-NNNN with 4 to 19 final digits is expected');
  const year = Number(match[1]);
  if (year < FIRST_YEAR || year > LAST_YEAR)
    return refused('bad_cve', `the year is not within ${FIRST_YEAR} to ${LAST_YEAR}`);
  return accepted('cve', id);
}
