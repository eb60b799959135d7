/** The start of the label after the one that starts at `at`, or -1. */
export function nextLabel(host: string, at: number): number {
  const dot = host.indexOf('.', at);
  return dot < 0 ? -1 : dot + 1;
}
