import { loadAll } from 'js-yaml';

export interface Rule {
  readonly title: string;
  readonly id: string;
  readonly date: string;
  readonly level: string;
  readonly tags: readonly string[];
  readonly logsource: Readonly<Record<string, string>>;
  readonly detection: { readonly condition: string } & Readonly<Record<string, unknown>>;
}

export function readSigma(text: string): Rule[] {
  return loadAll(text) as Rule[];
}

/** All values of a rule with the field they are compared with. */
export function valuesOf(rule: Rule): { field: string; value: string }[] {
  const { condition: _, ...selections } = rule.detection;
  return Object.values(selections).flatMap((selection) =>
    Object.entries(selection as Record<string, string[]>).flatMap(([field, values]) =>
      values.map((value) => ({ field, value })),
    ),
  );
}

/** A Sigma string as what it matches: plain characters, and wildcards as objects (specification, Escaping). */
export function readPattern(text: string): (string | { wildcard: string })[] {
  const parts: (string | { wildcard: string })[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\\' && /[\\*?]/.test(text[at + 1] ?? '')) parts.push(text[(at += 1)]!);
    else if (char === '*' || char === '?') parts.push({ wildcard: char });
    else parts.push(char);
  }
  return parts;
}
