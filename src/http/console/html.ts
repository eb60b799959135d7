/** Text that is HTML already: only `html` makes it. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template. Of a list each one; `undefined` and `false` stand for nothing. */
export type Part = string | number | Html | undefined | false | readonly Part[];

/**
 * A template of HTML. Whatever is put into it is escaped, but for what is `Html` itself. It may stand between tags, and in
 * attributes that are quoted; not in scripts, styles or the names of tags and attributes.
 */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = fixed[0]!;
  for (const [index, part] of parts.entries()) text += written(part) + fixed[index + 1]!;
  return new Html(text);
}

function written(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  return isList(part) ? part.map(written).join('') : escapeHtml(String(part));
}

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it is written between tags and in quoted attributes (HTML §13.3). Control characters are shown, not sent. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter]!)
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
