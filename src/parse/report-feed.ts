export interface ReportItem {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
  readonly publishedAt?: number;
  readonly summary?: string;
  readonly html?: string;
}
export function readReportFeed(
  _bytes: Uint8Array,
  _baseUrl: string,
  _contentType?: string,
): { readonly title: string; readonly items: readonly ReportItem[] } {
  throw new Error('stub');
}
