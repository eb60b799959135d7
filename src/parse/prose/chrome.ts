/** Elements that hold no part of what a page tells. */
const CHROME_ELEMENTS: ReadonlySet<string> = new Set(
  'nav footer aside form button select dialog menu'.split(' '),
);
const CHROME_ROLES: ReadonlySet<string> = new Set(
  'navigation banner contentinfo complementary dialog alertdialog search menu menubar toolbar'.split(' '),
);
/** Elements whose class may tell; their end tags are never left out. */
const HINTED: ReadonlySet<string> = new Set('div section ul ol span header'.split(' '));

const HINT =
  /(?:^|[-_])(?:nav|navbar|navigation|menu|footer|sidebar|breadcrumbs?|cookies?|consent|gdpr|onetrust|share|sharing|sharedaddy|social|related|recommended|recommendations|newsletter|subscribe|subscription|comments?|disqus|author|byline|bio|tags|tagcloud|pagination|pager|banner|promo|promotion|advert|advertisement|ads|widget|widgets|masthead|skip|popup|modal|signup|cta|teaser|teasers|toc)(?:[-_]|$)/i;
/** Words of classes that lay a whole page out and name its other parts. */
const LAYOUT =
  /(?:^|[-_])(?:has|with|no|without|content|body|main|article|wrap|wrapper|container|layout|page|row|grid|col)(?:[-_]|$)/i;

export interface ElementTraits {
  readonly role: string;
  /** Class and id. */
  readonly names: string;
  readonly isHidden: boolean;
}

/** How sure it is that an element is chrome: by what it is, by its class or id, or not at all. */
export function chromeOf(element: string, traits: ElementTraits): 'certain' | 'hinted' | undefined {
  if (CHROME_ELEMENTS.has(element) || CHROME_ROLES.has(traits.role) || traits.isHidden) return 'certain';
  if (!HINTED.has(element) || traits.names === '') return undefined;
  return traits.names.split(/\s+/, 20).some((name) => HINT.test(name) && !LAYOUT.test(name))
    ? 'hinted'
    : undefined;
}
