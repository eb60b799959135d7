/** Text with the way back to the source that it was taken from, and its parts in order. */
export interface ProseDocument {
  readonly text: string;
  /** The parts that hold text, in order and without overlap; each ends before a line break. */
  readonly blocks: Iterable<Block>;
  /** What links show, in order: `[start, end)` with the address behind it. */
  readonly links: readonly Link[];
  /** Addresses that the document says are its own. */
  readonly ownAddresses: readonly string[];
  /** What a page says of itself in its head. */
  readonly head?: DocumentHead;
  /** The offset in the source of what stands at `offset` of the text; to be asked in rising order. */
  sourceOffset(offset: number): number;
}

export interface DocumentHead {
  /** The title of what the page tells. */
  readonly title?: string;
  /** The title of the page, which often has the publisher's name in it. */
  readonly pageTitle?: string;
  readonly address?: string;
  readonly summary?: string;
  readonly published?: string;
}

/** A heading, paragraph, list item, row of a table, or line of code. */
export interface Block {
  readonly start: number;
  readonly end: number;
  readonly kind: 'heading' | 'text' | 'item' | 'row' | 'code';
  /** 1 to 6 for headings, else 0. */
  readonly level: number;
  /** It belongs to the page, not to what the page tells: navigation, footer, banners, teasers. */
  readonly isChrome: boolean;
  /** What parts the cells of a row. */
  readonly delimiter?: '\t' | '|' | ',' | ';';
  /** The labels of the table's columns, trimmed. */
  readonly columns?: readonly string[];
}

export interface Link {
  readonly start: number;
  readonly end: number;
  readonly href: string;
}
