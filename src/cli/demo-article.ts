import type { Article } from '../model/article.ts';
import type { Sighting, Source } from '../model/sighting.ts';

/** Whose report the demo has. */
export const DEMO_LABS: Source = {
  name: 'Example Labs',
  url: 'https://labs.example.com/',
  category: 'vendor',
  tlp: 'clear',
  confidence: 60,
};

/** A sample report of yesterday with what was found in it, with documentation names only. */
export function demoArticle(now: number): { readonly article: Article; readonly sightings: Sighting[] } {
  const article: Article = {
    id: '7c1f6b0e-5f0a-5b7c-9d55-3f2a54a1c0de',
    title: 'Inside a fake-update campaign',
    url: 'https://labs.example.com/fake-updates',
    publishedAt: now - 86_400_000,
    summary: 'Compromised sites offer an update of the browser, which fetches a loader.',
    categories: ['malware'],
    severity: 'high',
    tags: ['fakeupdates', 'loader'],
    families: ['SocGholish'],
    actors: [],
    actorKeys: [],
    techniques: ['T1189'],
    cves: [],
    sectors: [],
  };
  const { id, title, url } = article;
  const sentence = 'The update comes from cdn-update[.]example[.]net.';
  const sighting: Sighting = {
    type: 'domain',
    value: 'cdn-update.example.net',
    lastSeen: now - 86_400_000,
    entry: id,
    article: { id, title, url: url! },
    evidence: { sentence, offset: 312, defanged: true },
  };
  return { article, sightings: [sighting] };
}
