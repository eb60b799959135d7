import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** How long a password may be, in characters. The most bounds the work that a guess can ask for. */
export const PASSWORD_LENGTH = { least: 12, most: 256 } as const;

interface Cost {
  /** Base-two logarithm of scrypt's N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** One of the equal choices of OWASP's password storage cheat sheet, the one that takes 32 MiB. */
const COST: Cost = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+=*)\$([\w+/]+=*)$/;

/** What a password is compared with where there is no account: it costs the same, and fits none. */
const NOBODY = written(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

/** So many hashes may wait for their turn. */
const MOST_WAITING = 16;

/** Too many passwords are being hashed. */
export class PasswordsBusyError extends Error {
  override readonly name = 'PasswordsBusyError';
}

let waiting = 0;
let turn: Promise<unknown> = Promise.resolve();

/** Why a text cannot be the password of an account, as a sentence that ends `must …`; undefined when it can. */
export function passwordProblem(password: string, account: string): string | undefined {
  const length = Array.from(password).length;
  const { least, most } = PASSWORD_LENGTH;
  if (length < least || length > most) return `must have ${least} to ${most} characters`;
  if (new Set(password).size < 4) return 'must have more than three different characters';
  if (password.toLowerCase() === account.toLowerCase()) return 'must not be the name of the account';
  return undefined;
}

/** Hashes a password with a salt of its own, beside the event loop. Rejects with `PasswordsBusyError` where too many wait. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return written(COST, salt, await derived(password, salt, COST));
}

/**
 * Whether a password is the one that was hashed. Takes as long where `stored` is undefined, and says no. Rejects with
 * `PasswordsBusyError` where too many wait.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, ln, r, p, salt = '', hash = ''] = FORM.exec(stored ?? NOBODY) ?? [];
  const expected = Buffer.from(hash, 'base64');
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const given = await derived(password, Buffer.from(salt, 'base64'), cost);
  return expected.byteLength === given.byteLength && timingSafeEqual(expected, given) && stored !== undefined;
}

/** One at a time: hashing takes a thread of the pool, which compressing answers needs too. */
async function derived(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  if (waiting >= MOST_WAITING) throw new PasswordsBusyError('too many passwords are being checked');
  waiting += 1;
  const before = turn;
  const work = (async () => {
    await before;
    return await new Promise<Buffer>((resolve, reject) => {
      const options = { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 256 };
      // Two spellings of a letter are one password.
      scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
    });
  })();
  turn = work.catch(() => undefined);
  try {
    return await work;
  } finally {
    waiting -= 1;
  }
}

function written({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64')}$${hash.toString('base64')}`;
}
