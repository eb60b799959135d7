import { hash, randomBytes } from 'node:crypto';

/** A session ends when it was not used for so long, and in any case so long after it began, in milliseconds (ASVS 4.0 §3.3.2). */
export const SESSION_IDLE = 30 * 60_000;
export const SESSION_LIFE = 12 * 3_600_000;

/** A browser is known for so long after its last sign-in, in milliseconds. */
export const DEVICE_LIFE = 180 * 86_400_000;

const FORM = /^[\w-]{43}$/;

/** A secret that a browser keeps in a cookie, and what is kept of it here. */
export interface CookieSecret {
  readonly text: string;
  readonly hash: Buffer;
}

/** Makes a secret of 32 random bytes. */
export function makeCookieSecret(): CookieSecret {
  const text = randomBytes(32).toString('base64url');
  return { text, hash: hashCookieSecret(text)! };
}

/** The SHA-256 of a cookie's secret; undefined for what has not the form of one. */
export function hashCookieSecret(text: string): Buffer | undefined {
  return FORM.test(text) ? hash('sha256', text, 'buffer') : undefined;
}

/** The token that requests of a session prove with that they come from our pages: it changes with the session. */
export function csrfTokenOf(secret: string): string {
  return hash('sha256', `csrf ${secret}`, 'base64url');
}

/** When a session ends unless it is used. */
export function sessionEnd({ createdAt, usedAt }: { createdAt: number; usedAt: number }): number {
  return Math.min(usedAt + SESSION_IDLE, createdAt + SESSION_LIFE);
}
