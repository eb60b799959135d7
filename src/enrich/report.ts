import type { Article, ArticleCategory, Severity } from '../model/article.ts';
import type { Sector } from '../model/sector.ts';
import type { Derived } from '../model/sighting.ts';
import { REPORT_TOPICS, SAYS_EXPLOITED } from './report-topics.ts';
import { actorKeys } from './names.ts';
import { mentionsIn, sectorsIn, techniquesIn } from './text.ts';

/** The words of a report, without the page around it. */
export interface ReportText {
  readonly title: string;
  readonly summary?: string;
  readonly paragraphs: readonly string[];
}

/** What a report names, and what follows from it. */
export type ReportFindings = Pick<
  Article,
  'families' | 'actors' | 'actorKeys' | 'techniques' | 'cves' | 'sectors' | 'categories' | 'severity'
>;

/** A name counts that is in the title or the summary, or in so many paragraphs; a topic needs more, as its words are common. */
const PARAGRAPHS_OF_NAME = 2;
const PARAGRAPHS_OF_TOPIC = 3;

/** So many names of one kind are kept: those named most. */
const MOST_NAMES = 50;

const CVE = /\bCVE-\d{4}-\d{4,19}(?!\d)/gi;

/** Severities by the first rule that holds, with what it says. */
export const SEVERITY_RULES: readonly {
  readonly severity: Severity;
  readonly says: string;
  readonly holds: (report: Omit<ReportFindings, 'severity'>, isExploited: boolean) => boolean;
}[] = [
  {
    severity: 'critical',
    says: 'it names a CVE and says that something is exploited in the wild, or a zero-day',
    holds: ({ cves }, isExploited) => cves.length > 0 && isExploited,
  },
  {
    severity: 'critical',
    says: 'it is about ransomware and names a sector that was attacked',
    holds: ({ categories, sectors }) => categories.includes('ransomware') && sectors.length > 0,
  },
  {
    severity: 'high',
    says: 'it names a group behind what it tells of',
    holds: ({ actors }) => actors.length > 0,
  },
  {
    severity: 'high',
    says: 'it is about ransomware, espionage, a supply chain or a data breach',
    holds: ({ categories }) => categories.some((category) => GRAVE.has(category)),
  },
  {
    severity: 'medium',
    says: 'it names a malware family, a CVE or a technique, or is about any other category',
    holds: ({ families, cves, techniques, categories }) =>
      [families, cves, techniques, categories].some((names) => names.length > 0),
  },
  { severity: 'low', says: 'none of these', holds: () => true },
];

const GRAVE: ReadonlySet<ArticleCategory> = new Set([
  'ransomware',
  'espionage',
  'supply-chain',
  'data-breach',
]);

/** What a report is about and names, from its own words alone. Pure; linear time. */
export function readReport({ title, summary = '', paragraphs }: ReportText): ReportFindings {
  const count = new Counts();
  for (const text of [title, summary]) count.add(text, true);
  for (const text of paragraphs) count.add(text, false);
  const actors = count.names('actor');
  const found = {
    families: count.names('family'),
    actors,
    actorKeys: [...new Set(actors.flatMap(actorKeys))],
    techniques: count.names('technique'),
    cves: count.names('cve'),
    sectors: count.names('sector') as Sector[],
    categories: REPORT_TOPICS.map(([category]) => category).filter((each) => count.isAbout(each)),
  };
  const isExploited = count.isAbout('exploited');
  const { severity } = SEVERITY_RULES.find(({ holds }) => holds(found, isExploited))!;
  return { ...found, severity };
}

/** In how many texts something is named; a title or summary weighs as much as is needed. */
class Counts {
  readonly #names = new Map<string, number>();
  readonly #topics = new Map<string, number>();

  add(text: string, isForemost: boolean): void {
    if (text === '') return;
    const weight = isForemost ? PARAGRAPHS_OF_NAME : 1;
    const seen = new Set<string>();
    for (const { kind, value, from } of [...mentionsIn(text), ...techniquesIn(text), ...sectorsIn(text)])
      this.#count(seen, kind, value, isStated(value, from) ? PARAGRAPHS_OF_NAME : weight);
    for (const [id] of text.matchAll(CVE)) this.#count(seen, 'cve', id.toUpperCase(), PARAGRAPHS_OF_NAME);
    for (const [topic, words] of [...REPORT_TOPICS, ['exploited', SAYS_EXPLOITED] as const])
      if (words.test(text))
        this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + (isForemost ? PARAGRAPHS_OF_TOPIC : 1));
  }

  #count(seen: Set<string>, kind: Derived['kind'] | 'cve', value: string, weight: number): void {
    const key = `${kind} ${value}`;
    if (seen.has(key)) return;
    seen.add(key);
    this.#names.set(key, (this.#names.get(key) ?? 0) + weight);
  }

  /** What is named often enough, the most first. */
  names(kind: Derived['kind'] | 'cve'): string[] {
    return [...this.#names]
      .filter(([key, count]) => key.startsWith(`${kind} `) && count >= PARAGRAPHS_OF_NAME)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, MOST_NAMES)
      .map(([key]) => key.slice(kind.length + 1));
  }

  isAbout(topic: string): boolean {
    return (this.#topics.get(topic) ?? 0) >= PARAGRAPHS_OF_TOPIC;
  }
}

/** Whether a technique is named by its id, which is never said by chance. */
function isStated(value: string, from: string): boolean {
  return from === `text "${value}"`;
}
