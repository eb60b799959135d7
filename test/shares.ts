/** Test files that run one after the other in one process. */
export type Share = readonly string[];

/** As many as are worth the start of a process, and few enough that the last to begin is not long. */
const MOST = 20;

/**
 * Deals test files out to processes: files of a folder share some, as to start one and to load the program takes longer than most of
 * them; what measures memory is alone in its own, and what measures time has only its like beside it. Those that drive a browser share one, which takes seconds to start.
 * In the order in which they should begin: what takes longest first, so that nothing is left to wait for at the end.
 *
 * `contents` gives a file's text. Every file is in exactly one share.
 */
export function sharesOf(files: readonly string[], contents: (file: string) => string): Share[] {
  const alone: Share[] = [];
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const text = contents(file);
    if (MEMORY.test(text)) {
      alone.push([file]);
      continue;
    }
    const folder = text.includes('openBrowser') ? 'browser' : (/^test\/(\w+)\//.exec(file)?.[1] ?? '');
    const kind = TIME.test(text) ? `${folder} by time` : folder;
    folders.set(kind, [...(folders.get(kind) ?? []), file]);
  }
  const shared = [...folders.values()].flatMap(split);
  const weight = (share: Share): number => Math.max(...share.map(weightOf));
  return [...shared, ...alone].sort((a, b) => weight(b) - weight(a) || b.length - a.length);
}

const MEMORY = /memoryUsage|RssAnon/;
const TIME = /cpuUsage|cpuTime|performance\.now/;

/** In shares as equal as can be, neighbours in different ones: files that are alike take alike long. */
function split(files: readonly string[]): Share[] {
  const shares = Math.ceil(files.length / MOST);
  return Array.from({ length: shares }, (_, share) =>
    files.filter((_file, index) => index % shares === share),
  );
}

/** What takes longest, the longest first. */
const LONGEST = [
  /store\/crash\./,
  /^test\/browser\//,
  /^test\/cli\//,
  /path-spellings/,
  /^test\/feeds\//,
  /prose\/hostile/,
  /^test\/http\//,
  /^test\/(store|taxii)\//,
  /^test\/parse\//,
];

function weightOf(file: string): number {
  const rank = LONGEST.findIndex((pattern) => pattern.test(file));
  return rank < 0 ? 0 : LONGEST.length - rank;
}
