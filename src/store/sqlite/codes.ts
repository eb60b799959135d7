/** Positions in their table of the names that are asked for, each once and in order: codes as the store has them. */
export function codesOf(all: readonly string[], asked: readonly string[]): readonly number[] {
  return [...new Set(asked)].map((name) => all.indexOf(name)).sort((a, b) => a - b);
}
