import type { Config } from '../config.ts';
import { CATALOGUE } from '../feeds/catalogue/index.ts';
import type { Feed } from '../model/feed.ts';
import type { FeedRecord } from '../store/store.ts';

const CATALOGUED: ReadonlyMap<string, Feed> = new Map(CATALOGUE.map((feed) => [feed.name, feed]));

/** The feed that a record is about; undefined when this version cannot tell. */
export function describeFeed({
  name,
  definition,
}: Pick<FeedRecord, 'name' | 'definition'>): Feed | undefined {
  if (definition === undefined) return CATALOGUED.get(name);
  try {
    return JSON.parse(definition) as Feed;
  } catch {
    return undefined;
  }
}

/** The feeds of the catalogue as the store is to know them: with `own`, none of them is on by itself. */
export function catalogued(
  feeds: Config['feeds'],
): readonly { readonly name: string; readonly enabled: boolean }[] {
  return CATALOGUE.map(({ name, enabled }) => ({ name, enabled: enabled && feeds === 'on' }));
}
