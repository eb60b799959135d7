/** A table has at most so many columns whose labels are remembered. */
const MOST_COLUMNS = 64;
const LONGEST_LABEL = 60;

/** The cells of a row as labels of its table's columns: trimmed, without markup; long ones are no labels. */
export function columnsOf(row: string, delimiter: string): readonly string[] {
  const cells = row.split(delimiter, MOST_COLUMNS + 1);
  if (delimiter === '|' && cells[0]?.trim() === '') cells.shift();
  return cells.map((cell) => {
    const label = cell.replaceAll(/[*_`"]/g, '').trim();
    return label.length > LONGEST_LABEL ? '' : label;
  });
}
