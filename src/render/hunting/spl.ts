import type { Ioc } from '../../model/ioc.ts';

/**
 * A Splunk search for an IOC (Search Manual, "Quotes and escaping characters"). In a quoted term a backslash escapes quotes
 * and itself; an asterisk is a wildcard that nothing escapes, and backticks call a macro. So a value with one of these
 * is searched for with an asterisk in its place, and what is found is narrowed to the value itself by `where`, whose
 * strings have no wildcards. A network is matched as such.
 */
export function splunkQuery({ type, value }: Ioc): string {
  if ((type === 'ipv4' || type === 'ipv6') && value.includes('/')) {
    const fields = ['src', 'dest', 'src_ip', 'dest_ip'];
    return `index=* | where ${fields.map((field) => `cidrmatch(${evalString(value)}, ${field})`).join(' OR ')}`;
  }
  const search = `index=* "${escaped(value.replaceAll('`', '*'))}"`;
  if (!/[*`]/.test(value)) return search;
  return `${search} | where mvcount(split(_raw, ${evalString(value)})) > 1`;
}

/** A string expression of `eval` and `where`: what a backtick would begin is put together instead. */
function evalString(text: string): string {
  return text
    .split('`')
    .map((part) => `"${escaped(part)}"`)
    .join(' . urldecode("%60") . ');
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`);
}
