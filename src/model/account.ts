const LONGEST_NAME = 100;

/** Why a text cannot be the name of an account or of a key, as a sentence that ends `must …`; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '' || name !== name.trim() || name.length > LONGEST_NAME)
    return `must have 1 to ${LONGEST_NAME} characters, and no space at either end`;
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return 'must not have control or invisible characters';
  return undefined;
}
