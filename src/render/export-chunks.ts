import type { IocItem } from '../model/ioc-item.ts';
import { admitted } from './admission.ts';
import type { ExportFormat, ExportSetting } from './format.ts';

/** How many IOCs an export holds, and how many it was given and could not express. */
export interface ExportCount {
  readonly written: number;
  readonly leftOut: number;
}

/**
 * Writes an export as text, a chunk for each slice of IOCs, and returns the count. The same items and setting give the same
 * text, however they are sliced. Throws only what `slices` throws.
 */
export async function* exportChunks(
  format: ExportFormat,
  slices: AsyncIterable<readonly IocItem[]> | Iterable<readonly IocItem[]>,
  setting: ExportSetting,
): AsyncGenerator<string, ExportCount> {
  const writer = format.open(setting);
  const begin = writer.begin();
  if (begin !== '') yield begin;
  let written = 0;
  let leftOut = 0;
  for await (const slice of slices) {
    let chunk = '';
    for (const item of slice) {
      const ready = admitted(item, format);
      const text = ready && writer.item(ready);
      if (text === undefined) leftOut += 1;
      else {
        written += 1;
        chunk += text;
      }
    }
    if (chunk !== '') yield chunk;
  }
  const end = writer.end();
  if (end !== '') yield end;
  const dropped = writer.dropped?.() ?? 0;
  return { written: written - dropped, leftOut: leftOut + dropped };
}
