import { chromeOf, type ElementTraits } from './chrome.ts';

/** Elements whose content is no text. */
const UNSEEN: ReadonlySet<string> = new Set(
  'script style noscript template svg math head title textarea iframe object audio video canvas option'.split(
    ' ',
  ),
);
/** Elements that say: this is what the page is about. */
const CONTENT: ReadonlySet<string> = new Set(['main', 'article']);
/** What ends a head that nobody closed. */
const BODY: ReadonlySet<string> = new Set('body main article div p h1 table'.split(' '));

/** What holds at a place of a page, by the elements around it. */
export interface Region {
  readonly isUnseen: boolean;
  readonly chrome: 'certain' | 'hinted' | undefined;
  readonly isContent: boolean;
  readonly isPreformatted: boolean;
  /** Number of the outermost article around, from 1; 0 outside. */
  readonly article: number;
}

const PAGE: Region = {
  isUnseen: false,
  chrome: undefined,
  isContent: false,
  isPreformatted: false,
  article: 0,
};

interface Open {
  readonly element: string;
  readonly depth: number;
  readonly region: Region;
}

/**
 * Follows which elements are open, as far as they matter. An end tag closes the nearest element of its name and all
 * that was opened in it; each tag takes constant time, whatever is nested.
 */
export class Regions {
  readonly #open: Open[] = [];
  readonly #depths = new Map<string, number>();
  /** For each element name where in `#open` its regions stand. */
  readonly #places = new Map<string, number[]>();
  #articles = 0;

  get current(): Region {
    return this.#open.at(-1)?.region ?? PAGE;
  }

  enter(element: string, traits: ElementTraits): void {
    if (BODY.has(element)) this.leave('head');
    const depth = (this.#depths.get(element) ?? 0) + 1;
    this.#depths.set(element, depth);
    const region = this.#inside(element, traits);
    if (region === undefined) return;
    const places = this.#places.get(element) ?? [];
    this.#places.set(element, places);
    places.push(this.#open.length);
    this.#open.push({ element, depth, region });
  }

  leave(element: string): void {
    const depth = this.#depths.get(element) ?? 0;
    if (depth === 0) return;
    this.#depths.set(element, depth - 1);
    const at = this.#places.get(element)?.at(-1);
    if (at === undefined || this.#open[at]!.depth !== depth) return;
    for (const { element: name } of this.#open.splice(at)) this.#places.get(name)?.pop();
  }

  #inside(element: string, traits: ElementTraits): Region | undefined {
    const around = this.current;
    if (around.isUnseen) return undefined;
    if (UNSEEN.has(element)) return { ...around, isUnseen: true };
    if (element === 'pre') return { ...around, isPreformatted: true };
    if (CONTENT.has(element)) return this.#content(element, around);
    if (element === 'header' && !around.isContent && around.chrome === undefined)
      return { ...around, chrome: 'hinted' };
    const chrome = around.chrome === 'certain' ? undefined : chromeOf(element, traits);
    return chrome === undefined || chrome === around.chrome ? undefined : { ...around, chrome };
  }

  #content(element: string, around: Region): Region {
    const chrome = around.chrome === 'certain' ? around.chrome : undefined;
    const isNew = element === 'article' && around.article === 0;
    if (isNew) this.#articles += 1;
    return { ...around, chrome, isContent: true, article: isNew ? this.#articles : around.article };
  }
}
