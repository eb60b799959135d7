/**
 * `of` with a memory for what it was asked: rows of a feed repeat the same words. It forgets all when it holds `most`
 * answers, so that a hostile feed costs no more than `most` times the longest key.
 */
export function remembering<T>(most: number, of: (key: string) => T): (key: string) => T {
  const answers = new Map<string, T>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    if (answers.size >= most) answers.clear();
    const answer = of(key);
    answers.set(key, answer);
    return answer;
  };
}
