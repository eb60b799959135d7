import { createReadStream, existsSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';

import type { Config } from '../config.ts';
import type { Fetcher } from '../feeds/fetch/fetcher.ts';
import { isOfUse } from '../gate/policy.ts';
import { readWarninglistTar } from '../gate/read-archive.ts';
import { warninglistArchive } from './gate-parts.ts';

/** MISP's repository of warninglists, as it stands. */
const REPOSITORY = 'https://codeload.github.com/MISP/misp-warninglists/tar.gz/refs/heads/main';

const WEEK = 7 * 86_400_000;
const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Unpacked, as a fetcher keeps it. */
const MOST_BYTES = 512 * 1024 * 1024;

/** By archives, when they may be asked for again after a failure, UTC milliseconds. */
const notBefore = new Map<string, number>();

/**
 * Fetches MISP's warninglists when those that are kept are older than a week and the settings say so. Whether there are new ones.
 * An archive that cannot be read is not taken, and told.
 */
export async function refreshWarninglists(
  fetcher: Fetcher,
  config: Config,
  now: number,
  signal: AbortSignal,
  onProblem: (problem: string) => void,
): Promise<boolean> {
  const archive = warninglistArchive(config);
  const isDue = now >= (notBefore.get(archive) ?? 0);
  if (config.warninglists !== 'misp' || config.feeds !== 'on' || !isDue) return false;
  if (existsSync(archive) && now - statSync(archive).mtimeMs < WEEK) return false;
  notBefore.set(archive, now + DAY);
  const outcome = await fetcher.fetch({ url: REPOSITORY, maxBytes: MOST_BYTES }, signal);
  if (outcome.state === 'unchanged') return false;
  // Most often it is our network that was not there.
  if (outcome.state === 'unreachable') notBefore.set(archive, now + HOUR);
  if (outcome.state !== 'fetched') {
    onProblem(`the warninglists cannot be refreshed: ${outcome.reason}`);
    return false;
  }
  try {
    const { lists } = await readWarninglistTar(createReadStream(outcome.path), isOfUse);
    if (lists.length === 0) throw new Error('it holds no lists');
    renameSync(outcome.path, archive);
    utimesSync(archive, now / 1000, now / 1000);
    return true;
  } catch (error) {
    onProblem(`the warninglists that were fetched cannot be used: ${(error as Error).message}`);
    rmSync(outcome.path, { force: true });
    return false;
  }
}
