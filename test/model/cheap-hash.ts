import { scryptSync } from 'node:crypto';

const SALT = Buffer.alloc(16, 7);

/** A password hashed at a small cost, which is read from the text: N is two to the power of `ln`. */
export function cheapHash(password: string, ln = 8): string {
  const hash = scryptSync(password, SALT, 32, { N: 2 ** ln, r: 8, p: 1 });
  return `$scrypt$ln=${ln},r=8,p=1$${SALT.toString('base64')}$${hash.toString('base64')}`;
}
