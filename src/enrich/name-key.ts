/** What two spellings of one name have in common: its letters and digits, in lower case. `Cobalt_Strike` is `cobaltstrike`. */
export function nameKey(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
}
