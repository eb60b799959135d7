const VERSION_WORD =
  /(?:\bv|\bver|versions?|releases?|builds?|firmware|revisions?|\brev|updates?|(?:up|down)(?:dat|grad)(?:e|ed|ing) to|updat(?:e|ed|ing) to|patch(?:es|ed in)?|fixed in|hotfix|before|prior to|earlier than|older than|up to|\bsdk|\bapi level|\bsp\d|\bkb\d+|\b(?:kernel|java|jre|jdk|macos|os x|ios|android|windows|office|chrome|chromium|firefox|edge|safari|nginx|apache|tomcat|php|python|openssl|openssh|wordpress|dll|fortios|fortigate|pan-os|junos|sharepoint|confluence|asa|ivanti|esxi|vcenter)|\b(?:section|chapter|clause|paragraph|appendix|figure|table|oid|rfc)|\u00a7)s?[\s.:=("'\]-]{0,4}$/iu;
const VERSION_AFTER =
  /^[\s,)]{0,3}(?:(?:and|or) (?:earlier|later|below|above|older|newer|prior|higher|lower)|\(build|-(?:alpha|beta|rc|snapshot)|release\b|x64\b|x86\b)/i;
/** Between the versions of a list. */
const LIST = /^[\s,;/]{0,3}(?:and|or|to|through|until|thru|before|prior to|via|-|\u2013|\u2014)?[\s,]{0,3}$/i;
/** `Product/1.2.3.4`, but not `tcp/192.0.2.1`. */
const PRODUCT = /(?<!\b(?:tcp|udp|ip|icmp|dns|https?|ftp|ssh|c2|or|and|host|src|dst))(?<=[\p{L}\d])\/$/iu;
const SECTION_NUMBER = /^\s*(?:#{1,6}|={1,6})?\s*$/;
/** `version=1.2.3.4`, `<=1.2.3.4`, `pkg==1.2.3.4`. */
const COMPARED = /(?:[<>=~!^]=|\^|~>)\s?$/;
const MASK = /(?:net)?mask\b[\s:=]{0,4}$/i;

/** Remembers the last version, as `1.2.3.4 and 1.2.3.5` says `version` once. */
export class VersionNumbers {
  #lastEnd = -1;

  /**
   * Whether four numbers, `[start, end)` of a text, are a version, a section's number, a network mask or an object id.
   * To be asked in rising order.
   */
  isNoAddress(text: string, start: number, end: number, lineStart: number): boolean {
    const before = text.slice(Math.max(lineStart, start - 24, 0), start);
    const isVersion =
      VERSION_WORD.test(before) ||
      COMPARED.test(before) ||
      MASK.test(before) ||
      PRODUCT.test(before) ||
      VERSION_AFTER.test(text.slice(end, end + 16)) ||
      this.#goesOn(text, start) ||
      isSectionNumber(text, start, end, lineStart);
    if (isVersion) this.#lastEnd = end;
    return isVersion;
  }

  #goesOn(text: string, start: number): boolean {
    const gap = start - this.#lastEnd;
    return this.#lastEnd >= 0 && gap > 0 && gap <= 16 && LIST.test(text.slice(this.#lastEnd, start));
  }
}

/** `1.2.3.4 Persistence` at the beginning of a line. */
function isSectionNumber(text: string, start: number, end: number, lineStart: number): boolean {
  if (start - lineStart > 8 || !SECTION_NUMBER.test(text.slice(lineStart, start))) return false;
  if (!/^(?:\d{1,2}\.){3}\d{1,2}\.?[ \t]+\p{Lu}\p{Ll}/u.test(text.slice(start, end + 12))) return false;
  return text
    .slice(start, end)
    .split('.')
    .every((part) => Number(part) < 30);
}
