import { hash } from 'node:crypto';

import { entityTags } from '../etag.ts';
import type { HeaderList } from '../standing-headers.ts';
import type { TaxiiPage } from './pages.ts';

/** A page whose text is there already: what is short, or was put together from single versions. */
export function textPage(
  text: string,
  links: HeaderList = [],
  count = 0,
  sent: TaxiiPage['sent'] = null,
): TaxiiPage {
  const digest = hash('sha256', text, 'base64url');
  return {
    plan: { text, extent: { count }, request: { query: undefined } },
    etags: entityTags(digest),
    sent,
    links,
    headers: [],
  };
}

/** A resource as a page. */
export function jsonPage(resource: object): TaxiiPage {
  return textPage(JSON.stringify(resource));
}
