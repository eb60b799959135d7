/**
 * The text of a report's item, which is a piece of HTML, as a page of its own, so that it is read as the page would be
 * that it stands for. Nothing ever shows it.
 */
export function reportPage(title: string, html: string): string {
  return `<!doctype html>\n<html><head><title>${escaped(title)}</title></head><body><article>\n${html}\n</article></body></html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
