import type { IocItem } from '../../model/ioc-item.ts';
import { isInNormalForm } from '../admission.ts';
import type { ExportFormat, ItemWriter } from '../format.ts';
import type { FirewallProfile } from './profiles.ts';

/** The list that a profile describes: the highest ranked IOCs, as many as its consumer takes, best first. */
export function firewallList(profile: FirewallProfile): ExportFormat {
  return {
    name: profile.name,
    label: profile.label,
    mediaType: 'text/plain; charset=utf-8',
    fileExtension: 'txt',
    tier: 'pro',
    types: profile.types,
    tellsRevoked: false,
    open: () => new RankedLines(profile),
  };
}

interface Ranked {
  readonly line: string;
  readonly confidence: number;
  readonly lastSeen: number;
}

/**
 * Keeps the best entries of however many it is given, in memory for twice its ceiling: those of higher confidence, then those seen
 * later, then by text, so that the same IOCs give the same list in any order.
 */
class RankedLines implements ItemWriter {
  readonly #profile: FirewallProfile;
  #kept = new Map<string, Ranked>();
  #taken = 0;
  #written = 0;

  constructor(profile: FirewallProfile) {
    this.#profile = profile;
  }

  begin(): string {
    return '';
  }

  item(item: IocItem): string | undefined {
    const line = isInNormalForm(item) ? this.#profile.entry(item) : undefined;
    if (line === undefined) return undefined;
    this.#taken += 1;
    const ranked = { line, confidence: item.confidence, lastSeen: item.lastSeen };
    const other = this.#kept.get(line);
    if (other === undefined || byRank(ranked, other) < 0) this.#kept.set(line, ranked);
    if (this.#kept.size >= 2 * this.#profile.mostEntries) this.#prune();
    return '';
  }

  end(): string {
    this.#prune();
    const lines: string[] = [];
    let bytes = 0;
    for (const line of this.#kept.keys()) {
      bytes += line.length + 1;
      if (bytes > this.#profile.mostBytes) break;
      lines.push(`${line}\n`);
    }
    this.#written = lines.length;
    return lines.join('');
  }

  dropped(): number {
    return this.#taken - this.#written;
  }

  #prune(): void {
    const best = [...this.#kept.values()].sort(byRank).slice(0, this.#profile.mostEntries);
    this.#kept = new Map(best.map((ranked) => [ranked.line, ranked]));
  }
}

function byRank(a: Ranked, b: Ranked): number {
  return (
    b.confidence - a.confidence || b.lastSeen - a.lastSeen || (a.line < b.line ? -1 : Number(a.line > b.line))
  );
}
