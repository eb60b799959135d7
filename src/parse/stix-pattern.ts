import type { TypeHint } from '../normalise/normalise.ts';
import type { Comparison } from './stix-pattern-comparison.ts';
import { parsePattern } from './stix-pattern-grammar.ts';

export { PatternError } from './stix-pattern-tokens.ts';

/** What a pattern holds: values that stand by themselves as IOCs, and what is lost when they do. */
export interface PatternIocs {
  readonly iocs: readonly PatternIoc[];
  readonly rest: readonly PatternRest[];
}

/**
 * A value as the pattern has it, not normalised. The references of network traffic leave the type open
 * (`host`).
 */
export interface PatternIoc {
  readonly value: string;
  readonly typeHint: TypeHint;
}

export interface PatternRest {
  readonly expression: string;
  readonly reason: string;
}

/**
 * Takes a STIX pattern (2.0 or 2.1) apart into IOCs: every `=` or `IN` on a property that is an IOC by
 * itself gives its values, and `ISSUBSET` on an address its network, whether joined by OR, AND or FOLLOWEDBY. All else is reported: other properties
 * and operators, negations, qualifiers. Throws PatternError when the text is no pattern. Linear time.
 */
export function iocsOfPattern(pattern: string): PatternIocs {
  const { comparisons, timing } = parsePattern(pattern);
  const iocs: PatternIoc[] = [];
  const rest: PatternRest[] = [];
  const typed = typedReferences(comparisons);
  for (const comparison of comparisons) {
    const typeHint = typeOf(comparison);
    const reason =
      typeHint === undefined ? 'the property is none of the ten IOC types' : fault(comparison, typeHint);
    if (typeHint !== undefined && reason === undefined)
      iocs.push(...comparison.literals.map(({ text }) => ({ value: text, typeHint })));
    else if (reason !== undefined && !typed.has(comparison))
      rest.push({ expression: comparison.expression, reason });
  }
  rest.push(
    ...timing.map((expression) => ({ expression, reason: 'the order or time of observations is lost' })),
  );
  return { iocs, rest };
}

/** Types whose value may be a network: what `ISSUBSET` compares an address with is one (STIX 2.1 §9.6.1). */
const NETWORKED: ReadonlySet<TypeHint> = new Set(['ipv4', 'ipv6', 'host']);

function fault({ negated, operator, literals }: Comparison, typeHint?: TypeHint): string | undefined {
  if (negated || operator === '!=') return 'a negation names what is no threat';
  if (operator === 'ISSUBSET' && typeHint !== undefined && NETWORKED.has(typeHint)) return undefined;
  if (operator !== '=' && operator !== 'IN') return `${operator} describes many values, not one`;
  return literals.every((literal) => literal.kind === 'string') ? undefined : 'the value is no string';
}

/** Object paths without list steps, lower case, and the type of their values. */
const TYPES: Readonly<Record<string, TypeHint>> = {
  'ipv4-addr:value': 'ipv4',
  'ipv6-addr:value': 'ipv6',
  'domain-name:value': 'domain',
  'url:value': 'url',
  'email-addr:value': 'email',
  'network-traffic:dst_ref.value': 'host',
  'network-traffic:src_ref.value': 'host',
  'email-message:from_ref.value': 'email',
  'email-message:sender_ref.value': 'email',
  'vulnerability:name': 'cve',
  'vulnerability:external_references.external_id': 'cve',
  'attack-pattern:external_references.external_id': 'mitre-attack',
  'x-mitre-tactic:external_references.external_id': 'mitre-attack',
};

/** Where hashes may hang, list steps left out: of a file, of what it is or holds, of a certificate. */
const HASHED: ReadonlySet<string> = new Set([
  'file:hashes',
  'file:content_ref.hashes',
  'file:contains_refs.hashes',
  'artifact:hashes',
  'process:binary_ref.hashes',
  'process:image_ref.hashes',
  'process:parent_ref.image_ref.hashes',
  'process:parent_ref.binary_ref.hashes',
  'email-message:body_multipart.body_raw_ref.hashes',
  'email-message:raw_email_ref.hashes',
  'x509-certificate:hashes',
]);

const HASH_TYPES: Readonly<Record<string, TypeHint>> = { md5: 'md5', sha1: 'sha1', sha256: 'sha256' };

function typeOf({ objectType, path }: Comparison): TypeHint | undefined {
  const steps = path.filter((step) => !step.startsWith('[')).map((step) => step.toLowerCase());
  const whole = `${objectType}:${steps.join('.')}`;
  const known = Object.hasOwn(TYPES, whole) ? TYPES[whole] : undefined;
  if (known !== undefined) return known;
  const algorithm = (steps.pop() ?? '').replaceAll(/[-_]/g, '');
  if (!HASHED.has(`${objectType}:${steps.join('.')}`)) return undefined;
  return Object.hasOwn(HASH_TYPES, algorithm) ? HASH_TYPES[algorithm] : undefined;
}

const ADDRESS_TYPES: ReadonlySet<string> = new Set(['ipv4-addr', 'ipv6-addr', 'domain-name']);

/**
 * Comparisons such as `dst_ref.type = 'ipv4-addr'` that only say what the value beside them shows by itself.
 */
function typedReferences(comparisons: readonly Comparison[]): ReadonlySet<Comparison> {
  const valued = new Set(comparisons.map((comparison) => siblingKey(comparison, 'value')));
  return new Set(
    comparisons.filter(
      (comparison) =>
        comparison.path.at(-1) === 'type' &&
        fault(comparison) === undefined &&
        comparison.literals.every(({ text }) => ADDRESS_TYPES.has(text)) &&
        valued.has(siblingKey(comparison, 'type')),
    ),
  );
}

function siblingKey(
  { observation, objectType, path }: Comparison,
  name: 'value' | 'type',
): string | undefined {
  return path.at(-1) === name ? JSON.stringify([observation, objectType, path.slice(0, -1)]) : undefined;
}
