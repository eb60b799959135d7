/** The thread that reads long exports and lists, while the thread that serves sends what was read before. */
import { workerData } from 'node:worker_threads';

import type { Slice } from '../store.ts';
import { Connection } from './connection.ts';
import { AttachedLists } from './lists/attached.ts';
import type { ListsPaths } from './lists/filler.ts';
import { ListReader } from './lists/reads.ts';
import { VersionReader } from './reads.ts';
import { answerCalls } from './thread-calls.ts';

/** How often it is looked whether lists were made anew, in milliseconds. */
const PATIENCE = 50;

class ReadingThread {
  readonly #versions: VersionReader;
  readonly #lists: ListReader;

  constructor({ indicators, lists }: ListsPaths) {
    const connection = new Connection(indicators, { readOnly: true });
    const attached = new AttachedLists(connection, lists, PATIENCE);
    this.#versions = new VersionReader(connection, undefined, attached);
    this.#lists = new ListReader(connection, this.#versions, attached);
  }

  slice(...args: Parameters<VersionReader['slice']>) {
    return this.#versions.slice(...args);
  }

  listArticles(...args: Parameters<VersionReader['listArticles']>) {
    return this.#versions.listArticles(...args);
  }

  findArticle(...args: Parameters<VersionReader['findArticle']>) {
    return this.#versions.findArticle(...args);
  }

  history(...args: Parameters<VersionReader['history']>) {
    return this.#versions.history(...args);
  }

  texts(...args: Parameters<ListReader['texts']>) {
    return this.#lists.texts(...args);
  }

  searchStep(...args: Parameters<ListReader['searchStep']>) {
    return this.#lists.searchStep(...args);
  }

  relatedTo(...args: Parameters<ListReader['relatedTo']>) {
    return this.#lists.relatedTo(...args);
  }

  statistics(...args: Parameters<ListReader['statistics']>) {
    return this.#lists.statistics(...args);
  }

  count(...args: Parameters<ListReader['count']>) {
    return this.#lists.count(...args);
  }

  close(): void {
    this.#versions.close();
  }
}

answerCalls(
  () => new ReadingThread(workerData as ListsPaths),
  (result) => {
    const bytes = (result as Slice | undefined)?.bytes;
    return bytes instanceof Uint8Array && bytes.byteLength > 0 ? [bytes.buffer as ArrayBuffer] : [];
  },
);
