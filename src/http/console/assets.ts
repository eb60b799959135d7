import { readFileSync } from 'node:fs';

/** A file that pages refer to. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** The files of the console, read once. */
export const ASSETS: readonly Asset[] = [
  asset('console.css', 'text/css; charset=utf-8'),
  asset('icon.svg', 'image/svg+xml'),
];

function asset(name: string, type: string): Asset {
  return { path: `/console/${name}`, type, bytes: readFileSync(new URL(name, import.meta.url)) };
}
