const WHITE_SPACE = /[ \t\r\n\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;
const PARTNERS: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '<': '>',
  '\u201c': '\u201d',
  '\u2018': '\u2019',
  '\u00ab': '\u00bb',
};
const DEEPEST = 4;

/**
 * A value without surrounding white space and without quotes or angle brackets around the whole of it.
 * Invisible characters, the byte order mark included, are no white space and stay.
 */
export function trimValue(text: string): string {
  let start = 0;
  let end = text.length;
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    while (start < end && WHITE_SPACE.test(text.charAt(start))) start += 1;
    while (end > start && WHITE_SPACE.test(text.charAt(end - 1))) end -= 1;
    if (end - start < 2 || depth === DEEPEST || PARTNERS[text.charAt(start)] !== text.charAt(end - 1)) break;
    start += 1;
    end -= 1;
  }
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
