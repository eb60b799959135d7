/** What of a stream is needed here. */
interface Stream {
  readonly writableLength: number;
  write(text: string): unknown;
}

/** So many bytes may wait for whoever reads the log: a quarter of an hour of a busy server, and no danger to its memory. */
const MOST_WAITING = 16 * 1_048_576;

/**
 * Writes lines to `stream` as long as its reader takes them. While one has stopped, a stream keeps in memory what it is
 * given, without end; so of what comes then, no more than `most` bytes wait, and `lost` writes how many lines were left out once
 * there is room again.
 */
export function patientWriter(
  stream: () => Stream,
  lost: (lines: number) => string,
  most = MOST_WAITING,
): (lines: string) => void {
  let left = 0;
  return (lines) => {
    const out = stream();
    if (out.writableLength > most) {
      left += lines.split('\n').length - 1;
      return;
    }
    if (left > 0) out.write(lost(left));
    left = 0;
    out.write(lines);
  };
}
