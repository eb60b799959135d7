import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { parseWarninglist, type Warninglist } from './warninglist.ts';

/** The longest list of MISP's repository has 20 MB. */
const LARGEST_FILE = 64 * 1024 * 1024;
const MOST_FILES = 2_000;

/** Lists that were read, and what could not be. */
export interface WarninglistsReading {
  readonly lists: readonly Warninglist[];
  readonly problems: readonly string[];
}

/**
 * Reads a checkout of MISP's repository (`lists/NAME/list.json`), or a folder of lists (`NAME.json`); files whose
 * names begin with `_` or `.` are no lists. A file that is no list is told and left out. Throws what the file system
 * throws when the folder itself cannot be read. Lists that `isWanted` refuses are passed over unread.
 */
export function readWarninglistFolder(
  path: string,
  isWanted: (slug: string) => boolean = () => true,
): WarninglistsReading {
  const files = listFiles(path).filter(({ slug }) => isWanted(slug));
  const readings = files.slice(0, MOST_FILES).map(({ slug, file }) => readFile(slug, file));
  return {
    lists: readings.flatMap(({ list }) => list ?? []),
    problems: [
      ...readings.flatMap(({ problems }) => problems),
      ...(files.length > MOST_FILES ? [`${path}: only the first ${MOST_FILES} files are read`] : []),
    ],
  };
}

function listFiles(path: string): { readonly slug: string; readonly file: string }[] {
  const names = readdirSync(path).sort();
  if (!names.includes('lists')) return flat(path, names);
  const lists = join(path, 'lists');
  return statSync(lists).isDirectory()
    ? readdirSync(lists, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => ({ slug: name, file: join(lists, name, 'list.json') }))
        .sort((a, b) => a.slug.localeCompare(b.slug, 'en'))
    : flat(path, names);
}

function flat(path: string, names: readonly string[]): { readonly slug: string; readonly file: string }[] {
  return names
    .filter((name) => /^[^_.].*\.json$/.test(name))
    .map((name) => ({ slug: basename(name, '.json'), file: join(path, name) }));
}

function readFile(slug: string, file: string): ReturnType<typeof parseWarninglist> {
  try {
    if (statSync(file).size > LARGEST_FILE)
      return { problems: [`${slug}: larger than ${LARGEST_FILE / 1024 / 1024} MB`] };
    return parseWarninglist(slug, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return { problems: [`${slug}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
