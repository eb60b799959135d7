import { parse } from 'csv-parse/sync';

import { lines } from '../nasty.ts';

/** Rows of a CSV file of RFC 4180, by column. */
export function readRows(text: string): Record<string, string>[] {
  return parse<Record<string, string>>(text, { columns: true, record_delimiter: '\r\n' });
}

export interface EcsDocument {
  readonly '@timestamp': string;
  readonly event: {
    readonly kind: string;
    readonly category: readonly string[];
    readonly type: readonly string[];
  };
  readonly threat: {
    readonly indicator: {
      readonly type: string;
      readonly confidence: string;
      readonly marking: { readonly tlp: string };
      readonly ip?: string;
      readonly url?: { readonly full?: string; readonly domain?: string };
      readonly file?: { readonly hash: Readonly<Record<string, string>> };
      readonly email?: { readonly address: string };
    };
  };
}

export function ecsValue({ threat: { indicator } }: EcsDocument): string | undefined {
  const { ip, url, file, email } = indicator;
  return ip ?? url?.full ?? url?.domain ?? Object.values(file?.hash ?? {})[0] ?? email?.address;
}

export interface Batch {
  readonly sourcesystem: string;
  readonly stixobjects: readonly {
    readonly id: string;
    readonly pattern: string;
    readonly valid_from: string;
    readonly valid_until?: string;
    readonly revoked?: boolean;
  }[];
}

export function readBatches(text: string): Batch[] {
  return lines(text).map((line) => JSON.parse(line) as Batch);
}
