import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { normaliseIoc } from '../../../src/normalise/normalise.ts';
import { prose } from '../../../src/parse/prose.ts';

/** A recorded report with the IOCs that its publisher lists beside it. */
export interface AnnotatedReport {
  readonly name: string;
  readonly content: Buffer;
  /** As `type value`, in normal form. */
  readonly expected: ReadonlySet<string>;
}

/** The annotated reports of the recorded data in `folder`. */
export function annotatedReports(folder: string): AnnotatedReport[] {
  const { talos } = JSON.parse(readFileSync(`${folder}/ground_truth.json`, 'utf8')) as {
    readonly talos: readonly { readonly text: string; readonly indicators: readonly [string, string][] }[];
  };
  return talos.map(({ text, indicators }) => ({
    name: basename(text, '.txt'),
    content: readFileSync(`${folder}/../${text}`),
    expected: new Set(indicators.map(([path, value]) => expectedIoc(path, value))),
  }));
}

/** A bare address that is called a URL is an address. */
function expectedIoc(path: string, value: string): string {
  const normal = normaliseIoc(value, path === 'url:value' && value.includes('://') ? 'url' : undefined);
  return normal.ok ? `${normal.type} ${normal.value}` : `refused ${value}`;
}

/** The IOCs that the reader of prose finds, as `type value` in normal form, each with the sentence that holds it. */
export async function foundIn(content: Buffer): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const batch of prose.read(once(content), { now: 0 }))
    for (const item of batch) {
      if (item.kind !== 'ioc') continue;
      const { value, typeHint, evidence } = item.ioc;
      const normal = normaliseIoc(value, typeHint);
      if (normal.ok) found.set(`${normal.type} ${normal.value}`, evidence?.sentence ?? '');
    }
  return found;
}

async function* once(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

/** How well what was found fits what was expected. */
export class Score {
  hits = 0;
  expected = 0;
  found = 0;

  add(found: Iterable<string>, expected: Iterable<string>): void {
    const given = new Set(found);
    const wanted = new Set(expected);
    this.hits += wanted.intersection(given).size;
    this.expected += wanted.size;
    this.found += given.size;
  }

  get recall(): number {
    return this.hits / this.expected;
  }

  get precision(): number {
    return this.hits / this.found;
  }
}

/** Without the difference of letter case, as the annotations name each URL once whatever its case. */
export function caseless(iocs: Iterable<string>): string[] {
  return [...iocs].map((ioc) => ioc.toLowerCase());
}
