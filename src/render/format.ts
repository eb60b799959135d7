import type { IocItem } from '../model/ioc-item.ts';
import type { IocType } from '../model/ioc.ts';
import type { Producer } from '../model/producer.ts';
import type { TierName } from '../model/tier.ts';

/** A format that IOCs are exported in: one row of the table in `formats.ts`. */
export interface ExportFormat {
  /** As `format=` or `profile=` and the documentation name it. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** The whole `Content-Type`. */
  readonly mediaType: string;
  /** Without a dot. */
  readonly fileExtension: string;
  readonly tier: TierName;
  /** The types of IOC that it can express; others are left out. */
  readonly types: readonly IocType[];
  /** Whether it can say that an IOC is taken back. Where it cannot, revoked IOCs are left out. */
  readonly tellsRevoked: boolean;
  /** Whether it says a number that must rise with every change, also when something is taken back. */
  readonly rises?: true;
  /** A writer of one export. It keeps state, so each export opens its own. */
  readonly open: (setting: ExportSetting) => ItemWriter;
}

/** What an export says of itself. All that is in the bytes comes from here and from the items: no clock. */
export interface ExportSetting {
  readonly producer: Producer;
  /** Says which IOCs these are, whatever window of time or page of them: `selectionOf`. As `name` unless given. */
  readonly selection?: string;
  /** Names which IOCs are exported, such as the canonical query: ids of rules and events are derived from it. */
  readonly name: string;
  /** The newest publication stamp of what is exported, or of all there is where the format says what must rise. UTC milliseconds. */
  readonly lastModified: number;
}

/**
 * Writes one export: `begin` once, `item` for each IOC in order, `end` once. An IOC whose value the format cannot carry
 * unchanged is left out: `item` returns undefined, and never throws for what a value holds. `item` may return '' for
 * what `end` writes.
 */
export interface ItemWriter {
  begin(): string;
  item(item: IocItem): string | undefined;
  end(): string;
  /** After `end`: of the IOCs that `item` took, how many have no line of their own after all. None unless it is there. */
  dropped?(): number;
}
