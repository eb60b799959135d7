import type { AnswerDescription, Operation } from '../operation.ts';
import type { Components } from './components.ts';

const ALWAYS = {
  'X-Request-Id': ['The id of the request: quote it to the operator.', { type: 'string' }],
} as const;

const CONTENT = {
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

/** Statuses of requests that are refused before their key is counted. */
const UNCOUNTED: ReadonlySet<number> = new Set([401, 408, 414, 431]);

/** References to the headers that every answer of a status has. */
export type StandingHeaders = (status: number) => Readonly<Record<string, object>>;

/** The headers that answers have whatever they say; `limited` where a key is counted. A 304 has none about a content. */
export function standingHeaders(limited: boolean, components: Components): StandingHeaders {
  return (status) => {
    const headers = {
      ...ALWAYS,
      ...(status !== 304 && CONTENT),
      ...(limited && !UNCOUNTED.has(status) && LIMITED),
    };
    const references = Object.entries(headers).map(([name, [description, schema]]) => [
      name,
      components.refer('headers', name, { description, schema }, 'standing'),
    ]);
    return Object.fromEntries(references) as Record<string, object>;
  };
}

/** The answers of an operation that are no errors, by status; without contents for `HEAD`. */
export function answersOf(
  { id, answers }: Operation,
  components: Components,
  standing: StandingHeaders,
  { head }: { readonly head: boolean },
): Record<string, object> {
  const byStatus = Map.groupBy(answers, ({ status }) => status);
  const described = [...byStatus].map(([status, forms]) => {
    const own = forms.flatMap(({ headers = {} }) =>
      Object.entries(headers).map(([name, description]) => [
        name,
        components.refer('headers', name, { description, schema: { type: 'string' } }, id),
      ]),
    );
    const content = Object.fromEntries(forms.flatMap((form) => contentOf(form, components)));
    const answer = {
      description: [...new Set(forms.map(({ description }) => description))].join(' '),
      headers: { ...standing(status), ...Object.fromEntries(own) },
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
