import type { AnswerDescription } from '../operation.ts';
import type { Components } from './components.ts';

const STANDING = {
  'X-Request-Id': ['The id of the request: quote it to the operator.', { type: 'string' }],
  'X-Content-Type-Options': ['Always nosniff.', { const: 'nosniff' }],
  'Content-Security-Policy': ['What a browser may make of the answer.', { type: 'string' }],
} as const;

const LIMITED = {
  'X-RateLimit-Limit': ['How many requests the key has in the window that is nearer to its end.', COUNT()],
  'X-RateLimit-Remaining': ['How many of them are left.', COUNT()],
  'X-RateLimit-Reset': ['When the window is free again, in Unix seconds.', COUNT()],
} as const;

function COUNT() {
  return { type: 'integer', minimum: 0 } as const;
}

/** References to the headers that every answer has; `limited` where a key is counted. */
export function standingHeaders(limited: boolean, components: Components): Record<string, object> {
  const all = limited ? { ...STANDING, ...LIMITED } : STANDING;
  const headers = Object.entries(all).map(([name, [description, schema]]) => [
    name,
    components.refer('headers', name, { description, schema }),
  ]);
  return Object.fromEntries(headers) as Record<string, object>;
}

/** The answers of an operation that are no errors, by status; without contents for `HEAD`. */
export function answersOf(
  answers: readonly AnswerDescription[],
  components: Components,
  standing: object,
  { head }: { readonly head: boolean },
): Record<string, object> {
  const byStatus = Map.groupBy(answers, ({ status }) => status);
  const described = [...byStatus].map(([status, forms]) => {
    const own = forms.flatMap(({ headers = {} }) =>
      Object.entries(headers).map(([name, description]) => [
        name,
        components.refer('headers', name, { description, schema: { type: 'string' } }),
      ]),
    );
    const content = Object.fromEntries(forms.flatMap((form) => contentOf(form, components)));
    const answer = {
      description: [...new Set(forms.map(({ description }) => description))].join(' '),
      headers: { ...standing, ...Object.fromEntries(own) },
      ...(!head && Object.keys(content).length > 0 && { content }),
    };
    return [String(status), answer];
  });
  return Object.fromEntries(described) as Record<string, object>;
}

function contentOf(
  { mediaType, schema, example, examples }: AnswerDescription,
  components: Components,
): [string, object][] {
  if (mediaType === undefined) return [];
  const named = Object.entries(examples ?? {}).map(([name, value]) => [name, { value }]);
  const media = {
    ...(schema !== undefined && { schema: components.schema(schema) }),
    ...(example !== undefined && { example }),
    ...(examples !== undefined && { examples: Object.fromEntries(named) as object }),
  };
  return [[mediaType, media]];
}
