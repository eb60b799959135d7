import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';

const SHARED = process.env.SHARED_DATA ?? fileURLToPath(new URL('../../shared/data', import.meta.url));

/** The path of recorded data, or undefined, with the test skipped, where there is none. */
export function sharedData(context: TestContext, path: string): string | undefined {
  const full = `${SHARED}/${path}`;
  if (existsSync(full)) return full;
  context.skip(`shared data absent: ${path}`);
  return undefined;
}
