/** What a parameter may be given as. */
type Given = string | number | boolean | Date | readonly string[] | undefined;

/** A query as the API reads it: lists with commas, times in RFC 3339, and nothing of what is undefined. */
export function searchOf(query: object): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, Given][]) {
    if (value !== undefined) search.set(name, textOf(value));
  }
  return search;
}

function textOf(value: Exclude<Given, undefined>): string {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** The query of the next page that an answer's `Link` or `links.next` leads to; its path is known, its host not believed. */
export function queryOfLink(link: string): URLSearchParams {
  const start = link.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : link.slice(start + 1));
}

/** The target of a `Link` header with `rel="next"` (RFC 8288), if there is one. */
export function nextLink(header: string | null): string | undefined {
  return header === null ? undefined : /<([^>]*)>\s*;[^,]*\brel="?next\b/.exec(header)?.[1];
}
