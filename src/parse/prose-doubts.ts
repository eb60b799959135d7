import type { ProseValue } from './prose-values.ts';

/** Public suffixes that are better known as endings of files. */
const FILE_ENDINGS: ReadonlySet<string> = new Set(
  'ai app bz cab cat cc do lc md ml mm mov ms pl ps pub py rs save sc sh so st tf vi zip'.split(' '),
);
/** Names of products, platforms and libraries that look like domains. */
const NO_DOMAINS: ReadonlySet<string> = new Set(
  'ado.net asp.net vb.net paint.net socket.io node.js system.net'.split(' '),
);
const MEMBER = /^(?:document|window|self|this|console|process)\./i;
const VERSION_WORD =
  /(?:\bv|\bver|version|release|build|firmware|revision|\brev|update|patch)s?[\s.:=("']{0,3}$/i;

/**
 * Whether a bare name in running text is meant as a domain, and is no file, member of an object, namespace,
 * or two sentences without a space between them. What is defanged is always meant so.
 */
export function isLikelyDomain(name: string, text: string, start: number, end: number): boolean {
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  if (FILE_ENDINGS.has(last.toLowerCase()) || NO_DOMAINS.has(name.toLowerCase()) || MEMBER.test(name))
    return false;
  if (/^\p{Lu}\p{Ll}/u.test(last)) return false;
  if (/[\\/$%#&~_]/.test(text.charAt(start - 1))) return false;
  return !/[\\(=_]/.test(text.charAt(end));
}

/** Whether four numbers at `start` are introduced as a version. */
export function isVersion(text: string, start: number): boolean {
  return VERSION_WORD.test(text.slice(Math.max(0, start - 16), start));
}

/** From so many defanged values on, a text is taken to defang all that it means. */
const DEFANGED_BY_HABIT = 3;

/**
 * Without the plain links of a text that defangs its values: those lead to other reports. Links to bare
 * addresses stay.
 */
export function withoutReferences(values: readonly ProseValue[]): readonly ProseValue[] {
  const defanged = values.filter(({ isDefanged }) => isDefanged).length;
  const isReference = ({ type, value, isDefanged }: ProseValue): boolean =>
    type === 'url' && !isDefanged && /^https?:\/\/[^/]*[a-z][^/]*\//.test(value);
  const references = values.filter(isReference);
  if (defanged < DEFANGED_BY_HABIT || defanged < references.length) return values;
  return values.filter((value) => !isReference(value));
}
