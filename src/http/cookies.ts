import type { FastifyReply, FastifyRequest } from 'fastify';

/** The cookies of the console. */
export const COOKIES = {
  session: { name: 'soc_session', life: 12 * 3_600 },
  device: { name: 'soc_device', life: 180 * 86_400 },
} as const;

export type CookieName = keyof typeof COOKIES;

/** A cookie of this prefix is taken from browsers only as this host has set it, over TLS, for all of it. */
const PREFIX = '__Host-';

/** Whether the client speaks TLS, to us or to a proxy that is trusted. */
export function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https';
}

const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Whether a browser may send us a password: over TLS, or within its own machine. What a client claims as the host can only deceive
 * itself; that a proxy on the way has put another one in shows by the origin.
 */
export function isConfidential(request: FastifyRequest): boolean {
  if (isSecure(request)) return true;
  const { origin } = request.headers;
  return (
    LOCAL.test(request.hostname) && (origin === undefined || LOCAL.test(URL.parse(origin)?.hostname ?? ''))
  );
}

/** A cookie's value; undefined when it is not there, or there twice with different values. */
export function readCookie(request: FastifyRequest, which: CookieName): string | undefined {
  const wanted = nameOf(request, which);
  const values = new Set<string>();
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name = '', ...value] = pair.trim().split('=');
    if (name === wanted) values.add(value.join('='));
  }
  return values.size === 1 ? [...values][0] : undefined;
}

/** Sets a cookie; without a value it is taken away. */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  which: CookieName,
  value: string | undefined,
): void {
  const life = value === undefined ? 0 : COOKIES[which].life;
  const secure = isSecure(request) ? '; Secure' : '';
  void reply.header(
    'set-cookie',
    `${nameOf(request, which)}=${value ?? ''}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Strict${secure}`,
  );
}

function nameOf(request: FastifyRequest, which: CookieName): string {
  return `${isSecure(request) ? PREFIX : ''}${COOKIES[which].name}`;
}
