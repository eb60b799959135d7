/** One member of an Accept or Accept-Encoding header. */
export interface Preference {
  /** In lower case: `application/json`, `gzip`, `*`. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 to 1; 0 refuses. */
  readonly quality: number;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** The members of an Accept or Accept-Encoding header (RFC 9110 §12.4.2, §12.5); malformed ones are left out. */
export function preferences(header: string): Preference[] {
  return header
    .split(',')
    .map(preference)
    .filter((member) => member !== undefined);
}

function preference(text: string): Preference | undefined {
  const [name = '', ...rest] = text.split(';');
  const word = name.trim().toLowerCase();
  if (word === '') return undefined;
  if (rest.length === 0) return { name: word, parameters: NONE, quality: 1 };
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [key = '', value = ''] = part.split('=', 2);
    parameters.set(key.trim().toLowerCase(), unquoted(value.trim()));
  }
  const quality = qualityOf(parameters.get('q'));
  parameters.delete('q');
  return quality === undefined ? undefined : { name: word, parameters, quality };
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function qualityOf(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  return /^(?:0|1|0?\.\d{1,3}|0\.|1\.0{0,3})$/.test(text) ? Number(text) : undefined;
}
