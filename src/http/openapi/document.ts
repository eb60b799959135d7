import { TIERS } from '../../model/tier.ts';
import { isKeyed, type RouteAuth } from '../auth.ts';
import { COOKIES } from '../cookies.ts';
import type { Operation } from '../operation.ts';
import { answersOf, standingHeaders } from './answers.ts';
import { Components } from './components.ts';
import { errorAnswers } from './errors.ts';
import { parametersOf } from './parameters.ts';

/** A route as it is registered. */
export interface DescribedRoute {
  /** With names in the framework's way: `/api/v1/iocs/:id/why`. */
  readonly url: string;
  readonly methods: readonly string[];
  readonly auth: RouteAuth;
  readonly operation: Operation;
}

export interface DocumentSetting {
  /** Who runs the server. */
  readonly producer: string;
  /** Whether a key may be sent as `?api_key=`. */
  readonly apiKeyInQuery: boolean;
}

const DESCRIPTION = `Indicators of compromise (IOCs): as STIX 2.1, as lists, in the formats of other products, and one at a time.

Every value comes from an attacker: show it as text, and never open it.

A key is sent as \`Authorization: Bearer KEY\` or \`X-API-Key: KEY\`. It is looked at first, then the address, the limit, the tier, and the
parameters last. An unknown parameter is an error, never ignored. Every error has one shape, with a code and the request's id.

To poll, send as \`since\` what \`X-Next-Since\` said last time, and follow \`Link\` with rel="next" while there is one: every version comes once.`;

/** Ways to send a key. */
const SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'The API key.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The API key.' },
  apiKeyQuery: {
    type: 'apiKey',
    in: 'query',
    name: 'api_key',
    description: 'For clients that cannot set a header.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: COOKIES.session.name,
    description: 'What signing in gives; over HTTPS its name begins with __Host-.',
  },
  basic: { type: 'http', scheme: 'basic', description: 'Any user name, and the API key as the password.' },
} as const;

/** The OpenAPI 3.1 document of these routes, as a JSON value. Throws when two operations have one id. */
export function openApiDocument(routes: readonly DescribedRoute[], setting: DocumentSetting): object {
  const components = new Components();
  const paths = new Map<string, Record<string, object>>();
  const schemes = new Set<keyof typeof SCHEMES>();
  const ids = new Set<string>();
  for (const route of routes) {
    const { url, operation } = route;
    if (ids.has(operation.id)) throw new Error(`two operations are called ${operation.id}`);
    ids.add(operation.id);
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    const item = paths.get(path) ?? {};
    for (const method of route.methods)
      item[method.toLowerCase()] = operationObject(route, method, setting, components);
    for (const scheme of schemesOf(route.auth, setting)) schemes.add(scheme);
    paths.set(path, item);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: `${setting.producer} API`,
      version: '1',
      description: DESCRIPTION,
    },
    // The server that the document came from, whatever its name.
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ operation }) => operation.tag))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      ...components.all(),
      securitySchemes: Object.fromEntries([...schemes].map((scheme) => [scheme, SCHEMES[scheme]])),
    },
  };
}

function operationObject(
  { auth, operation }: DescribedRoute,
  method: string,
  setting: DocumentSetting,
  components: Components,
): object {
  const { id, tag, summary, description, body } = operation;
  const head = method === 'HEAD';
  const parameters = parametersOf(operation, components);
  const standing = standingHeaders(isKeyed(auth), components);
  const texts = [description, whoMay(auth)].filter((text) => text !== undefined);
  return {
    operationId: head ? `${id}Head` : id,
    tags: [tag],
    summary: head ? `${summary}: headers alone` : summary,
    ...(texts.length > 0 && { description: texts.join('\n\n') }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { [body.mediaType]: { schema: components.schema(body.schema), example: body.example } },
      },
    }),
    security: schemesOf(auth, setting).map((scheme) => ({ [scheme]: [] })),
    responses: {
      ...answersOf(operation, components, standing, { head }),
      ...errorAnswers({ operation, auth, method }, components, standing),
    },
  };
}

/** Who may use a route, in a sentence. */
function whoMay(auth: RouteAuth): string | undefined {
  if (auth === 'none') return undefined;
  if (!isKeyed(auth)) return 'For accounts that have signed in; an API key is of no use here.';
  return `For keys of the ${TIERS[auth.tier].label} tier${auth.tier === 'pro' ? '' : ' and above'}.`;
}

/** Routes that take a key in ways of their own take it as a password too. */
function schemesOf(auth: RouteAuth, { apiKeyInQuery }: DocumentSetting): (keyof typeof SCHEMES)[] {
  if (auth === 'none') return [];
  if (!isKeyed(auth)) return ['session'];
  if (auth.accepts !== undefined) return ['bearer', 'apiKey', 'basic'];
  const ways: (keyof typeof SCHEMES)[] = ['bearer', 'apiKey'];
  if (auth.basic === true) ways.push('basic');
  if (apiKeyInQuery) ways.push('apiKeyQuery');
  return ways;
}
